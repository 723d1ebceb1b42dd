"""Building blocks of the timbres of mini: strings, harmonic tones, ringing modes, shaped noise.

All sounds are at ``SAMPLE_RATE`` and about 1 in amplitude; every function is a pure function of its arguments.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Floats = NDArray[np.float64]

SAMPLE_RATE = 48000  # Hz, as FAIR-Play was recorded
TOP_HZ = 11000.0  # no partial above it: far from the Nyquist frequency even with vibrato


def samples(duration_s: float) -> int:
    """A time in whole samples, at least one."""
    return max(1, round(duration_s * SAMPLE_RATE))


def times(duration_s: float) -> Floats:
    """The time of each sample in seconds: ``(samples,)``."""
    return np.arange(samples(duration_s)) / SAMPLE_RATE


def fade(duration_s: float, attack_s: float, release_s: float) -> Floats:
    """An envelope that rises in ``attack_s`` and falls to zero over the last ``release_s``, both rounded off."""
    count = samples(duration_s)
    rise = np.clip(np.arange(count) / max(1, samples(attack_s)), 0.0, 1.0)
    fall = np.clip((count - np.arange(count)) / max(1, samples(release_s)), 0.0, 1.0)
    return np.asarray((3 - 2 * rise) * rise**2 * (3 - 2 * fall) * fall**2)


def pitch(
    frequency_hz: float, duration_s: float, *, vibrato_hz: float = 0.0, depth: float = 0.0, onset_s: float = 0.0
) -> Floats:
    """The phase of a tone, in radians at each sample.

    Args:
        frequency_hz: of the tone.
        duration_s: its length.
        vibrato_hz: how often it wavers in a second.
        depth: how far, as a part of the frequency (0.01 is 17 cents).
        onset_s: how long the vibrato takes to come in.

    Returns:
        ``(samples,)``, increasing.
    """
    t = times(duration_s)
    swell = np.clip(t / onset_s, 0.0, 1.0) if onset_s > 0 else 1.0
    wave = 1.0 + depth * swell * np.sin(2 * np.pi * vibrato_hz * t)
    return np.asarray(2 * np.pi * frequency_hz * np.cumsum(wave) / SAMPLE_RATE)


def harmonics(
    phase: Floats, frequency_hz: float, strengths: Sequence[float] | Floats, envelopes: Floats | None = None
) -> Floats:
    """A sum of harmonics by the recurrence ``sin(n p) = 2 cos(p) sin((n-1) p) - sin((n-2) p)``.

    Args:
        phase: ``(samples,)`` of the fundamental, radians.
        frequency_hz: of the fundamental; harmonics above ``TOP_HZ`` are left out.
        strengths: amplitude of each harmonic, the fundamental first.
        envelopes: ``(harmonics, samples)`` to multiply each with, if given.

    Returns:
        ``(samples,)``.
    """
    before, current, twice = np.zeros_like(phase), np.sin(phase), 2 * np.cos(phase)
    total = np.zeros_like(phase)
    for n, strength in enumerate(strengths, start=1):
        if n * frequency_hz > TOP_HZ:
            break
        if strength:
            total += strength * current if envelopes is None else strength * current * envelopes[n - 1]
        before, current = current, twice * current - before
    return total


def resonances(
    frequency_hz: float, count: int, peaks: Sequence[tuple[float, float, float]], tilt: float, floor: float = 0.15
) -> Floats:
    """Strengths of harmonics under a spectral envelope of peaks.

    Args:
        frequency_hz: of the fundamental.
        count: number of harmonics.
        peaks: centre in Hz, width in Hz, strength of each resonance.
        tilt: exponent of the fall with the harmonic's number.
        floor: strength between the peaks.

    Returns:
        ``(count,)``.
    """
    n = np.arange(1, count + 1)
    envelope = np.full(count, floor)
    for centre_hz, width_hz, strength in peaks:
        envelope += strength / (1.0 + ((n * frequency_hz - centre_hz) / width_hz) ** 2)
    return np.asarray(envelope / n**tilt)


def ring(frequency_hz: float, duration_s: float, modes: Sequence[tuple[float, float, float]]) -> Floats:
    """Decaying modes, as a struck bar, bell or skin has them.

    Args:
        frequency_hz: what the ratios refer to.
        duration_s: length of the sound.
        modes: frequency ratio, amplitude, and time in seconds to fall by 60 dB, of each mode.

    Returns:
        ``(samples,)``.
    """
    total = np.zeros(samples(duration_s))
    for ratio, amplitude, decay_s in modes:
        if ratio * frequency_hz > TOP_HZ:
            continue
        count = min(len(total), samples(decay_s))
        angle = 2 * np.pi * ratio * frequency_hz / SAMPLE_RATE
        radius = 10 ** (-3.0 / (decay_s * SAMPLE_RATE))
        impulse = np.zeros(count)
        impulse[0] = amplitude
        total[:count] += signal.lfilter(
            [0.0, radius * np.sin(angle)], [1.0, -2 * radius * np.cos(angle), radius**2], impulse
        )
    return total


def pluck(
    frequency_hz: float,
    duration_s: float,
    *,
    decay_s: float,
    softness: float,
    position: float,
    rng: np.random.Generator,
) -> Floats:
    """A plucked string after Karplus and Strong (1983), tuned by a fractional delay.

    Each period is the one before through a three-tap filter: damping of high partials, the fraction of a sample, loss.

    Args:
        frequency_hz: of the string.
        duration_s: length of the sound.
        decay_s: time to fall by 60 dB at the fundamental.
        softness: 0 (hard pick) to below 1 (finger): the pole of the low-pass that smooths the excitation.
        position: where it is plucked, as a part of the string; partials with a node there are missing.
        rng: draws the excitation.

    Returns:
        ``(samples,)``.
    """
    period = SAMPLE_RATE / frequency_hz
    damping = 0.5
    whole = int(period - damping)
    fraction = period - damping - whole
    taps = np.convolve([1 - damping, damping], [1 - fraction, fraction]) * 10 ** (-3.0 / (decay_s * frequency_hz))
    count = samples(duration_s)
    burst = rng.uniform(-1.0, 1.0, whole)
    burst = signal.lfilter([1 - softness], [1, -softness], burst)
    burst -= np.roll(burst, max(1, round(position * whole)))
    burst /= np.sqrt(np.mean(burst**2)) + 1e-12
    out = np.zeros(count + whole + 2)
    out[2 : 2 + whole] = burst
    for start in range(2 + whole, len(out), whole - 2):
        stop = min(start + whole - 2, len(out))
        past = slice(start - whole, stop - whole)
        out[start:stop] = taps[0] * out[past]
        out[start:stop] += taps[1] * out[start - whole - 1 : stop - whole - 1]
        out[start:stop] += taps[2] * out[start - whole - 2 : stop - whole - 2]
    return out[2 : 2 + count]


def noise(duration_s: float, low_hz: float, high_hz: float, rng: np.random.Generator) -> Floats:
    """White noise between two frequencies: ``(samples,)``, RMS 1."""
    sections = signal.butter(2, [low_hz, high_hz], "bandpass", fs=SAMPLE_RATE, output="sos")
    band = signal.sosfilt(sections, rng.standard_normal(samples(duration_s)))
    return np.asarray(band / (np.sqrt(np.mean(band**2)) + 1e-12))


def fall(duration_s: float, decay_s: float) -> Floats:
    """An exponential that falls by 60 dB in ``decay_s``: ``(samples,)``, 1 at the start."""
    return np.asarray(np.exp(-6.908 * times(duration_s) / decay_s))
