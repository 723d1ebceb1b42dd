"""Rendering a sound at a direction, still or moving, with an HRIR set.

The output keeps the set's bulk delay (``HrirSet.bulk_delay_samples``; for ``spherical-head`` see
``hrtf.sphere.BULK_DELAY_S``): it is as long as the input and later than it by that much, and what the responses would
ring on after the last sample is cut.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft, signal

from hrtf.directions import Floats
from hrtf.errors import ShapeError
from hrtf.hrir_set import HrirSet

GRAINS_AT_ONCE = 64  # bounds the memory of a moving render, whatever the length


def render(
    sound: NDArray[np.floating], azimuth_deg: float, elevation_deg: float, hrirs: HrirSet, sample_rate: int
) -> Floats:
    """Place a mono sound at one direction.

    Args:
        sound: ``(samples,)``.
        azimuth_deg: counter-clockwise, left is +90.
        elevation_deg: -90 ... 90.
        hrirs: at the same rate; the responses are interpolated between the measured directions.
        sample_rate: of ``sound``, Hz.

    Returns:
        ``(2, samples)``, left first, late by the set's bulk delay.

    Raises:
        RateMismatchError: if the rates differ.
        DirectionError: if the direction is more than 10 degrees from every measured one.
        ShapeError: if ``sound`` is not one channel of finite samples.
    """
    hrirs.check_rate(sample_rate)
    sound = _mono(sound)
    ears = hrirs.impulse_responses(azimuth_deg, elevation_deg)[0]
    return np.asarray(signal.oaconvolve(sound[None], ears, axes=-1)[:, : len(sound)])


def render_moving(
    sound: NDArray[np.floating],
    azimuth_deg: ArrayLike,
    elevation_deg: ArrayLike,
    hrirs: HrirSet,
    sample_rate: int,
    hop_samples: int,
) -> Floats:
    """Place a mono sound at a direction that moves.

    Direction k holds exactly at sample ``k * hop_samples``; from there the sound fades linearly into direction k + 1.
    The two weights sum to 1, so a source that stands still sounds as :func:`render` makes it. Steps of more than some
    5 degrees a block are heard as a comb filter while they fade.

    Args:
        sound: ``(samples,)``.
        azimuth_deg: ``(blocks,)`` with ``blocks = ceil(samples / hop_samples)``, or one more, where the last fade
            ends; without it the last direction is held.
        elevation_deg: ``(blocks,)`` or one number.
        hrirs: at the same rate.
        sample_rate: of ``sound``, Hz.
        hop_samples: samples a block.

    Returns:
        ``(2, samples)``, left first, late by the set's bulk delay.

    Raises:
        RateMismatchError: if the rates differ.
        DirectionError: if a direction is more than 10 degrees from every measured one.
        ShapeError: if the number of directions does not fit the sound.
    """
    hrirs.check_rate(sample_rate)
    sound = _mono(sound)
    if hop_samples < 1:
        raise ShapeError(f"a hop of {hop_samples} samples: it must be at least 1")
    azimuth, elevation = np.broadcast_arrays(
        np.asarray(azimuth_deg, dtype=np.float64), np.asarray(elevation_deg, dtype=np.float64)
    )
    needed = -(-len(sound) // hop_samples)
    if azimuth.ndim != 1 or len(azimuth) not in (needed, needed + 1):
        raise ShapeError(
            f"{azimuth.shape} directions for {len(sound)} samples in hops of {hop_samples}: expected ({needed},)"
        )
    grains = _grains(sound, len(azimuth), hop_samples)
    out = np.zeros((2, (len(azimuth) + 1) * hop_samples + hrirs.total_taps))
    for start in range(0, len(azimuth), GRAINS_AT_ONCE):
        block = slice(start, start + GRAINS_AT_ONCE)
        filters = hrirs.impulse_responses(azimuth[block], elevation[block])
        points = fft.next_fast_len(grains.shape[1] + filters.shape[-1] - 1, real=True)
        spectra = fft.rfft(grains[block], points)[:, None] * fft.rfft(filters, points)
        for offset, grain in enumerate(fft.irfft(spectra, points)):
            first = (start + offset) * hop_samples
            length = min(points, out.shape[1] - first)
            out[:, first : first + length] += grain[:, :length]
    return out[:, hop_samples : hop_samples + len(sound)]


def _grains(sound: Floats, blocks: int, hop_samples: int) -> Floats:
    """The sound cut into ``(blocks, 2 * hop)`` overlapping triangles; grain k starts one hop before sample k * hop."""
    padded = np.zeros((blocks + 1) * hop_samples)
    padded[hop_samples : hop_samples + len(sound)] = sound[: blocks * hop_samples]
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop_samples)[::hop_samples]
    rise = np.arange(hop_samples) / hop_samples
    grains = windows * np.concatenate([rise, 1.0 - rise])
    if len(sound) > (blocks - 1) * hop_samples:
        grains[-1, hop_samples:] = windows[-1, hop_samples:]  # the last direction is held, not faded out
    return np.asarray(grains)


def _mono(sound: NDArray[np.floating]) -> Floats:
    """The sound as float64, refused unless it is one channel of finite samples."""
    array = np.asarray(sound, dtype=np.float64)
    if array.ndim != 1 or len(array) == 0:
        raise ShapeError(f"a sound to render must be (samples,), not {array.shape}: mix it to mono first")
    if not np.isfinite(array).all():
        raise ShapeError("the sound to render holds samples that are not finite")
    return array
