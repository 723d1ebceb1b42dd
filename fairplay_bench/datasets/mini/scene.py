"""A clip of mini as a frozen record, drawn from the seed and the number of the clip alone.

Nothing in a record is tied to a side: the last thing drawn is whether the finished scene is mirrored, and mirroring
swaps the ears and leaves the mono sum as it is. Solos come in a fixed pattern (one clip of every two, each
instrument once in every round of solos), so that any run of clips has about half solos and as many different
instruments in them as can be.
"""

from dataclasses import dataclass, replace

import numpy as np

from fairplay_bench.datasets.mini.figures import FIGURES, figure_size
from fairplay_bench.datasets.mini.instruments import INSTRUMENTS
from fairplay_bench.datasets.mini.looks import LOOKS
from fairplay_bench.datasets.mini.phrases import DURATION_S, Key, Note, draw_key, draw_phrase
from fairplay_bench.datasets.mini.room import WIDTH, Room, draw_room

VIEW_DEG = 120.0  # the angle that the width of the picture stands for
NAMES = tuple(sorted(INSTRUMENTS))
MOST_CLIPS = 999_999  # the names have six digits
THREE_SHARE = 0.4  # of the clips with several players
MOVING_SHARE = 0.5  # of the players who can walk
TRAVEL_PX = (24.0, 90.0)
GAP_PX = 4.0  # least distance between players, and to the border
CAST, SCENE = 1, 2  # kinds of random streams


@dataclass(frozen=True, slots=True)
class Player:
    """One player: timbre, look, path and phrase.

    ``facing`` is 1 or -1 (mirrored figure); ``start_x`` and ``end_x`` are the middle of the figure in pixels at the
    start and end of the clip; ``level_db`` is its level against the other players, the same at every place.
    """

    instrument: str
    look: int
    facing: int
    start_x: float
    end_x: float
    level_db: float
    sound_seed: int
    notes: tuple[Note, ...]

    def x_at(self, time_s: float) -> float:
        """The middle of the figure in pixels at a time in the clip; the walk starts and ends gently."""
        part = min(1.0, max(0.0, time_s / DURATION_S))
        return self.start_x + (self.end_x - self.start_x) * (3 - 2 * part) * part**2

    @property
    def moves(self) -> bool:
        """Whether the player walks."""
        return self.start_x != self.end_x


@dataclass(frozen=True, slots=True)
class Scene:
    """One clip: who plays where, in which room; ``peak_dbfs`` is the peak of the written sound."""

    clip_id: str
    key: Key
    players: tuple[Player, ...]
    room: Room
    peak_dbfs: float


def azimuth_deg(x: float) -> float:
    """The direction of a place in the picture: counter-clockwise, left is positive, 60 at the left border."""
    return (WIDTH / 2 - x) / WIDTH * VIEW_DEG


def clip_name(number: int) -> str:
    """The id of a clip, as FAIR-Play writes it: six digits from 000001."""
    return f"{number:06d}"


def solo_instrument(seed: int, number: int) -> str | None:
    """Which instrument plays alone in a clip, or None if several play.

    One clip of each pair (1, 2), (3, 4), ... is a solo; every ``len(NAMES)`` solos have each instrument once.

    Args:
        seed: of the data set.
        number: of the clip, from 1.

    Returns:
        A name of ``INSTRUMENTS``, or None.
    """
    pair, place = divmod(number - 1, 2)
    lap, turn = divmod(pair, len(NAMES))
    rng = np.random.default_rng((CAST, seed, lap))
    order = rng.permutation(len(NAMES))
    seconds = rng.integers(2, size=len(NAMES))
    return NAMES[order[turn]] if seconds[turn] == place else None


def draw_scene(seed: int, number: int) -> Scene:
    """The scene of one clip.

    Args:
        seed: of the data set, not negative.
        number: of the clip, from 1.

    Returns:
        Its record, the same whatever else is drawn.
    """
    rng = np.random.default_rng((SCENE, seed, number))
    alone = solo_instrument(seed, number)
    if alone is not None:
        instruments = [alone]
    else:
        count = 3 if rng.random() < THREE_SHARE else 2
        instruments = [NAMES[k] for k in rng.permutation(len(NAMES))[:count]]
    key = draw_key(rng)
    looks = [int(look) for look in rng.permutation(len(LOOKS))[: len(instruments)]]
    paths = _draw_paths(
        rng,
        [figure_size(name, look)[0] for name, look in zip(instruments, looks, strict=True)],
        [FIGURES[name].walks for name in instruments],
    )
    players = tuple(
        Player(
            instrument=name,
            look=look,
            facing=1 if rng.random() < 0.5 else -1,
            start_x=path[0],
            end_x=path[1],
            level_db=round(float(rng.uniform(-4.0, 2.0)), 2),
            sound_seed=int(rng.integers(2**32)),
            notes=draw_phrase(rng, INSTRUMENTS[name], key),
        )
        for name, look, path in zip(instruments, looks, paths, strict=True)
    )
    scene = Scene(clip_name(number), key, players, draw_room(rng), round(float(rng.uniform(-10.0, -4.0)), 2))
    return mirror(scene) if rng.random() < 0.5 else scene


def mirror(scene: Scene) -> Scene:
    """The scene seen and heard in a mirror: the picture reversed, the ears swapped, the mono sum the same."""
    players = tuple(
        replace(
            player,
            facing=-player.facing,
            start_x=round(WIDTH - player.start_x, 2),
            end_x=round(WIDTH - player.end_x, 2),
        )
        for player in scene.players
    )
    return replace(scene, players=players, room=replace(scene.room, mirrored=not scene.room.mirrored))


def _draw_paths(rng: np.random.Generator, widths: list[int], walks: list[bool]) -> list[tuple[float, float]]:
    """Start and end of each player, so that the strips of picture they pass through never touch.

    The strips stand in random order; what is left of the picture is shared out at random between and around them.
    """
    free = WIDTH - sum(widths) - GAP_PX * (len(widths) + 1)
    travels = []
    for can_walk in walks:
        travel = 0.0
        if can_walk and rng.random() < MOVING_SHARE:
            most = min(TRAVEL_PX[1], 0.8 * free)
            travel = float(rng.uniform(min(TRAVEL_PX[0], most), most))
        travels.append(travel)
        free -= travel
    cuts = np.sort(rng.uniform(0.0, free, len(widths)))
    gaps = np.diff(cuts, prepend=0.0)
    paths: list[tuple[float, float]] = [(0.0, 0.0)] * len(widths)
    edge = GAP_PX
    for gap, k in zip(gaps, rng.permutation(len(widths)), strict=True):
        first = round(edge + float(gap) + widths[k] / 2, 2)
        last = round(first + travels[k], 2)
        paths[k] = (first, last) if rng.random() < 0.5 else (last, first)
        edge = last + widths[k] / 2 + GAP_PX
    return paths
