"""What can go wrong, said in one line: what, where, what to do.

Every expected error descends from :class:`BenchError`. The command line prints its text and leaves with its
``exit_status``; anything else is a fault of the program and shows a traceback.
"""

from collections.abc import Iterable
from difflib import get_close_matches

TERMINATED = 143  # exit status of a program that SIGTERM ended


class BenchError(Exception):
    """An expected error; its text is one line for the user."""

    exit_status = 1


class OptionError(BenchError):
    """An option or a name is wrong; said before any work starts."""

    exit_status = 2


class UnknownNameError(OptionError):
    """A name that is in no table, shown together with the names that are.

    Args:
        kind: what was looked for, such as ``"model"``.
        name: the name as given.
        known: the names that exist.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        close = get_close_matches(name, names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        super().__init__(f"unknown {kind} {name!r}.{hint} Known: {', '.join(names) or 'none'}.")
        self.kind, self.name, self.known = kind, name, names


class ShapeError(BenchError):
    """An array has another shape, type or rate than expected."""


class MediaError(BenchError):
    """A sound or picture file cannot be read as what it should be."""


class DatasetError(BenchError):
    """A source folder or a prepared data set is not what its format says."""


class OutputError(BenchError):
    """Output cannot be written, or is there already."""


class MethodError(BenchError):
    """A method does not keep its contract."""


class ResultError(BenchError):
    """A result file cannot be read, or does not hold together."""


class PredictionError(BenchError):
    """A prediction cannot be scored; the clip counts as failed."""
