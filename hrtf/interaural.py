"""What two ears differ in: level and time of arrival, measured on impulse responses or on any pair of signals.

Level: ratio of the energies from 200 Hz to 8 kHz. Time: the lag of the highest cross-correlation from 100 to 1500 Hz,
where the ear itself follows the phase.
"""

import numpy as np
from scipy import fft, signal

from hrtf.directions import Floats
from hrtf.errors import ShapeError
from hrtf.onsets import parabola_offsets

ILD_BAND_HZ = (200.0, 8000.0)
ITD_BAND_HZ = (100.0, 1500.0)
MAX_ITD_S = 0.0012  # a head of 12 cm radius; anything later is a reflection
OVERSAMPLING = 8


def ild_db(ears: Floats, sample_rate: int, band_hz: tuple[float, float] = ILD_BAND_HZ) -> Floats:
    """Level of the left ear above the right one in dB.

    Args:
        ears: ``(..., 2, samples)``, left first.
        sample_rate: Hz.
        band_hz: energies are summed over the frequencies in this band.

    Returns:
        ``(...)``; infinite with an ear that is silent, NaN with two.

    Raises:
        ShapeError: if the second last axis is not two ears.
    """
    _check_ears(ears)
    points = fft.next_fast_len(max(4 * ears.shape[-1], 1024), real=True)
    frequency_hz = fft.rfftfreq(points, 1 / sample_rate)
    inside = (frequency_hz >= band_hz[0]) & (frequency_hz <= band_hz[1])
    energies = np.square(np.abs(fft.rfft(ears, points)[..., inside])).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(10.0 * np.log10(energies[..., 0] / energies[..., 1]))


def itd_s(ears: Floats, sample_rate: int, band_hz: tuple[float, float] = ITD_BAND_HZ) -> Floats:
    """How much earlier the left ear is than the right one, in seconds; within 1.2 ms.

    Args:
        ears: ``(..., 2, samples)``, left first.
        sample_rate: Hz.
        band_hz: the pass band of the fourth-order Butterworth filter, run forwards and backwards, before correlating.

    Returns:
        ``(...)``; 0 where an ear is silent.

    Raises:
        ShapeError: if the second last axis is not two ears.
    """
    _check_ears(ears)
    flat = ears.reshape(-1, 2, ears.shape[-1])
    points = fft.next_fast_len(2 * ears.shape[-1] + 2048, real=True)  # the zero-phase filter rings on both sides
    top_hz = min(band_hz[1], 0.45 * sample_rate)
    sections = signal.butter(4, (band_hz[0], top_hz), "bandpass", fs=sample_rate, output="sos")
    _, gain = signal.freqz_sos(sections, worN=fft.rfftfreq(points) * 2 * np.pi)
    spectra = fft.rfft(flat, points) * np.abs(gain) ** 2
    correlation = fft.irfft(spectra[:, 1] * np.conj(spectra[:, 0]), points * OVERSAMPLING)
    reach = int(MAX_ITD_S * sample_rate * OVERSAMPLING) + 1
    lags = np.concatenate([correlation[:, -reach:], correlation[:, : reach + 1]], axis=1)
    peaks = np.argmax(lags, axis=1)
    found = (peaks + parabola_offsets(lags, peaks) - reach) / OVERSAMPLING / sample_rate
    heard = np.abs(flat).max(axis=-1).min(axis=-1) > 0
    return np.asarray(np.where(heard, found, 0.0).reshape(ears.shape[:-2]))


def _check_ears(ears: Floats) -> None:
    """Refuse what has not two ears on its second last axis."""
    if ears.ndim < 2 or ears.shape[-2] != 2:
        raise ShapeError(f"expected two ears, (..., 2, samples), not {ears.shape}")
