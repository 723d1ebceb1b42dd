"""Where the sounding sources of clips are seen: a table of boxes, as :mod:`baselines.pseudo_binaural.boxes` reads it.

A further column ``sounding`` may hold 1 or 0; without it every box is a sounding source's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from baselines.l2bnet.maps import Place, blobs, place_of_box
from baselines.pseudo_binaural.boxes import Box, read_boxes
from fairplay_bench.datasets.mini.make import TRUTH_FOLDER
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.dsp.windows import window_centre_s
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.media.pictures import frame_number
from fairplay_bench.records import SAMPLE_RATE, ClipId

BOXES = Path(TRUTH_FOLDER) / "boxes.csv"  # of a data set that knows its own


@dataclass(frozen=True, slots=True)
class _Seen:
    frames: Sequence[int]
    places: Sequence[Sequence[Place]]


class SeenPlaces:
    """Where the sounding sources are in each clip.

    Args:
        boxes: of each clip; those that do not sound are left out.
    """

    def __init__(self, boxes: Mapping[ClipId, Sequence[Box]]) -> None:
        self._seen = {clip: _by_frame(of) for clip, of in boxes.items() if any(box.sounding for box in of)}

    def known(self, clips: Sequence[ClipId]) -> list[ClipId]:
        """The clips with a sounding source, in their order."""
        return [clip for clip in clips if clip in self._seen]

    def at(self, clip: ClipId, frame: int) -> Sequence[Place]:
        """Places in the frame of the table that is nearest to this one; none where nothing sounds there."""
        seen = self._seen[clip]
        return seen.places[int(np.abs(np.asarray(seen.frames) - frame).argmin())]

    def wanted(self, clip: ClipId, start: int) -> Tensor:
        """Wanted map of a segment that starts at a sample; see :func:`baselines.l2bnet.maps.blobs`."""
        return blobs(self.at(clip, frame_number(window_centre_s(start, SAMPLE_RATE))))


def places_of(data: PreparedDataset, table: Path | None) -> SeenPlaces:
    """Read where sources are seen.

    Args:
        data: the data set.
        table: a CSV; None takes the data set's own.

    Raises:
        OptionError: if there is none.
        DatasetError: if it cannot be read, or no clip of the data set has a sounding source in it.
    """
    file = table or data.folder / BOXES
    if table is None and not file.is_file():
        raise OptionError(
            f"{file}: missing; {data.name} does not say where its sources are seen: give --boxes FILE.csv "
            f"(`fairplay-bench boxes {data.folder}` makes one with a detector), or --teacher correspondence."
        )
    boxes = read_boxes(file)
    places = SeenPlaces(boxes)
    if not places.known(list(data.clips)):
        here = sum(clip in data.clips for clip in boxes)
        reason = "no box of a sounding source" if here else "no box of a clip of this data set"
        raise DatasetError(f"{file}: {reason} in it; give a table with some, or --teacher correspondence.")
    return places


def _by_frame(boxes: Sequence[Box]) -> _Seen:
    frames = sorted({box.frame for box in boxes})
    sounding: dict[int, list[Place]] = {frame: [] for frame in frames}
    for box in boxes:
        if box.sounding:
            sounding[box.frame].append(place_of_box(box.x, box.y, box.width, box.height))
    return _Seen(frames, [sounding[frame] for frame in frames])
