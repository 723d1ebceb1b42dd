"""Who hears what: trials, and lists of trials that are balanced over participants.

A list is what one participant hears. Over all lists every clip comes in every condition exactly once (a Latin
square), and a participant hears a clip once in each part: in the first part the conditions are the pairs of
methods on both sides, in the second the methods and the target.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import permutations
from typing import Any

from fairplay_bench.records import ClipId
from leaderboard.study.directions import DIRECTIONS, Direction


@dataclass(frozen=True, slots=True)
class PreferenceTrial:
    """Which of two sounds is more like the reference?

    Attributes:
        trial: its name.
        clip_id: the clip.
        a: the version played as A.
        b: the version played as B.
        kind: always the same.
    """

    trial: str
    clip_id: ClipId
    a: str
    b: str
    kind: str = "preference"


@dataclass(frozen=True, slots=True)
class DirectionTrial:
    """From where does the instrument sound?

    Attributes:
        trial: its name.
        clip_id: the clip.
        version: the version played.
        truth: from where it should sound.
        kind: always the same.
    """

    trial: str
    clip_id: ClipId
    version: str
    truth: Direction
    kind: str = "direction"


@dataclass(frozen=True, slots=True)
class Design:
    """All trials and the lists of them.

    Attributes:
        preference: trials of the first part.
        direction: trials of the second part.
        lists: names of trials, a list a participant, the order to be drawn.
    """

    preference: tuple[PreferenceTrial, ...]
    direction: tuple[DirectionTrial, ...]
    lists: tuple[tuple[str, ...], ...]

    def described(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)


def make_design(clips: Sequence[ClipId], truths: Mapping[ClipId, Direction], versions: Sequence[str]) -> Design:
    """Lay out trials and lists.

    Args:
        clips: clips of the first part; none leaves it out.
        truths: clips of the second part with their directions; none leaves it out.
        versions: the target first, then the methods.

    Returns:
        The design. There are as many lists as conditions, the least common multiple of both parts'.
    """
    sides = list(permutations(versions[1:], 2)) if clips else []
    preference = [
        PreferenceTrial(f"p{i * len(sides) + j}", clip_id, a, b)
        for i, clip_id in enumerate(clips)
        for j, (a, b) in enumerate(sides)
    ]
    heard = list(versions) if truths else []
    turns = _turns(truths)
    direction = [
        DirectionTrial(f"d{i * len(heard) + j}", clip_id, version, truth)
        for i, (clip_id, truth) in enumerate(truths.items())
        for j, version in enumerate(heard)
    ]
    lists = tuple(
        tuple(
            [f"p{i * len(sides) + (i + number) % len(sides)}" for i in range(len(clips))]
            + [f"d{i * len(heard) + (turn + number) % len(heard)}" for i, turn in enumerate(turns)]
        )
        for number in range(math.lcm(len(sides) or 1, len(heard) or 1))
    )
    return Design(tuple(preference), tuple(direction), lists)


def _turns(truths: Mapping[ClipId, Direction]) -> list[int]:
    """A turn for each clip, counted within its direction, so that no list ties a version to a direction."""
    seen = {direction: DIRECTIONS.index(direction) for direction in DIRECTIONS}
    turns = []
    for truth in truths.values():
        turns.append(seen[truth])
        seen[truth] += 1
    return turns


def balanced_directions(truths: Mapping[ClipId, Direction], clips: int) -> dict[ClipId, Direction]:
    """Choose clips so that left, centre and right come equally often, as far as there are enough.

    Args:
        truths: the candidates, in order of preference.
        clips: how many.

    Returns:
        The chosen ones.
    """
    waiting = {direction: [clip for clip, truth in truths.items() if truth == direction] for direction in DIRECTIONS}
    chosen: dict[ClipId, Direction] = {}
    while len(chosen) < clips and any(waiting.values()):
        for direction in DIRECTIONS:
            if waiting[direction] and len(chosen) < clips:
                chosen[waiting[direction].pop(0)] = direction
    return chosen
