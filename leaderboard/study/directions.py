"""From where an instrument sounds: left, centre or right; told by a table, or by the truth that a made-up set has."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.records import FRAME_WIDTH, ClipId

Direction = Literal["left", "centre", "right"]
DIRECTIONS: tuple[Direction, ...] = ("left", "centre", "right")
_COLUMNS = ("clip_id", "direction")
_TRUTH = Path("truth") / "sources.csv"
_SPELLINGS: dict[str, Direction] = {"left": "left", "centre": "centre", "center": "centre", "right": "right"}


def read_directions(path: Path) -> dict[ClipId, Direction]:
    """Read a table of directions.

    Args:
        path: a CSV with the columns ``clip_id`` and ``direction`` (left, centre or right).

    Returns:
        The direction of each clip.

    Raises:
        OptionError: if the file is missing, lacks a column or any row, names a clip twice or another direction.
    """
    rows = _rows(path, OptionError(f"--directions {path}: cannot be read; give a CSV of clip_id and direction."))
    found: dict[ClipId, Direction] = {}
    for line, row in enumerate(rows, start=2):
        clip_id, told = (str(row.get(column) or "").strip() for column in _COLUMNS)
        if not clip_id or told.lower() not in _SPELLINGS:
            raise OptionError(f"--directions {path}, line {line}: expected a clip and left, centre or right.")
        if clip_id in found:
            raise OptionError(f"--directions {path}, line {line}: {clip_id} is there twice.")
        found[clip_id] = _SPELLINGS[told.lower()]
    if not found:
        raise OptionError(f"--directions {path}: no row in it; give a CSV of clip_id and direction.")
    return found


def true_directions(data: PreparedDataset) -> dict[ClipId, Direction]:
    """Directions of the clips of a made-up data set: one player, who stays in one third of the picture.

    Args:
        data: a prepared data set.

    Returns:
        The direction of each such clip; nothing where the data set has no truth.

    Raises:
        DatasetError: if the truth is there but cannot be read.
    """
    path = data.folder / _TRUTH
    if not path.is_file():
        return {}
    damaged = DatasetError(f"{path}: not the truth of a made-up data set; prepare it again.")
    found: dict[ClipId, Direction] = {}
    for row in _rows(path, damaged):
        try:
            thirds = {int(3 * float(row[column]) / FRAME_WIDTH) for column in ("start_x", "end_x")}
            alone = row["is_solo"] == "1"
        except (KeyError, ValueError, TypeError) as error:
            raise damaged from error
        if alone and len(thirds) == 1 and (third := thirds.pop()) in range(len(DIRECTIONS)):
            found[row["clip_id"]] = DIRECTIONS[third]
    return found


def _rows(path: Path, problem: OptionError | DatasetError) -> Iterable[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise problem from error
