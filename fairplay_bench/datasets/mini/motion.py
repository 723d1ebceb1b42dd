"""How the players of mini move while they play: the pose of each picture from the notes sounding then."""

from bisect import bisect_right
from dataclasses import dataclass
from math import pi, sin

from fairplay_bench.datasets.mini.figures import FIGURES, POSES, REST, STEPS
from fairplay_bench.datasets.mini.instruments import INSTRUMENTS
from fairplay_bench.datasets.mini.scene import Player

STRIKE_S = 0.22  # how long a stick takes to come back up
PLUCK_S = 0.13
SWAY_S = 1.3
AFTER_S = 0.12  # a player keeps the last pose for so long after a note
STRIDE_PX = 5.0  # walked in each quarter of a double step


@dataclass(frozen=True, slots=True)
class Pose:
    """What one player looks like in one picture: place, pose of arms, step of legs, mouth, bob."""

    left: int
    arms: int
    step: int
    sounding: bool
    bob: int


def pose_at(player: Player, width: int, beat_s: float, time_s: float) -> Pose:
    """The pose of a player at a time.

    Args:
        player: who, with notes and path.
        width: of the figure in pixels.
        beat_s: length of a beat; players who carry their instrument bob to it.
        time_s: in the clip.

    Returns:
        The pose; ``left`` is the first column of the figure.
    """
    index = bisect_right(player.notes, time_s, key=lambda note: note.start_s) - 1
    x = player.x_at(time_s)
    step = int(abs(x - player.start_x) / STRIDE_PX) % STEPS
    arms, sounding = REST, False
    if index >= 0:
        note = player.notes[index]
        elapsed_s = time_s - note.start_s
        sounding = elapsed_s < note.duration_s + AFTER_S
        if sounding:
            swing = _swing(INSTRUMENTS[player.instrument].motion, index, elapsed_s, note.duration_s, time_s)
            arms = round((swing + 1) / 2 * (POSES - 1))
    bob = int(sounding and FIGURES[player.instrument].walks and (time_s / beat_s) % 1.0 < 0.5)
    return Pose(left_of(x, width), arms, step, sounding, bob)


def left_of(x: float, width: int) -> int:
    """The first column of a figure of even width whose middle is at ``x``.

    Halves are rounded to even, which is the same seen from either border of a picture of even width.
    """
    return round(x) - width // 2


def _swing(motion: str, index: int, elapsed_s: float, duration_s: float, time_s: float) -> float:
    """Where the arms are, -1 to 1; every other note starts on the other side."""
    side = 1.0 if index % 2 == 0 else -1.0
    if motion == "strike":
        return side * max(0.0, 1.0 - elapsed_s / STRIKE_S)
    if motion == "sway":
        return sin(2 * pi * time_s / SWAY_S)
    sweep_s = PLUCK_S if motion == "pluck" else max(duration_s, PLUCK_S)
    return side * (2.0 * min(1.0, elapsed_s / sweep_s) - 1.0)
