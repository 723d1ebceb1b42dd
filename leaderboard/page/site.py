"""The site: a folder of pages that needs no server."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fairplay_bench.jobs import Reporter
from fairplay_bench.media.files import written_whole
from leaderboard.board import Board
from leaderboard.page.comparisons import Pair, comparison_pages, pairs_of
from leaderboard.page.explained import EXPLAINED
from leaderboard.page.folder import check_site_is_free, mark_as_ours
from leaderboard.page.listening import write_listening
from leaderboard.page.methods import methods_of
from leaderboard.page.text import method_address
from leaderboard.page.versions import Selection
from leaderboard.page.writer import STATIC, TEMPLATES, page_writer


def build_site(
    board: Board,
    out: Path,
    *,
    listening: Selection | None = None,
    named_pairs: Sequence[tuple[str, str]] = (),
    overwrite: bool = False,
    reporter: Reporter | None = None,
) -> Path:
    """Write the whole site, or nothing.

    Args:
        board: what is shown.
        out: the folder of the site.
        listening: the clips that can be heard; without it there is no listening page.
        named_pairs: names (or keys) of two methods to compare, besides each method with the best of its table.
        overwrite: whether a site that is there is replaced.
        reporter: hears how far it is.

    Returns:
        The first page.

    Raises:
        OutputError: if ``out`` exists and is not to be replaced or is no site, or cannot be written.
        OptionError: if a pair names a method that no table has, or a version to be heard does not exist.
        ResultError: if no clip can be heard in all versions.
    """
    check_site_is_free(out, overwrite)
    reporter = reporter or Reporter()
    pairs = pairs_of(board, named_pairs)
    with written_whole(out, folder=True) as folder:
        clips = [] if listening is None else write_listening(folder, board, listening, reporter)
        pages = list(_pages(board, clips, pairs))
        for address, text in reporter.track(pages, len(pages), "pages"):
            path = folder / address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        (folder / "assets").mkdir()
        shutil.copyfile(STATIC / "site.css", folder / "assets" / "site.css")
        mark_as_ours(folder)
    return out / "index.html"


def _pages(board: Board, clips: list[dict[str, Any]], pairs: list[Pair]) -> Iterator[tuple[str, str]]:
    heard = {clip["clip_id"]: clip["folder"] for clip in clips}
    names = dict.fromkeys(row.name for table in board.tables for row in table.rows)
    writer = page_writer(
        (TEMPLATES,),
        (STATIC,),
        listening=bool(clips),
        pages={name: method_address(name) for name in names},
        explained=EXPLAINED,
    )
    shown = {column.key for table in board.tables for column in table.columns}
    yield "index.html", writer.page("index.html.j2", "pages.mjs", "index", board=board, shown_metrics=shown)
    for table in board.tables:
        its = [pair for pair in pairs if pair.table is table]
        yield f"tables/{table.key}.html", writer.page("table.html.j2", "pages.mjs", root="../", table=table, pairs=its)
    for method in methods_of(board, pairs, heard):
        yield method_address(method.name), writer.page("method.html.j2", "pages.mjs", root="../", method=method)
    for address, values in comparison_pages(pairs):
        yield address, writer.page("comparison.html.j2", "pages.mjs", root="../../", **values)
    if clips:
        yield "listen.html", writer.page("listen.html.j2", "listening.mjs", "listen", clips=clips)
