"""What is true of the clips of mini, as CSV: who plays where, the boxes in every frame, the solos.

Everything follows from the records; no picture is drawn and no sound made.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TypeVar

from fairplay_bench.datasets.mini.figures import figure_size
from fairplay_bench.datasets.mini.motion import left_of
from fairplay_bench.datasets.mini.phrases import DURATION_S
from fairplay_bench.datasets.mini.picture import FEET_Y, RATE
from fairplay_bench.datasets.mini.scene import Player, Scene, azimuth_deg
from fairplay_bench.datasets.mini.source_folder import write_source_file

Row = tuple[object, ...]
Piece = TypeVar("Piece")

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


def write_truth(
    out: Path, pieces: Sequence[Piece], tables: Mapping[str, tuple[tuple[str, ...], Callable[[Piece], Iterator[Row]]]]
) -> None:
    """Write ``truth/<name>.csv``: the columns of each table and its rows of every piece, with Unix line ends.

    Raises:
        OutputError: if they cannot be written.
    """
    for name, (columns, rows_of) in tables.items():
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(row for piece in pieces for row in rows_of(piece))
        write_source_file(out / "truth" / f"{name}.csv", text.getvalue().encode(), out)


def player_row(clip_id: str, number: int, players: Sequence[Player], place: Iterable[str]) -> Row:
    """Row of one of the players of a clip: who it is, 1 or 0 for a solo, where it is, and its level."""
    player = players[number]
    who = (clip_id, number, player.instrument, player.look, int(len(players) == 1))
    return (*who, *place, f"{player.level_db:.2f}")


def source_rows(scene: Scene) -> Iterator[Row]:
    """One row a player, as ``SOURCES``; x in pixels of the 480 x 240 picture."""
    for number, player in enumerate(scene.players):
        ends = (player.start_x, player.end_x)
        place = (*(f"{x:.2f}" for x in ends), *(f"{azimuth_deg(x):.4f}" for x in ends))
        yield player_row(scene.clip_id, number, scene.players, place)


def box_rows(scene: Scene) -> Iterator[Row]:
    """One row a player and frame, as ``BOXES``: whole pixels of the 480 x 240 picture, frames from 1."""
    for frame in range(1, N_FRAMES + 1):
        time_s = picture_of_frame(frame) / RATE
        for number, player in enumerate(scene.players):
            width, height = figure_size(player.instrument, player.look)
            left = left_of(player.x_at(time_s), width)
            yield scene.clip_id, frame, number, left, FEET_Y - height, width, height, player.instrument


def solo_rows(scene: Scene) -> Iterator[Row]:
    """One row, as ``SOLOS``, if the clip is a solo."""
    if len(scene.players) == 1:
        yield scene.clip_id, scene.players[0].instrument


TABLES = {"sources": (SOURCES, source_rows), "boxes": (BOXES, box_rows), "solos": (SOLOS, solo_rows)}
"""Columns and rows of each table, by its name."""
