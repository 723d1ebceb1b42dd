"""``leaderboard build --format html``: the site."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, parse_splits, shared_options
from fairplay_bench.errors import OptionError

if TYPE_CHECKING:
    from leaderboard.board import Board
    from leaderboard.page.versions import Selection

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT_OUT = Path("site")
_CLIPS = 6


def page_options(command: Command) -> Command:
    """Add the options that only the site has."""
    options = (
        click.option("--data", type=PATH, default=None, help="html: the prepared data set whose clips are heard."),
        shared_options("listen"),
        click.option("--clips", type=int, default=_CLIPS, show_default=True, help="html: how many clips are heard."),
        shared_options("split_set", "splits"),
        click.option(
            "--compare", "compared", multiple=True, metavar="A,B", help="html: two methods to compare on a page."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def build_page(board: "Board", out: Path | None, overwrite: bool, **options: Any) -> None:
    """Write the site and say where it is."""
    from leaderboard.page.site import build_site

    pairs = [_pair(text) for text in options.pop("compared")]
    page = build_site(
        board,
        out or DEFAULT_OUT,
        listening=_selection(**options),
        named_pairs=pairs,
        overwrite=overwrite,
        reporter=ConsoleReporter(),
    )
    click.echo(f"open {page}")


def _pair(text: str) -> tuple[str, str]:
    first, comma, second = (part.strip() for part in text.partition(","))
    if not comma or not first or not second:
        raise OptionError(f"--compare {text}: give two names with a comma between them.")
    return first, second


def _selection(
    data: Path | None, listen: tuple[str, ...], clips: int, split_set: str | None, splits: str | None
) -> "Selection | None":
    """What is heard; nothing without ``--listen``."""
    if not listen:
        if data is not None:
            raise OptionError("--data: only needed to hear clips; say of which methods with --listen NAME=FOLDER.")
        return None
    if data is None:
        raise OptionError("--listen: give the prepared data set of the clips with --data.")
    from fairplay_bench.datasets.prepared import open_prepared
    from leaderboard.page.versions import Selection, parse_version

    versions = tuple(parse_version(text) for text in listen)
    return Selection(open_prepared(data), versions, split_set, parse_splits(splits), clips)
