"""Options that the commands of the leaderboard share."""

import getpass
from pathlib import Path

import click

from fairplay_bench.cli.options import PATH

BOARD = click.option(
    "--board", type=PATH, default=None, help="A folder with entries/ instead of the package's own leaderboard."
)
BY = click.option("--by", default=None, help="Who does this; your login name by default.")
DATA = click.option(
    "--data", type=PATH, default=None, help="The prepared data set it was scored on; needed if the board knows it not."
)


def board_folder(board: Path | None) -> Path:
    """The folder of the board that is meant."""
    from leaderboard.entries import PACKAGED

    return board or PACKAGED


def who(by: str | None) -> str:
    """Who acts: as given, else the login name, else nobody that is known."""
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "unknown"
