"""CSV with every digit, and LaTeX that compiles whatever a method calls itself."""

import csv
import io
import re
import shutil
import subprocess

import pytest

from fairplay_bench.errors import OptionError, OutputError
from fairplay_bench.records import ModelCard
from leaderboard.build import board_of_entries, board_of_results
from leaderboard.csv_tables import csv_table
from leaderboard.latex import latex_table, latex_text
from leaderboard.output import text_of, write_board

from .boards import CLIPS, entry_of, made

HOSTILE = [
    "<script>alert(1)</script>",
    r"\input{/etc/passwd} \write18{rm}",
    "50 % & more_of #1 ~ ^ $x$ {}",
    "\"quotes\" 'and' `ticks`",
    "]] [[ -- --- ?` !` << >>",
    "中文 العربية \u202eright to left\u202c",
    "Ünïcødé ½ ﬁ ∑ 😀 µ°",
    "=HYPERLINK(1)",
    "x" * 10_000,
]


def tables_of(*names):
    results = [
        made(name, better, seed, protocol="gao2019", tests=dict.fromkeys(range(1, 11), CLIPS[:6]))
        for seed, (name, better) in enumerate(zip(names, (1.0, 0.0, -1.0), strict=False))
    ]
    return board_of_results(results).tables


def test_csv_has_every_digit_and_a_line_a_row():
    (table,) = tables_of("A", "B")
    rows = list(csv.DictReader(io.StringIO(csv_table(table))))
    assert [row["method"] for row in rows[:2]] == ["A", "B"]
    assert len(rows) == len(table.rows) == 22
    for row, shown in zip(rows, table.rows, strict=True):
        assert (row["key"], row["kind"], row["dataset"], row["protocol"]) == (
            shown.key,
            shown.kind,
            "fair-play",
            "gao2019",
        )
        cell = shown.cells["stft"]
        figures = [row[f"stft_{name}"] for name in ("mean", "se", "low", "high", "rank")]
        assert figures == [
            "" if value is None else repr(value) for value in (cell.mean, cell.se, cell.low, cell.high, cell.rank)
        ]
    assert {row["hand"] for row in rows} == {"", "first", "second"}


@pytest.mark.parametrize("name", HOSTILE)
def test_csv_cells_of_strangers_are_plain(name):
    (table,) = board_of_results([made(name)]).tables
    text = csv_table(table)
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["method"][0] not in "=+-@"
    assert len(text.splitlines()) == 2


def test_several_tables_do_not_go_into_one_csv(tmp_path):
    board = board_of_entries([])
    with pytest.raises(
        OptionError, match=r"^\d+ tables do not go into one CSV; give a folder with --out, or one table"
    ):
        text_of(board, "csv")
    with pytest.raises(OptionError):
        write_board(board, "csv", tmp_path / "all.csv", overwrite=False)
    assert list(tmp_path.iterdir()) == []


def test_what_exists_stays(tmp_path):
    board = board_of_results([made("A")])
    (tmp_path / "fair-play-gao2019-v1.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"v1\.csv: exists; choose another --out, or --overwrite"):
        write_board(board, "csv", tmp_path, overwrite=False)
    assert (tmp_path / "fair-play-gao2019-v1.csv").read_text() == "mine"
    write_board(board, "csv", tmp_path, overwrite=True)
    assert (tmp_path / "fair-play-gao2019-v1.csv").read_text().startswith("dataset,")


def test_latex_looks_like_the_paper_s_table():
    (table,) = tables_of("Ours", "Theirs")
    lines = latex_table(table).splitlines()
    begin = lines.index(r"\begin{tabular}{rllcc}")
    assert lines[begin + 1] == r"\toprule"
    assert lines[begin + 2] == r"Rank & Method & From & stft $\downarrow$ & env $\downarrow$ \\"
    assert lines[begin + 3] == lines[begin + 6] == r"\midrule"
    assert re.fullmatch(
        r"1 & Ours &  & \\textbf\{0\.\d+\} \{\\scriptsize\$\\pm\$\\,0\.\d+\} & \\textbf\{0\.1\d+\} \{.*\} \\\\",
        lines[begin + 4],
    )
    assert r" & Mono2Binaural & CVPR 2019 & \textbf{0.836} & \textbf{0.132} \\" in lines
    assert r" & CLUP & CVPR 2024 \dag{} & 0.787 & 0.128 \\" in lines
    assert any(line.startswith("Oracle level") for line in lines)


def test_numbers_below_zero_have_a_minus():
    assert r"\textminus{}" in latex_table(board_of_results([made("A", -40.0)]).tables[0])


@pytest.mark.parametrize("name", HOSTILE)
def test_latex_of_strangers_is_plain_text(name):
    written = latex_text(name).replace(r"$\mu$", "").replace(r"$^\circ$", "")
    assert re.search(r"(?<!\\)[$&#%_^~<>|]", written.replace(r"\textbackslash{}", "")) is None
    assert r"\input" not in written.replace(r"\textbackslash{}input", "")
    assert written.isascii() or set(written) - set("".join(map(chr, range(128)))) <= set(map(chr, range(0xC0, 0x100)))


def test_letters_that_fonts_lack_are_written_by_their_code():
    assert latex_text("中") == "{[}U+4E2D{]}"
    assert latex_text("ﬁéő½") == "fiéo{[}U+00BD{]}"


@pytest.mark.slow
def test_latex_compiles(tmp_path):
    """With Debian's texlive-latex-base and texlive-latex-recommended."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    many = dict.fromkeys(range(1, 11), CLIPS[:6])
    results = [made(name, seed=seed, protocol="gao2019", tests=many) for seed, name in enumerate(HOSTILE)]
    results += [made(name[:60], -30.0, seed=seed, card=ModelCard(name=name[:60])) for seed, name in enumerate(HOSTILE)]
    board = board_of_entries([entry_of(result, f"entry-{number}") for number, result in enumerate(results)])
    write_board(board, "latex", tmp_path, overwrite=False)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "leaderboard.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:].decode(errors="replace")
    assert (tmp_path / "leaderboard.pdf").stat().st_size > 20_000
