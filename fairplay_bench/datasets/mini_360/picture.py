"""The pictures of a video: players as upright figures seen from the middle of the hall, equirectangular."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import atan, ceil, cos, degrees

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import map_coordinates

from fairplay_bench.datasets.mini.canvas import shade
from fairplay_bench.datasets.mini.figures import HEAD_ROOM, figure_size, lower_sprite, upper_sprite
from fairplay_bench.datasets.mini.motion import Pose, pose_at
from fairplay_bench.datasets.mini.picture import N_PICTURES, RATE
from fairplay_bench.datasets.mini.room import WIDTH
from fairplay_bench.datasets.mini_360.hall import Picture, paint_hall
from fairplay_bench.datasets.mini_360.scene import CAMERA_M, M_PER_PX, TURN_DEG, Section, Stand, Video, width_px

SUPERSAMPLE = 3
PODIUM_EDGE_PX = 4
PX_DEG = TURN_DEG / WIDTH

Sprite = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Extent:
    """The part of the panorama a figure can cover: an even number of columns about its middle, and its rows."""

    columns: int
    first_row: int
    rows: int


def extent(instrument: str, look: int, stand: Stand, *, podium: bool) -> Extent:
    """How much of the panorama a player takes, with what it stands on or without."""
    half_columns = ceil(width_px(instrument, look, stand) / 2)
    height_px = figure_size(instrument, look)[1] + (HEAD_ROOM if podium else 0)
    side = cos(atan(figure_size(instrument, look)[0] * M_PER_PX / 2 / stand.distance_m))
    top_m = stand.height_m + height_px * M_PER_PX - CAMERA_M
    low_m = (0.0 if podium else stand.height_m) - CAMERA_M
    high, low = (
        degrees(atan(level_m / stand.distance_m * (1.0 if (level_m > 0) == upwards else side)))
        for level_m, upwards in ((top_m, True), (low_m, False))
    )
    first = int((90.0 - high) / PX_DEG)
    return Extent(2 * half_columns, first, ceil((90.0 - low) / PX_DEG) - first)


def poses(video: Video, section: Section, picture: int) -> tuple[Pose, ...]:
    """The poses of all players in one picture of a section, counted from 0, ``RATE`` a second."""
    return tuple(
        pose_at(
            player,
            extent(player.instrument, player.look, stand, podium=True).columns,
            section.key.beat_s,
            picture / RATE,
        )
        for player, stand in zip(section.players, video.stands, strict=True)
    )


def compose(video: Video, section: Section, hall: Picture, stand_in: tuple[Pose, ...]) -> Image.Image:
    """One picture.

    Args:
        video: its record.
        section: who plays.
        hall: as ``paint_hall`` gives it; left as it is.
        stand_in: the poses of the players.

    Returns:
        RGB, 480 x 240; what passes the right edge goes on at the left one.
    """
    picture = hall.copy()
    for player, stand, pose in zip(section.players, video.stands, stand_in, strict=True):
        figure = _figure(
            player.instrument, player.look, player.facing, stand, (pose.step, pose.arms, pose.bob), pose.sounding
        )
        part = extent(player.instrument, player.look, stand, podium=True)
        columns = np.arange(pose.left, pose.left + part.columns) % WIDTH
        place = np.ix_(np.arange(part.first_row, part.first_row + part.rows), columns)
        picture[place] = np.rint(picture[place] * (1 - figure[..., 3:]) + figure[..., :3]).astype(np.uint8)
    return Image.fromarray(picture)


@lru_cache(maxsize=512)
def _figure(
    instrument: str, look: int, facing: int, stand: Stand, stance: tuple[int, int, int], sounding: bool
) -> Sprite:
    """A player as seen: ``(rows, columns, 4)``, colours multiplied by the coverage, which comes last, 0 to 1."""
    drawn = _flat(instrument, look, facing, stand, stance, sounding)
    part = extent(instrument, look, stand, podium=True)
    rows, columns = part.rows * SUPERSAMPLE, part.columns * SUPERSAMPLE
    right = ((np.arange(columns) + 0.5) / SUPERSAMPLE - part.columns / 2) * np.radians(PX_DEG)
    up = np.pi / 2 - ((np.arange(rows) + 0.5) / SUPERSAMPLE + part.first_row) * np.radians(PX_DEG)
    x = np.tan(right) * stand.distance_m / M_PER_PX + drawn.shape[1] / 2
    y_m = np.tan(up)[:, None] * stand.distance_m / np.cos(right)[None, :]
    y = len(drawn) - (y_m + CAMERA_M) / M_PER_PX  # the drawing ends at the floor
    places = np.stack([y - 0.5, np.broadcast_to(x - 0.5, y.shape)])
    fine = np.stack([map_coordinates(drawn[..., k], places, order=1, cval=0.0) for k in range(4)], axis=-1)
    return fine.reshape(part.rows, SUPERSAMPLE, part.columns, SUPERSAMPLE, 4).mean(axis=(1, 3))


def _flat(
    instrument: str, look: int, facing: int, stand: Stand, stance: tuple[int, int, int], sounding: bool
) -> Sprite:
    """Player and podium as drawn, down to the floor; colours multiplied by the coverage."""
    step, arms, bob = stance
    lower, upper = lower_sprite(instrument, look, step, facing), upper_sprite(instrument, look, arms, sounding, facing)
    podium_px = round(stand.height_m / M_PER_PX)
    sheet = Image.new("RGBA", (lower.width, lower.height + podium_px), (0, 0, 0, 0))
    if podium_px:
        top = lower.height - PODIUM_EDGE_PX
        sheet.paste((112, 88, 70, 255), (0, top, lower.width, sheet.height))
        sheet.paste((*shade((112, 88, 70), 1.3), 255), (0, top, lower.width, top + 2 * PODIUM_EDGE_PX))
    sheet.alpha_composite(lower)
    sheet.alpha_composite(upper, (0, bob))
    drawn = np.asarray(sheet, dtype=np.float64)
    drawn[..., 3] /= 255
    drawn[..., :3] *= drawn[..., 3:]
    return drawn


def pictures(video: Video) -> Iterator[Image.Image]:
    """All pictures of a video in order; the same object again where nothing moved."""
    hall = paint_hall(video.rooms)
    for section in video.sections:
        before: tuple[Pose, ...] | None = None
        picture = Image.fromarray(hall)
        for number in range(N_PICTURES):
            now = poses(video, section, number)
            if now != before:
                picture, before = compose(video, section, hall, now), now
            yield picture
