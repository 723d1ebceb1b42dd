"""Scores printed in papers: ``published.csv``, a line a number.

Columns: ``task``, ``dataset``, ``split_set`` and ``splits`` (empty where the paper does not say), ``protocol`` (the one
whose definitions gave the number; empty where that is not known), ``method`` (the suite's name), ``name`` (as printed),
``metric``, ``value`` (as printed), ``paper``, ``year``, ``venue``, ``source`` (where it stands), ``hand`` (``first``
or, where another paper reports it, ``second``), ``note``.
"""

import csv
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from fairplay_bench.errors import ResultError
from leaderboard.board import Publication

PUBLISHED_FILE = Path(__file__).with_name("published.csv")
_HANDS = ("first", "second")


COLUMNS = (
    *("task", "dataset", "split_set", "splits", "protocol", "method", "name", "metric", "value"),
    *("paper", "year", "venue", "source", "hand", "note"),
)


@dataclass(frozen=True, slots=True)
class PublishedScore:
    """One printed number; see the columns above.

    Attributes:
        task: what the method does.
        dataset: name of the data set.
        split_set: which split set; empty where the paper does not say.
        splits: numbers of the splits; empty where the paper does not say.
        protocol: whose definitions gave the number; empty where that is not known.
        name: of the method, as printed.
        metric: the key.
        value: the number.
        printed: the same with the digits of the paper.
        publication: where it stands.
    """

    task: str
    dataset: str
    split_set: str
    splits: tuple[int, ...]
    protocol: str
    name: str
    metric: str
    value: float
    printed: str
    publication: Publication

    @property
    def first_hand(self) -> bool:
        """Whether it stands in the paper that computed it."""
        return self.publication.first_hand

    @property
    def doubtful(self) -> bool:
        """Whether it is probably a misprint, as its note explains."""
        return "doubtful:" in self.publication.note

    @property
    def row(self) -> tuple[object, ...]:
        """What numbers of one row of a table have in common."""
        return (self.name, self.splits, replace(self.publication, note=""))


@lru_cache(maxsize=1)
def published_scores(file: Path = PUBLISHED_FILE) -> tuple[PublishedScore, ...]:
    """Read the printed numbers, in the file's order.

    Raises:
        ResultError: if the file is not what its columns say.
    """
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            table = csv.DictReader(opened)
            if set(table.fieldnames or ()) != set(COLUMNS):
                raise ResultError(f"{file}: the columns must be {', '.join(COLUMNS)}.")
            return tuple(_score(line, f"{file}, line {table.line_num}") for line in table)
    except (OSError, UnicodeDecodeError) as error:
        raise ResultError(f"{file}: cannot be read ({error}); install the package again.") from error


def _score(line: dict[str, str], where: str) -> PublishedScore:
    try:
        if line["hand"] not in _HANDS:
            raise ValueError(f"hand is {line['hand']!r}, not first or second")
        return PublishedScore(
            **{key: line[key] for key in ("task", "dataset", "split_set", "protocol", "name", "metric")},
            splits=_splits(line["splits"]),
            value=float(line["value"]),
            printed=line["value"],
            publication=Publication(
                **{key: line[key] for key in ("method", "paper", "venue", "source", "note")},
                year=int(line["year"]),
                first_hand=line["hand"] == "first",
            ),
        )
    except (ValueError, TypeError) as error:
        raise ResultError(f"{where}: {error}.") from error


def _splits(text: str) -> tuple[int, ...]:
    first, _, last = text.partition("-")
    return tuple(range(int(first), int(last or first) + 1)) if text else ()
