"""What is true of the clips of mini-360, as rows of CSV: who plays in which direction, and the boxes in every frame."""

from collections.abc import Iterator

from fairplay_bench.datasets.mini.motion import left_of
from fairplay_bench.datasets.mini.picture import RATE
from fairplay_bench.datasets.mini.room import WIDTH
from fairplay_bench.datasets.mini.truth import BOXES, N_FRAMES, SOLOS, Row, picture_of_frame, player_row
from fairplay_bench.datasets.mini_360.picture import extent
from fairplay_bench.datasets.mini_360.scene import Video, azimuth_deg
from fairplay_bench.datasets.recordings import CLIP_S, clip_name
from hrtf.directions import wrap_azimuth

SOURCES = (
    "clip_id",
    "source",
    "instrument",
    "look",
    "is_solo",
    "azimuth_start_deg",
    "azimuth_end_deg",
    "elevation_deg",
    "distance_m",
    "level_db",
)


def _clip_ids(video: Video) -> Iterator[str]:
    return (clip_name(video.video_id, CLIP_S * number) for number in range(len(video.sections)))


def source_rows(video: Video) -> Iterator[Row]:
    """One row a clip and player, as ``SOURCES``; azimuths counter-clockwise in [-180, 180)."""
    for clip_id, section in zip(_clip_ids(video), video.sections, strict=True):
        for number, (player, stand) in enumerate(zip(section.players, video.stands, strict=True)):
            azimuths = (f"{float(wrap_azimuth(azimuth_deg(x))):.4f}" for x in (player.start_x, player.end_x))
            place = (*azimuths, f"{stand.elevation_deg:.4f}", f"{stand.distance_m:.3f}")
            yield player_row(clip_id, number, section.players, place)


def box_rows(video: Video) -> Iterator[Row]:
    """One row a clip, player and frame, as ``BOXES``: whole pixels of the 480 x 240 picture, frames from 1.

    x is 0 to 479; a box that passes the right edge goes on at the left one.
    """
    for clip_id, section in zip(_clip_ids(video), video.sections, strict=True):
        for frame in range(1, N_FRAMES + 1):
            time_s = picture_of_frame(frame) / RATE
            for number, (player, stand) in enumerate(zip(section.players, video.stands, strict=True)):
                box = extent(player.instrument, player.look, stand, podium=False)
                left = left_of(player.x_at(time_s), box.columns) % WIDTH
                yield clip_id, frame, number, left, box.first_row, box.columns, box.rows, player.instrument


def solo_rows(video: Video) -> Iterator[Row]:
    """One row a clip, as ``SOLOS``, if a single player is heard."""
    for clip_id, section in zip(_clip_ids(video), video.sections, strict=True):
        if len(section.players) == 1:
            yield clip_id, section.players[0].instrument


TABLES = {"sources": (SOURCES, source_rows), "boxes": (BOXES, box_rows), "solos": (SOLOS, solo_rows)}
"""Columns and rows of each table, by its name."""
