"""What the players of mini play: a seeded phrase of notes and rests over the whole clip."""

from dataclasses import dataclass

import numpy as np

from fairplay_bench.datasets.mini.instruments import Instrument

DURATION_S = 10.0  # of a clip
LAST_START_S = 9.6
SCALES = ((0, 2, 4, 7, 9), (0, 3, 5, 7, 10), (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 9, 10))


@dataclass(frozen=True, slots=True)
class Key:
    """What the players of one scene share: the beat, the tonic (semitones above C) and the scale."""

    beat_s: float
    tonic: int
    scale: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One note: when it starts, how long it is held, its MIDI number, its velocity from 0 to 1."""

    start_s: float
    duration_s: float
    midi: int
    velocity: float


def draw_key(rng: np.random.Generator) -> Key:
    """A random tempo between 76 and 132 beats a minute, tonic and scale."""
    return Key(
        beat_s=round(60.0 / float(rng.uniform(76.0, 132.0)), 4),
        tonic=int(rng.integers(12)),
        scale=SCALES[rng.integers(len(SCALES))],
    )


def draw_phrase(rng: np.random.Generator, instrument: Instrument, key: Key) -> tuple[Note, ...]:
    """A random walk over the notes of the scale that the instrument can play.

    Never two rests in a row, and no rest at the start, so that every player is heard.

    Args:
        rng: where the chances come from.
        instrument: range, note lengths and rests.
        key: beat and scale.

    Returns:
        Notes in the order of their starts, the first within one beat of the start of the clip.
    """
    ladder = [midi for midi in range(instrument.low, instrument.high + 1) if (midi - key.tonic) % 12 in key.scale]
    place = int(rng.integers(len(ladder) // 4, max(len(ladder) // 4 + 1, 3 * len(ladder) // 4)))
    start_s = float(rng.choice((0.0, 0.0, 0.5, 1.0))) * key.beat_s + 0.05
    notes: list[Note] = []
    rested = True
    while start_s < LAST_START_S:
        length_s = key.beat_s * float(rng.choice(instrument.beats))
        rest = rng.random() < instrument.rest and not rested
        if not rest:
            step = int(rng.choice((-3, -2, -1, -1, 0, 1, 1, 2, 3)))
            if not 0 <= place + step < len(ladder):
                step = -step
            place = min(max(place + step, 0), len(ladder) - 1)
            held_s = min(length_s * instrument.legato, DURATION_S - 0.05 - start_s)
            velocity = float(rng.uniform(0.6, 1.0))
            notes.append(Note(round(start_s, 4), round(held_s, 4), ladder[place], round(velocity, 3)))
        rested = rest
        start_s += length_s
    return tuple(notes)
