"""Tables in LaTeX, in the manner of the papers; they need the packages booktabs and graphicx."""

import unicodedata
from collections.abc import Sequence

from leaderboard.board import Table
from leaderboard.notes import SECOND_HAND
from leaderboard.tables import TextCell, TextRow, TextTable, head, text_table
from leaderboard.text import one_line

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",  # an optional argument after the end of a row otherwise
    "]": "{]}",
    "-": "{-}",  # two of them are no dash
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "±": r"$\pm$",
    "°": r"$^\circ$",
    "µ": r"$\mu$",
    "–": "--",
    "…": r"\dots{}",
    SECOND_HAND: r"\dag{}",
}
_WIDE = 5  # more columns than this are scaled down to the width of the text

_DOCUMENT = r"""\documentclass[10pt]{{article}}
\usepackage[T1]{{fontenc}}
\usepackage[utf8]{{inputenc}}
\usepackage{{textcomp,booktabs,graphicx}}
\usepackage[margin=2cm]{{geometry}}
\begin{{document}}
{inputs}
\end{{document}}
"""


def latex_document(names: Sequence[str]) -> str:
    """A document of the tables in files of these names, a page each."""
    return _DOCUMENT.format(inputs="\n\\clearpage\n".join(rf"\input{{{name}}}" for name in names))


def latex_table(table: Table) -> str:
    """One table environment: published rows apart from the measured ones, notes below, a label by its key."""
    text = text_table(table)
    before = "r" * text.has_ranks + "l" + "l" * text.has_origin
    heads = ["Rank"] * text.has_ranks + ["Method"] + ["From"] * text.has_origin
    lines = [
        f"% {table.key}: needs \\usepackage{{textcomp,booktabs,graphicx}} and T1 fonts",
        r"\begin{table}[tbp]",
        r"\centering\small",
        rf"\caption{{{latex_text(text.title)}}}",
        rf"\label{{tab:{table.key}}}",
        *([r"\resizebox{\linewidth}{!}{%"] if len(text.columns) > _WIDE else []),
        rf"\begin{{tabular}}{{{before}{'c' * len(text.columns)}}}",
        r"\toprule",
        " & ".join([*heads, *(latex_text(head(column)) for column in text.columns)]) + r" \\",
        *_groups(text),
        r"\bottomrule",
        r"\end{tabular}" + "}" * (len(text.columns) > _WIDE),
        *([r"\par\medskip\raggedright\footnotesize"] if text.notes else []),
        *(latex_text(note) + r"\par" for note in text.notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def latex_text(text: str) -> str:
    """Text of strangers as plain text; letters that Latin fonts lack are written by their code."""
    return "".join(map(_letter, one_line(text)))


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter.isascii() or "À" <= letter <= "ÿ":
        return letter
    parts = [part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)]
    if all(part.isascii() for part in parts):
        return "".join(_SPECIAL.get(part, part) for part in parts)
    return rf"{{[}}U+{ord(letter):04X}{{]}}"


def _groups(table: TextTable) -> list[str]:
    measured = [row for row in table.rows if not row.published]
    published = [row for row in table.rows if row.published]
    shown = [[_row(row, table) for row in group] for group in (measured, published) if group]
    return [line for group in shown for line in (r"\midrule", *group)]


def _row(row: TextRow, table: TextTable) -> str:
    name = " ".join([latex_text(row.name), *(f"({mark})" for mark in row.marks)])
    shown = rf"\textit{{{name}}}" if row.check else name
    before = [row.rank] * table.has_ranks + [shown] + [latex_text(row.origin)] * table.has_origin
    return " & ".join([*before, *map(_cell, row.cells)]) + r" \\"


def _cell(cell: TextCell | None) -> str:
    if cell is None:
        return "--"
    mean = latex_number(cell.mean)
    shown = rf"\textbf{{{mean}}}" if cell.best else mean
    return rf"{shown} {{\scriptsize$\pm$\,{latex_number(cell.se)}}}" if cell.se else shown


def latex_number(text: str) -> str:
    """A number with a proper minus sign."""
    return text.replace("-", r"\textminus{}")
