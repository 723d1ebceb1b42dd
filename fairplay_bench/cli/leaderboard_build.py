"""``leaderboard build``: the tables and the site."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairplay_bench.cli.leaderboard_options import BOARD, board_folder
from fairplay_bench.cli.leaderboard_page import build_page, page_options
from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.errors import OptionError, UnknownNameError

if TYPE_CHECKING:
    from leaderboard.board import Board

FORMATS = ("html", "markdown", "csv", "latex")
_FORMAT_OF_SUFFIX = {".md": "markdown", ".csv": "csv", ".tex": "latex"}


@click.command("build", short_help="Write the tables, or the site.")
@click.option(
    "--format",
    "form",
    default=None,
    help=f"One of {', '.join(FORMATS)}; by default that of --out: html for a folder, else its ending.",
)
@click.option("--results", type=PATH, multiple=True, help="Result files, or folders of them, instead of the entries.")
@click.option("--table", "tables", multiple=True, help="Only the table of this key; repeatable.")
@click.option("--renew", type=PATH, default=None, help="Make the marked tables of a document anew, such as README.md.")
@BOARD
@click.option("--out", type=PATH, default=None, help="A folder, or a file ending .md, .csv or .tex; else the screen.")
@shared_options("overwrite")
@page_options
def build_command(
    form: str | None,
    results: tuple[Path, ...],
    tables: tuple[str, ...],
    renew: Path | None,
    board: Path | None,
    out: Path | None,
    overwrite: bool,
    **page: Any,
) -> None:
    """Write the tables of all entries and published scores, one a data set and protocol; html writes a static site.

    With --data and --listen the site has a page on which clips are heard by several methods.
    """
    form = form or _format_of(out)
    if form not in FORMATS:
        raise UnknownNameError("format", form, FORMATS)
    if results and board is not None:
        raise OptionError("--results, --board: give one of them.")
    content = _narrowed(_board(results, board), tables)
    if renew is not None:
        from leaderboard.readme import renew_tables

        click.echo(f"{renew}: {'made anew' if renew_tables(renew, content) else 'is up to date'}.", err=True)
        return
    if form == "html":
        build_page(content, out, overwrite, **page)
        return
    from leaderboard.output import text_of, write_board

    if out is None:
        click.echo(text_of(content, form), nl=False)
        return
    files = write_board(content, form, out, overwrite)
    click.echo(f"{len(content.tables)} table(s) written to {out} ({len(files)} file(s))", err=True)


def _format_of(out: Path | None) -> str:
    """Format that a place asks for: tables for the screen or a file, the site for a folder."""
    return "markdown" if out is None else _FORMAT_OF_SUFFIX.get(out.suffix.lower(), "html")


def _board(results: tuple[Path, ...], board: Path | None) -> "Board":
    from fairplay_bench.results.files import read_result
    from leaderboard.build import board_of_results, read_board

    if not results:
        return read_board(board_folder(board))
    files = []
    for path in results:
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not found:
            raise OptionError(f"--results {path}: no *.json in that folder; run `fairplay-bench eval` first.")
        files += found
    return board_of_results(map(read_result, files))


def _narrowed(board: "Board", wanted: tuple[str, ...]) -> "Board":
    from dataclasses import replace

    if not wanted:
        return board
    there = {table.key: table for table in board.tables}
    for key in wanted:
        if key not in there:
            raise UnknownNameError("table", key, there)
    return replace(board, tables=tuple(there[key] for key in dict.fromkeys(wanted)))
