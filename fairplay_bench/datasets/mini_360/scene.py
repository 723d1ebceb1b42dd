"""A video of mini-360 as a frozen record, drawn from the seed and the number of the video alone.

The cast, its places and the hall stay the same over a video; it is long enough for several clips, each of which has
phrases and walks of its own. Nothing is tied to a direction: the ring of players is turned by a random angle.
"""

from dataclasses import dataclass, replace
from math import atan, atan2, ceil, degrees
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.datasets.mini.figures import FIGURES, figure_size
from fairplay_bench.datasets.mini.instruments import INSTRUMENTS
from fairplay_bench.datasets.mini.looks import LOOKS
from fairplay_bench.datasets.mini.phrases import Key, Note, draw_key, draw_phrase
from fairplay_bench.datasets.mini.room import WIDTH, Room, draw_room
from fairplay_bench.datasets.mini.scene import NAMES, THREE_SHARE, TRAVEL_PX, Player, clip_name, solo_instrument

CLIPS_PER_VIDEO = 2
WITHOUT_HEIGHT_EVERY = 10  # one video of so many is recorded without the Z channel, as some of the YouTube sets are
TURN_DEG = 360.0  # what the width of the picture stands for
M_PER_PX = 1.7 / 150  # of the drawings at scale 1
CAMERA_M = 1.5  # of camera and microphone above the floor
MOUTH_M = 1.2  # of the instruments above the feet
DISTANCE_M = (1.1, 1.9)
PODIUM_SHARE = 0.4  # of those who stand still
PODIUM_M = (0.5, 1.6)
MOVING_SHARE = 0.5  # of those who can walk
GAP_PX = 6.0  # least distance between players
SCENE_STREAM = 4  # apart from the random streams of mini

Columns = TypeVar("Columns", float, NDArray[np.float64])


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a player stands for the whole video: distance from the camera, and height of the feet above the floor."""

    distance_m: float
    height_m: float

    @property
    def elevation_deg(self) -> float:
        """Direction of the player's sound above the horizon."""
        return degrees(atan2(self.height_m + MOUTH_M - CAMERA_M, self.distance_m))


@dataclass(frozen=True, slots=True)
class Section:
    """What is played during one clip; the x of a player is a column of the panorama and may lie beyond its edges."""

    key: Key
    players: tuple[Player, ...]


@dataclass(frozen=True, slots=True)
class Video:
    """One recording: who stands where, what is played in each clip, the four walls, and the microphone.

    ``rooms`` are the walls in front, at the left, behind and at the right; the first also gives the floor and the
    reverberation. ``has_height`` tells whether Z is recorded; ``peak_dbfs`` is the peak of all channels.
    """

    video_id: str
    stands: tuple[Stand, ...]
    sections: tuple[Section, ...]
    rooms: tuple[Room, ...]
    has_height: bool
    peak_dbfs: float


def azimuth_deg(x: Columns) -> Columns:
    """The direction of columns of the panorama: counter-clockwise, 0 in the middle; not wrapped."""
    return (WIDTH / 2 - x) / WIDTH * TURN_DEG


def videos_of(clips: int) -> int:
    """How many videos so many clips make; the last one may be short of some."""
    return ceil(clips / CLIPS_PER_VIDEO)


def clips_of(number: int, clips: int) -> int:
    """How many clips a video has in a data set of so many."""
    return min(CLIPS_PER_VIDEO, clips - CLIPS_PER_VIDEO * (number - 1))


def width_px(instrument: str, look: int, stand: Stand) -> float:
    """Width of a player in the panorama."""
    half_m = figure_size(instrument, look)[0] * M_PER_PX / 2
    return 2 * degrees(atan(half_m / stand.distance_m)) / TURN_DEG * WIDTH


def draw_video(seed: int, number: int, clips: int = CLIPS_PER_VIDEO) -> Video:
    """The scene of one video.

    Args:
        seed: of the data set, not negative.
        number: of the video, from 1.
        clips: how many clips it lasts; the first of them are the same in a longer one.

    Returns:
        Its record, the same whatever else is drawn.
    """
    rng = np.random.default_rng((SCENE_STREAM, seed, number))
    alone = solo_instrument(seed, number)
    count = 1 if alone else 3 if rng.random() < THREE_SHARE else 2
    instruments = [alone] if alone else [NAMES[k] for k in rng.permutation(len(NAMES))[:count]]
    looks = [int(look) for look in rng.permutation(len(LOOKS))[:count]]
    walks = [FIGURES[name].walks and rng.random() < MOVING_SHARE for name in instruments]
    stands = tuple(_draw_stand(rng, moves) for moves in walks)
    widths = [width_px(*one) for one in zip(instruments, looks, stands, strict=True)]
    ends = _draw_strips(rng, widths, walks)
    facing = [1 if rng.random() < 0.5 else -1 for _ in instruments]
    levels = [round(float(rng.uniform(-4.0, 2.0)), 2) for _ in instruments]
    rooms = _draw_hall(rng)
    peak_dbfs = round(float(rng.uniform(-10.0, -4.0)), 2)
    sections = []
    for _ in range(clips):
        key = draw_key(rng)
        players = tuple(
            Player(name, looks[k], facing[k], *ends[k], levels[k], int(rng.integers(2**32)), _phrase(rng, name, key))
            for k, name in enumerate(instruments)
        )
        sections.append(Section(key, players))
        ends = [(there, here) for here, there in ends]  # back again
    has_height = number % WITHOUT_HEIGHT_EVERY != WITHOUT_HEIGHT_EVERY // 2
    return Video(clip_name(number), stands, tuple(sections), rooms, has_height, peak_dbfs)


def _phrase(rng: np.random.Generator, instrument: str, key: Key) -> tuple[Note, ...]:
    return draw_phrase(rng, INSTRUMENTS[instrument], key)


def _draw_stand(rng: np.random.Generator, moves: bool) -> Stand:
    distance_m = round(float(rng.uniform(*DISTANCE_M)), 3)
    on_podium = not moves and rng.random() < PODIUM_SHARE
    return Stand(distance_m, round(float(rng.uniform(*PODIUM_M)), 3) if on_podium else 0.0)


def _draw_strips(rng: np.random.Generator, widths: list[float], walks: list[bool]) -> list[tuple[float, float]]:
    """Both ends of each player's walk round the ring, so that the strips they pass through never touch."""
    free = WIDTH - sum(widths) - GAP_PX * len(widths)
    travels = []
    for moves in walks:
        travels.append(float(rng.uniform(TRAVEL_PX[0], min(TRAVEL_PX[1], free / 2))) if moves else 0.0)
        free -= travels[-1]
    gaps = np.diff(np.sort(rng.uniform(0.0, free, len(widths))), prepend=0.0)
    turn = float(rng.uniform(0.0, WIDTH))
    ends: list[tuple[float, float]] = [(0.0, 0.0)] * len(widths)
    edge = 0.0
    for gap, k in zip(gaps, rng.permutation(len(widths)), strict=True):
        first = edge + float(gap) + GAP_PX / 2 + widths[k] / 2
        last = first + travels[k]
        edge = last + widths[k] / 2 + GAP_PX / 2
        turned = [round((first + turn) % WIDTH, 2)]
        turned.append(round(turned[0] + travels[k], 2))
        ends[k] = (turned[0], turned[1]) if rng.random() < 0.5 else (turned[1], turned[0])
    return ends


def _draw_hall(rng: np.random.Generator) -> tuple[Room, ...]:
    """Four walls in one style with furniture of their own."""
    first = draw_room(rng)
    others = (draw_room(rng) for _ in range(3))
    alike = {name: getattr(first, name) for name in ("wall", "wall_style", "floor", "floor_style", "rug")}
    return (first, *(replace(room, **alike) for room in others))
