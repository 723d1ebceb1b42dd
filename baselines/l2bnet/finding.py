"""Finding players in the frames of clips with a detector, and writing them as a table of boxes."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from baselines.pseudo_binaural.boxes import COLUMNS, Box
from baselines.pseudo_binaural.cutting import Finder
from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.errors import MediaError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.files import written_whole
from fairplay_bench.media.frames import frame_name, read_image
from fairplay_bench.media.key_frames import key_frames
from fairplay_bench.records import ClipId

Boxes = dict[ClipId, list[Box]]


def found_boxes(
    data: PreparedDataset, find: Finder, every_s: float, reporter: Reporter
) -> tuple[Boxes, dict[ClipId, str]]:
    """Find the players of each clip.

    Args:
        data: a prepared data set.
        find: finds the players in a picture.
        every_s: distance of the frames that are looked at, seconds.
        reporter: hears how far it is.

    Returns:
        The boxes of each clip in which some were found, and why clips could not be read.
    """
    boxes: Boxes = {}
    failed: dict[ClipId, str] = {}
    for clip, row in reporter.track(sorted(data.clips.items()), len(data.clips), "clips"):
        try:
            found = [box for frame in key_frames(row.n_frames, every_s) for box in _in_frame(data, row, frame, find)]
        except MediaError as error:
            failed[clip] = str(error)
            continue
        if found:
            boxes[clip] = found
    return boxes, failed


def write_boxes(file: Path, boxes: Mapping[ClipId, Sequence[Box]]) -> None:
    """Write a table of boxes, whole or not at all.

    Raises:
        OutputError: if it cannot be written.
    """
    with written_whole(file) as temporary, temporary.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(COLUMNS)
        for clip, of in boxes.items():
            for box in of:
                lengths = (f"{length:.2f}" for length in (box.x, box.y, box.width, box.height))
                writer.writerow((clip, box.frame, *lengths, box.label))


def _in_frame(data: PreparedDataset, row: IndexRow, frame: int, find: Callable[..., list[Box]]) -> list[Box]:
    return find(read_image(data.folder / row.frames / frame_name(frame)), frame)
