"""Where an impulse response begins, and how to shift one by a fraction of a sample.

The onset is the lag at which a response best matches its own minimum-phase version (Nam, Abel and Smith, "A method for
estimating interaural time difference for binaural synthesis", AES 125, 2008): it follows the whole response, not one
sample of it, so it varies smoothly from one direction to the next, also in the shadow of the head.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Floats = NDArray[np.float64]

OVERSAMPLING = 8
MAGNITUDE_FLOOR = 1e-5  # -100 dB below the strongest bin: the logarithm of an empty bin is no measurement


def onset_samples(responses: Floats) -> Floats:
    """Onsets in samples, fractional, of responses ``(..., taps)``; 0 for a response that is silent."""
    taps = responses.shape[-1]
    flat = responses.reshape(-1, taps)
    onsets = np.concatenate([_onsets_of_rows(flat[start : start + 512]) for start in range(0, len(flat), 512)])
    return onsets.reshape(responses.shape[:-1])


def _onsets_of_rows(rows: Floats) -> Floats:
    """Onsets of ``(rows, taps)``; in blocks of rows, since the oversampled correlation is 32 times as long."""
    taps = rows.shape[-1]
    points = fft.next_fast_len(4 * taps, real=True)
    spectra = fft.rfft(rows, points)
    matched = spectra * np.conj(minimum_phase_spectra(np.abs(spectra), points))
    correlation = np.abs(fft.irfft(matched, points * OVERSAMPLING))[:, : taps * OVERSAMPLING]
    peaks = np.argmax(correlation, axis=1)
    onsets = (peaks + parabola_offsets(correlation, peaks)) / OVERSAMPLING
    return np.where(np.abs(rows).max(axis=1) > 0, onsets, 0.0)


def minimum_phase_spectra(magnitudes: Floats, points: int) -> NDArray[np.complex128]:
    """Minimum-phase spectra ``(..., bins)`` with the given magnitudes, by folding the real cepstrum."""
    floor = MAGNITUDE_FLOOR * magnitudes.max(axis=-1, keepdims=True)
    cepstra = fft.irfft(np.log(np.maximum(magnitudes, np.maximum(floor, np.finfo(float).tiny))), points)
    folding = np.zeros(points)
    folding[0] = 1.0
    folding[1 : (points + 1) // 2] = 2.0
    if points % 2 == 0:
        folding[points // 2] = 1.0
    spectra: NDArray[np.complex128] = np.exp(fft.rfft(cepstra * folding))
    return spectra


def parabola_offsets(rows: Floats, peaks: NDArray[np.intp]) -> Floats:
    """Offsets in samples, within ±0.5, of the vertices of the parabolas through each row's peak and its neighbours."""
    inner = np.clip(peaks, 1, rows.shape[1] - 2)
    index = np.arange(len(rows))
    before, at, after = rows[index, inner - 1], rows[index, inner], rows[index, inner + 1]
    curvature = before - 2.0 * at + after
    offset = np.where(curvature < 0, 0.5 * (before - after) / np.where(curvature < 0, curvature, 1.0), 0.0)
    return np.where(inner == peaks, np.clip(offset, -0.5, 0.5), 0.0)


def shifted(responses: Floats, shift_samples: Floats, taps: int | None = None) -> Floats:
    """Responses delayed by fractions of a sample, by a linear phase.

    Args:
        responses: ``(..., taps)``.
        shift_samples: broadcasts with ``responses`` without its last axis; positive delays. Whole numbers are exact.
        taps: length of the result; the input's if not given. What is shifted over either end is lost.
    """
    wanted = responses.shape[-1] if taps is None else taps
    longest = int(np.ceil(np.abs(shift_samples).max(initial=0.0)))
    points = fft.next_fast_len(max(wanted, responses.shape[-1]) + longest + 64, real=True)
    phase = -2j * np.pi * fft.rfftfreq(points) * np.asarray(shift_samples)[..., None]
    moved: Floats = fft.irfft(fft.rfft(responses, points) * np.exp(phase), points)[..., :wanted]
    return moved
