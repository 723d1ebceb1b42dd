"""Scores printed in papers: ``published.csv``, a line a number.

Columns: ``task``, ``dataset``, ``split_set`` and ``splits`` (empty where the paper does not say), ``protocol`` (the one
whose definitions gave the number; empty where that is not known), ``method`` (the suite's name), ``name`` (as printed),
``metric``, ``value`` (as printed), ``paper``, ``year``, ``venue``, ``source`` (where it stands), ``hand`` (``first``
or, where another paper reports it, ``second``), ``note``.
"""

import csv
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from fairplay_bench.errors import ResultError

PUBLISHED_FILE = Path(__file__).with_name("published.csv")
_HANDS = ("first", "second")


@dataclass(frozen=True, slots=True)
class PublishedScore:
    """One printed number; see the columns above.

    Attributes:
        splits: numbers of the splits; empty where the paper does not say.
        value: the number.
        printed: the same with the digits of the paper.
        first_hand: whether it stands in the paper that computed it.
    """

    task: str
    dataset: str
    split_set: str
    splits: tuple[int, ...]
    protocol: str
    method: str
    name: str
    metric: str
    value: float
    printed: str
    paper: str
    year: int
    venue: str
    source: str
    first_hand: bool
    note: str

    @property
    def doubtful(self) -> bool:
        """Whether it is probably a misprint, as its note explains."""
        return "doubtful:" in self.note

    @property
    def row(self) -> tuple[object, ...]:
        """What numbers of one row of a table have in common."""
        return (self.method, self.name, self.paper, self.source, self.splits, self.first_hand)


_RENAMED = {"first_hand": "hand"}
COLUMNS = tuple(_RENAMED.get(field.name, field.name) for field in fields(PublishedScore) if field.name != "printed")


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
        plain = {key: value for key, value in line.items() if key not in ("splits", "value", "year", "hand")}
        return PublishedScore(
            splits=_splits(line["splits"]),
            value=float(line["value"]),
            printed=line["value"],
            year=int(line["year"]),
            first_hand=line["hand"] == "first",
            **plain,
        )
    except (ValueError, TypeError) as error:
        raise ResultError(f"{where}: {error}.") from error


def _splits(text: str) -> tuple[int, ...]:
    first, _, last = text.partition("-")
    return tuple(range(int(first), int(last or first) + 1)) if text else ()
