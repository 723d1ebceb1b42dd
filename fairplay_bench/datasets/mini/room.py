"""The rooms of mini: a frozen record, how it is drawn from a generator, and its picture without players.

Colours are muted and the picture is slightly out of focus, so that the players in front of it stand out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from fairplay_bench.datasets.mini import furniture
from fairplay_bench.datasets.mini.canvas import Canvas, Colour, mix, shade

WIDTH = 480  # px, as the prepared frames of FAIR-Play
HEIGHT = 240
FLOOR_Y = -66.0  # where wall and floor meet, from the lower edge of the picture
SKIRTING = 6.0

WALLS: tuple[Colour, ...] = (
    (214, 204, 184),
    (186, 198, 186),
    (196, 206, 216),
    (222, 190, 168),
    (172, 186, 204),
    (206, 184, 196),
    (226, 214, 196),
    (150, 170, 172),
    (132, 146, 168),
    (186, 158, 140),
    (120, 138, 126),
    (196, 196, 202),
)
FLOORS: tuple[Colour, ...] = (
    (168, 124, 84),
    (128, 90, 64),
    (192, 156, 116),
    (112, 104, 108),
    (146, 112, 98),
    (152, 148, 140),
    (120, 84, 72),
)
FABRICS: tuple[Colour, ...] = (
    (150, 74, 70),
    (74, 104, 132),
    (94, 118, 86),
    (176, 136, 70),
    (122, 90, 128),
    (84, 126, 128),
    (150, 112, 96),
)
WALL_STYLES = ("plain", "stripes", "panels", "brick", "wainscot")
FLOOR_STYLES = ("planks", "tiles", "carpet")

WALL_ITEMS: MappingProxyType[str, Callable[[Canvas, float, Colour], None]] = MappingProxyType(
    {
        "window": furniture.window,
        "picture": furniture.picture,
        "clock": furniture.clock,
        "shelf": furniture.shelf,
        "bunting": furniture.bunting,
        "mirror": furniture.mirror,
    }
)
FLOOR_ITEMS: MappingProxyType[str, Callable[[Canvas, float, Colour], None]] = MappingProxyType(
    {
        "plant": furniture.plant,
        "lamp": furniture.lamp,
        "armchair": furniture.armchair,
        "bookcase": furniture.bookcase,
        "sideboard": furniture.sideboard,
    }
)
PLACES = (-196.0, -98.0, 0.0, 98.0, 196.0)  # middles of the places for furniture, from the middle of the picture
PLACE_JITTER = 18.0


@dataclass(frozen=True, slots=True)
class Furnishing:
    """One piece of furniture: its kind, the x of its middle from the middle of the room, its colour."""

    kind: str
    x: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Room:
    """How a room looks and how it sounds.

    ``reverberation_s`` is the time in which the sound falls by 60 dB, ``reverberation_db`` the energy of the diffuse
    tail against the direct sound, ``tail_seed`` draws the tail. ``mirrored`` turns picture and tail about.
    """

    wall: Colour
    wall_style: str
    floor: Colour
    floor_style: str
    rug: Colour | None
    furnishings: tuple[Furnishing, ...]
    reverberation_s: float
    reverberation_db: float
    tail_seed: int
    mirrored: bool


def draw_room(rng: np.random.Generator) -> Room:
    """A random room.

    Args:
        rng: where the chances come from; the number of draws taken may vary.

    Returns:
        A room that is not mirrored.
    """
    furnishings = []
    for kinds, share in ((tuple(WALL_ITEMS), 0.5), (tuple(FLOOR_ITEMS), 0.4)):
        for place, kind in zip(PLACES, rng.permutation(len(kinds)), strict=False):  # no piece twice in a room
            if rng.random() < share:
                x = place + rng.uniform(-PLACE_JITTER, PLACE_JITTER)
                furnishings.append(Furnishing(kinds[kind], round(float(x), 2), FABRICS[rng.integers(len(FABRICS))]))
    return Room(
        wall=WALLS[rng.integers(len(WALLS))],
        wall_style=WALL_STYLES[rng.integers(len(WALL_STYLES))],
        floor=FLOORS[rng.integers(len(FLOORS))],
        floor_style=FLOOR_STYLES[rng.integers(len(FLOOR_STYLES))],
        rug=FABRICS[rng.integers(len(FABRICS))] if rng.random() < 0.6 else None,
        furnishings=tuple(furnishings),
        reverberation_s=round(float(rng.uniform(0.18, 0.45)), 3),
        reverberation_db=round(float(rng.uniform(-28.0, -20.0)), 2),
        tail_seed=int(rng.integers(2**32)),
        mirrored=False,
    )


def paint_room(room: Room) -> Image.Image:
    """The room without players.

    Args:
        room: what to paint.

    Returns:
        An RGB picture of 480 x 240.
    """
    canvas = Canvas(WIDTH, HEIGHT, supersample=2)
    _paint_wall(canvas, room)
    _paint_floor(canvas, room)
    for items in (WALL_ITEMS, FLOOR_ITEMS):
        for piece in room.furnishings:
            if piece.kind in items:
                items[piece.kind](canvas, piece.x, piece.colour)
    soft = canvas.finish().convert("RGB").filter(ImageFilter.GaussianBlur(0.7))
    lit = Image.fromarray((np.asarray(soft) * _light()[..., None]).astype(np.uint8))
    return ImageOps.mirror(lit) if room.mirrored else lit


def _light() -> np.ndarray:
    """Light from above the middle: ``(240, 480)``, brighter on the wall, darker in the corners."""
    x = np.linspace(-1.0, 1.0, WIDTH)[None, :]
    y = np.linspace(0.0, 1.0, HEIGHT)[:, None]
    glow = np.exp(-(x**2 / 0.9 + (y - 0.35) ** 2 / 0.35))
    return np.asarray(np.clip(0.87 + 0.15 * glow, 0.0, 1.0))


def _paint_wall(canvas: Canvas, room: Room) -> None:
    wall, half = room.wall, WIDTH / 2
    canvas.box(-half, -HEIGHT, half, FLOOR_Y, wall)
    if room.wall_style == "stripes":
        for k in range(-10, 11):
            canvas.box(k * 24 - 6, -HEIGHT, k * 24 + 6, FLOOR_Y, shade(wall, 0.95))
    elif room.wall_style == "panels":
        for k in range(-3, 3):
            canvas.box(k * 80 + 7, -HEIGHT + 12, k * 80 + 73, FLOOR_Y - 20, shade(wall, 0.93), corner=2)
            canvas.box(k * 80 + 10, -HEIGHT + 15, k * 80 + 70, FLOOR_Y - 23, shade(wall, 1.08), corner=2)
    elif room.wall_style == "brick":
        for row in range(18):
            y = -HEIGHT + row * 10
            for k in range(-11, 12):
                x = k * 24 + (12 if row % 2 else 0)
                tone = shade(wall, 0.91 + 0.03 * ((k * k * 3 + row * row * 5 + k * row) % 4))
                canvas.box(x + 0.7, y + 0.7, x + 23.3, y + 9.3, tone, corner=1)
    elif room.wall_style == "wainscot":
        wood = mix(wall, (120, 84, 62), 0.45)
        canvas.box(-half, FLOOR_Y - 52, half, FLOOR_Y, wood)
        canvas.box(-half, FLOOR_Y - 56, half, FLOOR_Y - 51, shade(wood, 1.15))
        for k in range(-10, 11):
            canvas.line([(k * 24.0, FLOOR_Y - 50), (k * 24.0, FLOOR_Y)], 1.2, shade(wood, 0.86))
    canvas.box(-half, -HEIGHT, half, -HEIGHT + 5, shade(wall, 1.3))
    canvas.box(-half, FLOOR_Y - SKIRTING, half, FLOOR_Y, shade(wall, 1.35))
    canvas.box(-half, FLOOR_Y - 1.2, half, FLOOR_Y, shade(wall, 0.6))


def _paint_floor(canvas: Canvas, room: Room) -> None:
    floor, half = room.floor, WIDTH / 2
    bands = 12
    for k in range(bands):
        top = FLOOR_Y * (1 - k / bands)
        canvas.box(-half, top, half, 0, shade(floor, 0.86 + 0.2 * k / bands))
    rays = np.linspace(-1.0, 1.0, 25)
    if room.floor_style in ("planks", "tiles"):
        for ray in rays:
            canvas.line([(ray * half, FLOOR_Y), (ray * half * 2.1, 0.0)], 0.9, shade(floor, 0.74))
    rows = (0.14, 0.32, 0.54, 0.8) if room.floor_style == "tiles" else ()
    for part in rows:
        canvas.line([(-half, FLOOR_Y * (1 - part)), (half, FLOOR_Y * (1 - part))], 0.9, shade(floor, 0.74))
    if room.floor_style == "planks":
        for k, ray in enumerate(rays[:-1]):
            part = 0.15 + 0.7 * ((k * 37) % 11) / 11
            y, spread = FLOOR_Y * (1 - part), 1 + 1.1 * part
            canvas.line([(ray * half * spread, y), (rays[k + 1] * half * spread, y)], 0.9, shade(floor, 0.74))
    canvas.box(-half, FLOOR_Y, half, FLOOR_Y + 2.5, shade(floor, 0.66))
    if room.rug is not None:
        for radius_x, radius_y, tone in ((168, 23, 0.8), (160, 20.5, 1.1), (150, 18, 0.95), (96, 10.5, 1.15)):
            canvas.oval((0, -25), radius_x, radius_y, shade(mix(room.rug, floor, 0.25), tone), turn=2 * pi)
