"""What is true of the clips of mini, as CSV: who plays where, the boxes in every frame, the solos.

Everything follows from the records; no picture is drawn and no sound made.
"""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from fairplay_bench.datasets.mini.figures import figure_size
from fairplay_bench.datasets.mini.motion import left_of
from fairplay_bench.datasets.mini.phrases import DURATION_S
from fairplay_bench.datasets.mini.picture import FEET_Y, RATE
from fairplay_bench.datasets.mini.scene import Scene, azimuth_deg

FRAMES_A_SECOND = 10
N_FRAMES = round(DURATION_S * FRAMES_A_SECOND)

SOURCES = (
    "clip_id",
    "source",
    "instrument",
    "look",
    "is_solo",
    "start_x",
    "end_x",
    "azimuth_start_deg",
    "azimuth_end_deg",
    "level_db",
)
BOXES = ("clip_id", "frame", "source", "x", "y", "width", "height", "label")
SOLOS = ("clip_id", "instrument")


def picture_of_frame(frame: int) -> int:
    """The picture, from 0, that frame ``k`` shows: the last at or before ``(k - 0.5) / 10`` s."""
    return (2 * frame - 1) * RATE // (2 * FRAMES_A_SECOND)


def table(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Rows under their column names as CSV text with Unix line ends."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def source_rows(scene: Scene) -> Iterator[tuple[object, ...]]:
    """One row a player, as ``SOURCES``; x in pixels of the 480 x 240 picture, 1 or 0 for a solo."""
    for number, player in enumerate(scene.players):
        azimuths = (f"{azimuth_deg(x):.4f}" for x in (player.start_x, player.end_x))
        yield (
            scene.clip_id,
            number,
            player.instrument,
            player.look,
            int(len(scene.players) == 1),
            f"{player.start_x:.2f}",
            f"{player.end_x:.2f}",
            *azimuths,
            f"{player.level_db:.2f}",
        )


def box_rows(scene: Scene) -> Iterator[tuple[object, ...]]:
    """One row a player and frame, as ``BOXES``: whole pixels of the 480 x 240 picture, frames from 1."""
    for frame in range(1, N_FRAMES + 1):
        time_s = picture_of_frame(frame) / RATE
        for number, player in enumerate(scene.players):
            width, height = figure_size(player.instrument, player.look)
            left = left_of(player.x_at(time_s), width)
            yield scene.clip_id, frame, number, left, FEET_Y - height, width, height, player.instrument


def solo_rows(scene: Scene) -> Iterator[tuple[object, ...]]:
    """One row, as ``SOLOS``, if the clip is a solo."""
    if len(scene.players) == 1:
        yield scene.clip_id, scene.players[0].instrument
