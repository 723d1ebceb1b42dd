"""The site: a folder of pages that needs no server."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from fairplay_bench.errors import OutputError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.files import output_problem, written_whole
from fairplay_bench.results.environment import tool_version
from leaderboard.board import Board
from leaderboard.page.comparisons import Pair, comparison_pages, pairs_of
from leaderboard.page.explained import EXPLAINED
from leaderboard.page.listening import write_listening
from leaderboard.page.methods import methods_of
from leaderboard.page.modules import joined, source_hash
from leaderboard.page.text import environment, method_address
from leaderboard.page.versions import Selection

HOME = Path(__file__).parent
STATIC, TEMPLATES = HOME / "static", HOME / "templates"
_MARKER = "fairplay-bench-site.txt"  # tells a folder of ours, which may be replaced, from one of the user's


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
        (folder / _MARKER).write_text(f"A site made by fairplay-bench {tool_version()}; open index.html.\n", "utf-8")
    return out / "index.html"


def check_site_is_free(out: Path, overwrite: bool) -> None:
    """Refuse a place for a site that is taken.

    Raises:
        OutputError: if it is a file, a folder that holds something else, or a site that is not to be replaced.
    """
    try:
        if out.exists() and not out.is_dir():
            raise OutputError(f"{out}: is a file; choose another --out.")
        if not out.is_dir() or not any(out.iterdir()):
            return
    except OSError as error:
        raise OutputError(output_problem(out, error)) from error
    if not (out / _MARKER).is_file():
        raise OutputError(f"{out}: holds something else than a site of this tool; choose another --out.")
    if not overwrite:
        raise OutputError(f"{out}: exists; choose another --out, or --overwrite to replace it.")


@dataclass(frozen=True)
class PageWriter:
    """Fills templates, each with the one script it needs.

    Attributes:
        environment: where the templates are.
        scripts: folders of the modules.
        common: values that every page gets.
    """

    environment: Environment
    scripts: tuple[Path, ...]
    common: dict[str, Any]

    def page(self, template: str, entry: str, here: str = "", root: str = "", **values: Any) -> str:
        """Fill a template.

        Args:
            template: its file name.
            entry: the module that the page runs.
            here: which page this is, for the navigation.
            root: the way from the page to the root of the site.
            **values: what else the template reads.

        Returns:
            The page.
        """
        script = self._script(entry)
        given = self.common | values | {"here": here, "root": root, "script": Markup(script)}
        return self.environment.get_template(template).render(script_hash=source_hash(script), **given)

    def _script(self, entry: str) -> str:
        known: dict[str, str] = self.common.setdefault("_scripts", {})
        if entry not in known:
            text = joined(entry, self.scripts)
            if "</" in text:
                raise ValueError(f"{entry}: a script inside a page must not hold '</'.")
            known[entry] = text
        return known[entry]


def page_writer(templates: tuple[Path, ...], scripts: tuple[Path, ...], **common: Any) -> PageWriter:
    """Make a writer of pages.

    Args:
        templates: folders of the templates.
        scripts: folders of the modules.
        **common: values that every page gets.

    Returns:
        The writer.
    """
    return PageWriter(environment(*templates), scripts, {"tool": tool_version(), "listening": False} | common)


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
