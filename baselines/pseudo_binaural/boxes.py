"""Boxes of players from a table: ``clip_id, frame, x, y, width, height, label`` and, where it is there, ``sounding``.

``sounding`` is 1 or 0; without that column every player sounds. Other columns are not looked at. Frames are counted
from 1, ten a second; lengths are pixels of a frame of 480 x 240.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.media.csv_tables import Row, csv_rows
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, ClipId

COLUMNS = ("clip_id", "frame", "x", "y", "width", "height", "label")
_SLACK_PX = 0.01  # rounding of whoever wrote the table


@dataclass(frozen=True, slots=True)
class Box:
    """Where a player is in a frame of 480 x 240; ``score`` is a detector's, 1 where there was none.

    ``sounding`` is whether it is heard.
    """

    frame: int
    x: float
    y: float
    width: float
    height: float
    label: str
    score: float = 1.0
    sounding: bool = True


def whole_frame(frame: int) -> Box:
    """The box that is the whole frame."""
    return Box(frame, 0.0, 0.0, float(FRAME_WIDTH), float(FRAME_HEIGHT), "")


def read_boxes(file: Path) -> dict[ClipId, list[Box]]:
    """Read a table of boxes.

    Args:
        file: CSV with a line of column names.

    Returns:
        The boxes of each clip in the order of the table.

    Raises:
        OptionError: if there is no such file.
        DatasetError: if a column is missing, a value is none, or a box is not inside the frame; the line is named.
    """
    if not file.is_file():
        raise OptionError(f"--boxes {file}: no such file.")
    boxes: dict[ClipId, list[Box]] = {}
    for where, row in csv_rows(file, COLUMNS):
        boxes.setdefault(row["clip_id"] or "", []).append(_box(row, where))
    if not boxes:
        raise DatasetError(f"{file}: a table without a single box; give one with rows.")
    return boxes


def solo_box(boxes: list[Box], frames: int) -> Box | None:
    """The box of a clip's only player in the frame nearest to the middle, or None where several play.

    Args:
        boxes: of the clip, at least one.
        frames: how many frames the clip has.
    """
    if max(Counter(box.frame for box in boxes).values()) > 1:
        return None
    return min(boxes, key=lambda box: (abs(box.frame - middle_frame(frames)), box.frame))


def middle_frame(frames: int) -> int:
    """Number of the frame in the middle of a clip of so many frames."""
    return (frames + 1) // 2


def _box(row: Row, where: str) -> Box:
    try:
        x, y, width, height = (float(row[name] or "") for name in ("x", "y", "width", "height"))
        frame = int(row["frame"] or "")
    except ValueError as error:
        raise DatasetError(f"{where}: frame, x, y, width and height must be numbers ({error}).") from error
    if not row["clip_id"] or frame < 1:
        raise DatasetError(f"{where}: needs a clip_id and a frame counted from 1.")
    inside = (
        x >= -_SLACK_PX
        and y >= -_SLACK_PX
        and x + width <= FRAME_WIDTH + _SLACK_PX
        and y + height <= FRAME_HEIGHT + _SLACK_PX
    )
    if not inside or not (width >= 2 and height >= 2):
        raise DatasetError(
            f"{where}: the box of clip {row['clip_id']} ({x:g}, {y:g}, {width:g} x {height:g}) does not lie inside the "
            f"frame of {FRAME_WIDTH} x {FRAME_HEIGHT} pixels; boxes are counted in those."
        )
    sounding = row.get("sounding") or "1"
    if sounding not in ("0", "1"):
        raise DatasetError(f"{where}: sounding is {sounding!r}; give 1 or 0.")
    return Box(frame, x, y, width, height, row["label"] or "", sounding=sounding == "1")
