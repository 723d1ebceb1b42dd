"""The hall of a video as an equirectangular picture: four painted walls, floor and ceiling seen from the middle."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.datasets.mini.canvas import mix, shade
from fairplay_bench.datasets.mini.furniture import FLOOR
from fairplay_bench.datasets.mini.room import HEIGHT, WIDTH, Room, paint_room
from fairplay_bench.datasets.mini_360.scene import CAMERA_M, M_PER_PX

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]

HALF_M = WIDTH * M_PER_PX / 2  # from the middle to a wall, whose drawing is then at its natural size
CEILING_M = 4.4
WALL_PX = HEIGHT + round(FLOOR)  # rows of a drawing that show the wall and the feet of the furniture
SUPERSAMPLE = 2
TILE_M, PLANK_M, RUG_M = 0.6, 0.3, 1.15
LINE_M = 0.02


def paint_hall(rooms: tuple[Room, ...]) -> Picture:
    """The hall without players.

    Args:
        rooms: how the walls in front, at the left, behind and at the right are painted.

    Returns:
        ``(240, 480, 3)``, RGB, equirectangular: the front in the middle, the left at the left.
    """
    azimuth, elevation = directions(SUPERSAMPLE)
    turns = np.round(azimuth / (np.pi / 2)).astype(int)
    across = azimuth - turns * np.pi / 2  # from the middle of the wall, to the left
    distance_m = HALF_M / np.cos(across)
    height_m = CAMERA_M + np.tan(elevation) * distance_m
    fine = _walls(rooms, turns % 4, -np.tan(across) * HALF_M, height_m)
    below, above = height_m < 0, height_m > CEILING_M
    fine[below] = _floor(rooms[0], azimuth[below], CAMERA_M / np.tan(-elevation[below]))
    fine[above] = _ceiling(rooms[0], azimuth[above], (CEILING_M - CAMERA_M) / np.tan(elevation[above]))
    parts = fine.reshape(HEIGHT, SUPERSAMPLE, WIDTH, SUPERSAMPLE, 3)
    return np.rint(parts.mean(axis=(1, 3))).astype(np.uint8)


@lru_cache(maxsize=2)
def directions(finer: int) -> tuple[Floats, Floats]:
    """Azimuth (counter-clockwise, 0 in front) and elevation of each pixel of the panorama, radians.

    Args:
        finer: how many times finer than the panorama.

    Returns:
        Twice ``(240 finer, 480 finer)``.
    """
    column = (np.arange(WIDTH * finer) + 0.5) / (WIDTH * finer)
    row = (np.arange(HEIGHT * finer) + 0.5) / (HEIGHT * finer)
    azimuth, elevation = np.meshgrid(np.pi - 2 * np.pi * column, np.pi / 2 - np.pi * row)
    return azimuth, elevation


def _walls(rooms: tuple[Room, ...], wall: NDArray[np.int_], right_m: Floats, height_m: Floats) -> Floats:
    """Colour of the walls; above the drawing they go on in their plain colour."""
    column = np.clip(WIDTH / 2 + right_m / M_PER_PX, 0, WIDTH - 1).astype(int)
    row = np.floor(WALL_PX - height_m / M_PER_PX).astype(int)
    plain = np.array(shade(rooms[0].wall, 0.97), dtype=np.float64)
    colours = np.empty((*wall.shape, 3))
    for number, room in enumerate(rooms):
        here = wall == number
        drawing = np.asarray(paint_room(room), dtype=np.float64)
        colours[here] = drawing[np.clip(row[here], 0, WALL_PX - 1), column[here]]
    colours[row < 0] = plain
    return colours


def _floor(room: Room, azimuth: Floats, distance_m: Floats) -> Floats:
    front_m, left_m = distance_m * np.cos(azimuth), distance_m * np.sin(azimuth)
    colours = np.tile(np.array(room.floor, dtype=np.float64), (len(azimuth), 1))
    seams = np.zeros(len(azimuth), dtype=bool)
    if room.floor_style == "tiles":
        seams = (np.mod(front_m, TILE_M) < LINE_M) | (np.mod(left_m, TILE_M) < LINE_M)
    elif room.floor_style == "planks":
        seams = np.mod(left_m, PLANK_M) < LINE_M
    colours[seams] = shade(room.floor, 0.74)
    if room.rug is not None:
        tone = mix(room.rug, room.floor, 0.25)
        for radius_m, light in ((RUG_M, 0.8), (0.94 * RUG_M, 1.1), (0.8 * RUG_M, 0.95), (0.5 * RUG_M, 1.15)):
            colours[distance_m < radius_m] = shade(tone, light)
    return colours * np.clip(1.02 - 0.05 * distance_m, 0.8, 1.0)[:, None]


def _ceiling(room: Room, azimuth: Floats, distance_m: Floats) -> Floats:
    front_m, left_m = distance_m * np.cos(azimuth), distance_m * np.sin(azimuth)
    colours = np.tile(np.array(shade(room.wall, 1.5), dtype=np.float64), (len(azimuth), 1))
    beams = np.mod(front_m + HALF_M, 2 * HALF_M / 4) < 0.12
    colours[beams] = shade(room.wall, 1.15)
    lamp = np.hypot(front_m, left_m) < 0.35
    colours[lamp] = (255, 250, 232)
    return colours
