"""Writing a board as files: Markdown, CSV or LaTeX."""

from pathlib import Path

from fairplay_bench.errors import OptionError, OutputError
from fairplay_bench.media.files import written_whole
from leaderboard.board import Board
from leaderboard.csv_tables import csv_table
from leaderboard.latex import latex_document, latex_table
from leaderboard.markdown import markdown_board

SUFFIXES = {"markdown": ".md", "csv": ".csv", "latex": ".tex"}
_MAIN = "leaderboard"


def files_of(board: Board, form: str) -> dict[str, str]:
    """Contents of the files of a board by name.

    Args:
        board: the board.
        form: ``markdown`` (one file), ``csv`` (one a table) or ``latex`` (one a table, and a document of them all).

    Returns:
        Text by file name.
    """
    if form == "markdown":
        return {f"{_MAIN}.md": markdown_board(board)}
    if form == "csv":
        return {f"{table.key}.csv": csv_table(table) for table in board.tables}
    tables = {f"{table.key}.tex": latex_table(table) for table in board.tables}
    return tables | {f"{_MAIN}.tex": latex_document([table.key for table in board.tables])}


def text_of(board: Board, form: str) -> str:
    """A board as one text.

    Raises:
        OptionError: if it has several tables and they are wanted as CSV, which tells no two tables apart.
    """
    if form == "csv" and len(board.tables) != 1:
        raise OptionError(
            f"{len(board.tables)} tables do not go into one CSV; give a folder with --out, or one table with --table: "
            f"{', '.join(table.key for table in board.tables)}."
        )
    files = files_of(board, form)
    return "\n".join(text for name, text in files.items() if form != "latex" or name != f"{_MAIN}.tex")


def write_board(board: Board, form: str, out: Path, overwrite: bool) -> list[Path]:
    """Write a board.

    Args:
        board: the board.
        form: ``markdown``, ``csv`` or ``latex``.
        out: a file, if its name ends as the format's do (``.md``, ``.csv``, ``.tex``); else a folder.
        overwrite: whether files that exist are replaced.

    Returns:
        The files.

    Raises:
        OptionError: see :func:`text_of`.
        OutputError: if a file exists and must not be replaced, or cannot be written.
    """
    if out.suffix == SUFFIXES[form]:
        texts = {out: text_of(board, form)}
    else:
        texts = {out / name: text for name, text in files_of(board, form).items()}
    for path in texts:
        if path.is_dir() or (path.exists() and not overwrite):
            raise OutputError(f"{path}: exists; choose another --out, or --overwrite to replace it.")
    for path, text in texts.items():
        with written_whole(path) as temporary:
            temporary.write_text(text, "utf-8")
    return list(texts)
