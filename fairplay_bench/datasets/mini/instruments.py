"""The fourteen timbres of mini: what each plays, and the sound of one note.

A note is made of the pieces of ``synthesis``; the names are those of ``figures``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from fairplay_bench.datasets.mini.synthesis import (
    Floats,
    fade,
    fall,
    harmonics,
    noise,
    pitch,
    pluck,
    resonances,
    ring,
    samples,
    times,
)

NoteSound = Callable[[float, float, float, np.random.Generator], Floats]
"""Frequency in Hz, length in seconds as written, velocity 0 to 1, chance; gives ``(samples,)`` with its release."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """What an instrument plays.

    ``low`` and ``high`` are MIDI note numbers, ``beats`` the note lengths it chooses from, ``rest`` the chance of a
    rest, ``legato`` the part of its length that a note sounds, ``motion`` how its player moves.
    """

    low: int
    high: int
    beats: tuple[float, ...]
    rest: float
    legato: float
    motion: str
    sound: NoteSound


def guitar(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """A steel string over a wooden body."""
    length_s = duration_s + 0.35
    string = pluck(frequency_hz, length_s, decay_s=2.6, softness=0.92 - 0.25 * velocity, position=0.17, rng=rng)
    knock = ring(1.0, length_s, ((105.0, 0.25, 0.12), (215.0, 0.18, 0.1)))
    return (string * 0.5 + knock) * fade(length_s, 0.001, 0.15)


def harp(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """A gut string plucked near its middle: soft, long."""
    length_s = duration_s + 0.9
    string = pluck(frequency_hz, length_s, decay_s=3.4, softness=0.95 - 0.08 * velocity, position=0.44, rng=rng)
    return string * fade(length_s, 0.002, 0.5)


def bass(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """A thick string plucked by the finger, with the thump of a large body."""
    length_s = duration_s + 0.25
    string = pluck(frequency_hz, length_s, decay_s=2.0, softness=0.99 - 0.02 * velocity, position=0.2, rng=rng)
    thump = ring(1.0, length_s, ((62.0, 0.5, 0.15), (118.0, 0.4, 0.12)))
    finger = noise(length_s, 500.0, 1800.0, rng) * fall(length_s, 0.06) * 0.06
    return (string + thump + finger) * fade(length_s, 0.002, 0.12)


def trumpet(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """Brass: the louder, the brighter, so that each attack opens up."""
    length_s = duration_s + 0.06
    level = fade(length_s, 0.045, 0.08) * (0.75 + 0.25 * fall(length_s, 1.2)) * velocity
    n = np.arange(1, 19)
    strengths = resonances(frequency_hz, 18, ((1250.0, 700.0, 1.0), (2600.0, 900.0, 0.45)), 0.25, 0.25)
    phase = pitch(frequency_hz, length_s, vibrato_hz=rng.uniform(4.8, 5.6), depth=0.004, onset_s=0.5)
    return harmonics(phase, frequency_hz, strengths, level[None, :] ** (1.0 + 0.22 * (n[:, None] - 1)))


def violin(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """A bowed string: a saw through the resonances of the body, vibrato, a little rosin."""
    length_s = duration_s + 0.08
    peaks = ((285.0, 60.0, 0.9), (470.0, 80.0, 0.8), (1050.0, 250.0, 0.7), (2500.0, 800.0, 0.9))
    strengths = resonances(frequency_hz, 24, peaks, 0.9, 0.3)
    phase = pitch(frequency_hz, length_s, vibrato_hz=rng.uniform(5.5, 6.3), depth=0.007, onset_s=0.3)
    rosin = noise(length_s, 2000.0, 7000.0, rng) * 0.025
    return (harmonics(phase, frequency_hz, strengths) + rosin) * fade(length_s, 0.09, 0.11) * (0.5 + 0.5 * velocity)


def flute(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """Few harmonics and the breath around them."""
    length_s = duration_s + 0.05
    rate_hz = rng.uniform(4.6, 5.4)
    phase = pitch(frequency_hz, length_s, vibrato_hz=rate_hz, depth=0.004, onset_s=0.25)
    tone = harmonics(phase, frequency_hz, (1.0, 0.28 + 0.25 * velocity, 0.12, 0.04, 0.015))
    tremor = 1.0 + 0.13 * np.sin(2 * np.pi * rate_hz * times(length_s))
    chiff = noise(length_s, 1500.0, 6000.0, rng) * (0.035 + 0.16 * fall(length_s, 0.12))
    return (tone * tremor + chiff) * fade(length_s, 0.06, 0.08) * (0.5 + 0.5 * velocity)


def clarinet(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """A closed pipe: odd harmonics, weak even ones, hardly any vibrato."""
    length_s = duration_s + 0.05
    n = np.arange(1, 16)
    strengths = np.where(n % 2 == 1, 1.0, 0.06 + 0.004 * n) / n ** (1.35 - 0.5 * velocity)
    phase = pitch(frequency_hz, length_s, vibrato_hz=rng.uniform(3.5, 4.5), depth=0.001, onset_s=0.4)
    return harmonics(phase, frequency_hz, strengths) * fade(length_s, 0.035, 0.06) * (0.5 + 0.5 * velocity)


def accordion(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """Two reeds a few cents apart, and a third an octave below: a slow beat."""
    length_s = duration_s + 0.04
    n = np.arange(1, 21)
    reed = (1.0 + 0.5 * (n % 3 == 0)) / n**0.75
    detune = rng.uniform(0.0025, 0.004)
    total = np.zeros(samples(length_s))
    for ratio, strength in ((1.0 - detune, 1.0), (1.0 + detune, 1.0), (0.5, 0.5)):
        total += strength * harmonics(pitch(frequency_hz * ratio, length_s), frequency_hz * ratio, reed)
    swell = 0.85 + 0.15 * np.sin(np.pi * np.clip(times(length_s) / length_s, 0.0, 1.0))
    return total * swell * fade(length_s, 0.03, 0.05) * (0.4 + 0.6 * velocity)


def organ(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """Pipes at octaves and a twelfth, with the fifth above for a chord, steady in level."""
    length_s = duration_s + 0.1
    stops = (1.0, 0.7, 0.45, 0.5, 0.0, 0.3, 0.0, 0.25)
    chord = np.zeros(samples(length_s))
    for ratio, strength in ((1.0, 1.0), (1.5, 0.6), (2.0, 0.4)):
        tuned = ratio * frequency_hz * (1.0 + rng.uniform(-0.0008, 0.0008))
        chord += strength * harmonics(pitch(tuned, length_s), tuned, stops)
    wind = noise(length_s, 800.0, 4000.0, rng) * 0.012
    return (chord + wind) * fade(length_s, 0.025, 0.12) * (0.8 + 0.2 * velocity)


def voice(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """A sung vowel: the pulses of the larynx through formants."""
    vowels = (
        ((650.0, 90.0, 1.0), (1080.0, 110.0, 0.7), (2650.0, 180.0, 0.35)),
        ((400.0, 70.0, 1.0), (1700.0, 120.0, 0.5), (2600.0, 180.0, 0.4)),
        ((430.0, 80.0, 1.0), (820.0, 100.0, 0.7), (2500.0, 180.0, 0.25)),
    )
    length_s = duration_s + 0.06
    strengths = resonances(frequency_hz, 32, vowels[rng.integers(len(vowels))], 0.35, 0.02)
    phase = pitch(frequency_hz, length_s, vibrato_hz=rng.uniform(5.0, 6.0), depth=0.01, onset_s=0.35)
    breath = noise(length_s, 1500.0, 6000.0, rng) * 0.012
    return (harmonics(phase, frequency_hz, strengths) + breath) * fade(length_s, 0.07, 0.1) * (0.5 + 0.5 * velocity)


def marimba(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """A tuned wooden bar (modes 1 : 4 : 9.9) under a felt mallet."""
    length_s = min(duration_s + 0.5, 1.4)
    bar = ring(frequency_hz, length_s, ((1.0, 1.0, 1.1), (4.0, 0.35 * velocity, 0.35), (9.9, 0.16 * velocity, 0.12)))
    click = noise(0.02, 900.0, 5000.0, rng) * fall(0.02, 0.015) * 0.15 * velocity
    bar[: len(click)] += click
    return bar * fade(length_s, 0.001, 0.1) * velocity


def bells(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """A cast bell: hum, prime, minor third, fifth, nominal and above, slowly dying."""
    del rng  # metal rings the same each time
    length_s = duration_s + 1.6
    modes = (
        (0.5, 0.35, 4.5),
        (1.0, 0.6, 3.4),
        (1.19, 0.45, 2.8),
        (1.56, 0.25, 2.2),
        (2.0, 0.8, 2.6),
        (2.66, 0.35 * velocity, 1.6),
        (3.01, 0.3 * velocity, 1.3),
        (4.1, 0.28 * velocity, 0.9),
        (5.4, 0.2 * velocity, 0.6),
    )
    return ring(frequency_hz, length_s, modes) * fade(length_s, 0.001, 0.6) * velocity


def drum(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """A skin (Bessel modes) with the rattle of snares."""
    del duration_s
    length_s = 0.42
    skin = ring(frequency_hz, length_s, ((1.0, 1.0, 0.34), (1.59, 0.6, 0.25), (2.14, 0.4, 0.2), (2.65, 0.3, 0.16)))
    snares = noise(length_s, 1400.0, 7500.0, rng) * fall(length_s, 0.16 + 0.1 * velocity)
    return (skin + 0.55 * velocity * snares) * fade(length_s, 0.0008, 0.05) * velocity


def maracas(frequency_hz: float, duration_s: float, velocity: float, rng: np.random.Generator) -> Floats:
    """Seeds against a gourd: one or two grains of high noise."""
    del duration_s
    length_s = 0.16
    centre_hz = 2500.0 + 3.0 * frequency_hz
    grain = noise(length_s, centre_hz * 0.75, centre_hz * 1.5, rng)
    swish = np.sin(np.pi * np.clip(times(length_s) / 0.05, 0.0, 1.0)) ** 2
    return (
        grain
        * (0.35 * swish + fall(length_s, 0.11) * (times(length_s) > 0.03))
        * fade(length_s, 0.003, 0.03)
        * velocity
    )


INSTRUMENTS: MappingProxyType[str, Instrument] = MappingProxyType(
    {
        "accordion": Instrument(55, 79, (0.5, 1.0, 1.0, 2.0), 0.08, 0.92, "sway", accordion),
        "bass": Instrument(31, 50, (0.5, 1.0, 1.0, 2.0), 0.1, 0.9, "pluck", bass),
        "bells": Instrument(67, 86, (1.0, 1.0, 2.0, 2.0), 0.1, 1.0, "strike", bells),
        "clarinet": Instrument(52, 76, (0.5, 0.5, 1.0, 2.0), 0.1, 0.94, "sway", clarinet),
        "drum": Instrument(43, 50, (0.25, 0.5, 0.5, 1.0), 0.12, 1.0, "strike", drum),
        "flute": Instrument(72, 93, (0.5, 0.5, 1.0, 2.0), 0.12, 0.93, "sway", flute),
        "guitar": Instrument(45, 69, (0.5, 0.5, 0.5, 1.0), 0.08, 1.0, "pluck", guitar),
        "harp": Instrument(57, 88, (0.25, 0.5, 0.5, 1.0), 0.08, 1.0, "pluck", harp),
        "maracas": Instrument(60, 76, (0.25, 0.25, 0.5, 0.5), 0.08, 1.0, "strike", maracas),
        "marimba": Instrument(57, 84, (0.25, 0.5, 0.5, 1.0), 0.1, 1.0, "strike", marimba),
        "organ": Instrument(48, 69, (1.0, 1.0, 2.0, 2.0), 0.06, 0.96, "sway", organ),
        "trumpet": Instrument(58, 79, (0.5, 0.5, 1.0, 2.0), 0.14, 0.9, "sway", trumpet),
        "violin": Instrument(57, 86, (0.5, 1.0, 1.0, 2.0), 0.08, 0.98, "bow", violin),
        "voice": Instrument(50, 69, (0.5, 1.0, 1.0, 2.0), 0.12, 0.95, "sway", voice),
    }
)


def frequency_of(midi: int) -> float:
    """The frequency of a MIDI note number in Hz, equal temperament on A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((midi - 69) / 12.0))
