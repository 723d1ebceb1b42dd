"""Tables inside other documents: what stands between two marks is generated, and can be found stale.

``<!-- leaderboard: KEY -->`` and ``<!-- /leaderboard -->`` enclose the table of that key.
"""

import re
from pathlib import Path

from fairplay_bench.errors import OutputError, UnknownNameError
from fairplay_bench.media.files import written_whole
from leaderboard.board import Board
from leaderboard.markdown import markdown
from leaderboard.tables import text_table

_MARKED = re.compile(
    r"(?P<open><!-- leaderboard: (?P<key>[a-z0-9-]+) -->\n).*?(?P<close><!-- /leaderboard -->)", re.DOTALL
)


def with_tables(document: str, board: Board) -> str:
    """Return a Markdown document with the tables between its marks made anew.

    Raises:
        UnknownNameError: if a mark names a table that the board has not.
        OutputError: if there is no mark.
    """
    tables = {table.key: table for table in board.tables}

    def renewed(match: re.Match[str]) -> str:
        if match["key"] not in tables:
            raise UnknownNameError("table", match["key"], tables)
        return f"{match['open']}\n{markdown(text_table(tables[match['key']]), heading='### ')}\n{match['close']}"

    text, count = _MARKED.subn(renewed, document)
    if not count:
        raise OutputError("no `<!-- leaderboard: KEY -->` and `<!-- /leaderboard -->` in it; put them around a table.")
    return text


def renew_tables(file: Path, board: Board) -> bool:
    """Make the tables of a document anew, in place.

    Returns:
        Whether it was stale.

    Raises:
        OutputError: if it cannot be read or written, or has no mark.
        UnknownNameError: if a mark names a table that the board has not.
    """
    try:
        old = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{file}: cannot be read ({error}); give a Markdown document.") from error
    try:
        new = with_tables(old, board)
    except OutputError as error:
        raise OutputError(f"{file}: {error}") from error
    if new != old:
        with written_whole(file) as temporary:
            temporary.write_text(new, "utf-8")
    return new != old
