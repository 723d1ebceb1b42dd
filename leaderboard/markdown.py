"""Tables in Markdown."""

import re
from collections.abc import Sequence

from fairplay_bench.errors import ResultError
from fairplay_bench.records import named_protocol
from fairplay_bench.results.schema import Result
from leaderboard.board import Board
from leaderboard.build import board_of_results, comparable
from leaderboard.tables import TextCell, TextRow, TextTable, head, text_table
from leaderboard.text import one_line

_MARKUP = re.compile(r"[\\`*_\[\]<>&~!|]")


def markdown_table(results: Sequence[Result]) -> str:
    """One table of results that may stand side by side.

    Args:
        results: of one data set (same index), split set, splits, protocol and versions of the metrics.

    Returns:
        A heading, the table and what its marks mean, ending in a newline.

    Raises:
        ResultError: if they are of different data, splits, protocols or versions of a metric, or there is none.
        UnknownNameError: if their protocol or a metric is not known.
    """
    if len({comparable(result) for result in results}) > 1:
        raise ResultError(
            "results of different data, splits, protocols or versions of a metric do not go into one table; part them."
        )
    for result in results:
        named_protocol(result.protocol)
    (table,) = board_of_results(results).tables
    return markdown(text_table(table))


def markdown_board(board: Board) -> str:
    """Every table of a board, and what was taken back."""
    parts = ["# Leaderboard\n", *(markdown(text_table(table)) for table in board.tables)]
    if board.retracted:
        lines = [
            f"- {markdown_text(one.name)} ({one.key}), {one.when}, by {markdown_text(one.by)}: "
            f"{markdown_text(one.reason)}"
            for one in board.retracted
        ]
        parts.append("\n".join(["## Taken back", "", *lines]) + "\n")
    return "\n".join(parts)


def markdown(table: TextTable, heading: str = "## ") -> str:
    """One table with its heading and its notes, ending in a newline."""
    heads = [*(["rank"] if table.has_ranks else []), "method", *(["from"] if table.has_origin else [])]
    rule = [*(["---:"] if table.has_ranks else []), "---", *(["---"] if table.has_origin else [])]
    lines = [
        f"{heading}{markdown_text(table.title)}",
        "",
        "| " + " | ".join([*heads, *map(head, table.columns)]) + " |",
        "|" + "|".join([*rule, *["---:"] * len(table.columns)]) + "|",
        *(_row(row, table) for row in table.rows),
        "",
        *(f"- {markdown_text(note)}" for note in table.notes),
    ]
    return "\n".join(lines) + "\n"


def markdown_text(text: str) -> str:
    """Text of strangers, so that it neither breaks a table nor becomes markup, a disguised link or a picture."""
    return _MARKUP.sub(lambda match: "&#124;" if match[0] == "|" else f"\\{match[0]}", one_line(text))


def _row(row: TextRow, table: TextTable) -> str:
    name = markdown_text(row.name)
    marked = " ".join([f"*{name}*" if row.check or row.published else name, *(f"({mark})" for mark in row.marks)])
    before = [*([row.rank] if table.has_ranks else []), marked, *([row.origin] if table.has_origin else [])]
    return "| " + " | ".join([*before, *map(_cell, row.cells)]) + " |"


def _cell(cell: TextCell | None) -> str:
    if cell is None:
        return "–"
    mean = f"**{cell.mean}**" if cell.best else cell.mean
    return f"{mean} ± {cell.se}" if cell.se else mean
