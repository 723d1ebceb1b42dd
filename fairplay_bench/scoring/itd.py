"""``itd``: does sound reach the ears in the order it should?

Interaural time differences from the cross-correlation of the ears between 100 and 1500 Hz, where the ear still
follows the waveform, in windows of 50 ms every 25 ms, where the target's is unambiguous.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.records import SAMPLE_RATE
from fairplay_bench.scoring.ears import check_two_ears
from fairplay_bench.scoring.ild import SILENT_RMS

Array = NDArray[np.float64]

BAND_HZ = (100, 1500)
WINDOW, HOP = 800, 400  # 50 ms, 25 ms
MAX_LAG = 16  # 1 ms: beyond any head
COUNTED_DB = 40.0
MIN_PEAK = 0.6  # of the normalised correlation
MAX_SECOND_PEAK = 0.8  # of the first, more than NEAR lags away
NEAR = 2
WRONG_US = 1000.0  # error of a prediction that is silent or has one ear only
_SILENT = 1e-12  # energy of an ear, relative to the loudest window


@dataclass(frozen=True, slots=True)
class _Windows:
    """Windows of one sound.

    Attributes:
        energy: ``(windows, 2)``, of each ear.
        correlation: ``(windows, 2 · 17 + 1)``, lags -17 … 17; positive lags: left earlier.
    """

    energy: Array
    correlation: Array


def itd_error(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error of the interaural time difference.

    Whole windows of 800 samples every 400; cross-correlation within the window, lags of -16 … 16 samples, the peak
    refined by a parabola (offset at most half a sample), ties to the smallest lag. Counted are windows within 40 dB of
    the target's loudest, whose target peak is at least 0.6 (normalised) and whose second peak (a local maximum more
    than 2 lags away) is at most 0.8 of it. A prediction that is silent or one-sided errs by 1000 µs there. Does not
    depend on the level of either signal.

    Args:
        predicted: ``(2, samples)``, left ear first, 16 kHz.
        target: same shape as ``predicted``.

    Returns:
        ``()``, µs; NaN where it is undefined: no window counts, or the target's RMS is below 1e-4.

    Raises:
        ShapeError: if the shapes differ or are not ``(2, samples)``.
    """
    check_two_ears(predicted, target)
    undefined = target.new_tensor(float("nan"))
    if target.square().mean().sqrt() < SILENT_RMS or target.shape[-1] < WINDOW:
        return undefined
    p, q = (_windows(ears.detach().cpu().double().numpy()) for ears in (predicted, target))
    counted = _unambiguous(q)
    if not counted.any():
        return undefined
    error = np.abs(_delay_us(p) - _delay_us(q))
    error[p.energy.min(axis=1) <= _SILENT * p.energy.sum(axis=1).max()] = WRONG_US
    return target.new_tensor(float(error[counted].mean()))


@cache
def _band() -> Array:
    from scipy.signal import butter

    sections: Array = butter(4, BAND_HZ, "bandpass", fs=SAMPLE_RATE, output="sos")
    return sections


def _windows(ears: Array) -> _Windows:
    from scipy.signal import sosfiltfilt

    filtered = sosfiltfilt(_band(), ears, axis=-1)
    left, right = sliding_window_view(filtered, WINDOW, axis=-1)[:, ::HOP]
    lags = MAX_LAG + 1  # one more on each side for the parabola
    correlation = np.empty((len(left), 2 * lags + 1))
    for lag in range(lags + 1):
        correlation[:, lags + lag] = np.einsum("ws,ws->w", left[:, : WINDOW - lag], right[:, lag:])
        correlation[:, lags - lag] = np.einsum("ws,ws->w", left[:, lag:], right[:, : WINDOW - lag])
    energy = np.stack([np.einsum("ws,ws->w", ear, ear) for ear in (left, right)], axis=1)
    return _Windows(energy, correlation)


def _peak(correlation: Array) -> NDArray[np.intp]:
    """Column of the highest value within ±16 lags; of equal ones that of the smallest lag."""
    near_first = np.argsort(np.abs(np.arange(-MAX_LAG, MAX_LAG + 1)), kind="stable") + 1
    best: NDArray[np.intp] = near_first[np.argmax(correlation[:, near_first], axis=1)]
    return best


def _delay_us(windows: _Windows) -> Array:
    """Time by which the left ear is earlier, ``(windows,)``, µs."""
    rows, best = np.arange(len(windows.correlation)), _peak(windows.correlation)
    before, at, after = (windows.correlation[rows, best + step] for step in (-1, 0, 1))
    curvature = before - 2 * at + after
    offset = np.divide(0.5 * (before - after), curvature, out=np.zeros_like(at), where=curvature < 0)
    return (best - (MAX_LAG + 1) + np.clip(offset, -0.5, 0.5)) / SAMPLE_RATE * 1e6


def _unambiguous(windows: _Windows) -> NDArray[np.bool_]:
    energy, correlation = windows.energy, windows.correlation
    loud = energy.sum(axis=1) >= energy.sum(axis=1).max() * 10 ** (-COUNTED_DB / 10)
    best = _peak(correlation)
    highest = correlation[np.arange(len(best)), best]
    clear = highest >= MIN_PEAK * np.sqrt(energy.prod(axis=1))
    inner = correlation[:, 1:-1]
    is_peak = (inner >= correlation[:, :-2]) & (inner >= correlation[:, 2:])
    far = np.abs(np.arange(1, correlation.shape[1] - 1) - best[:, None]) > NEAR
    second = np.where(is_peak & far, inner, -np.inf).max(axis=1)
    return loud & clear & (highest > 0) & (second <= MAX_SECOND_PEAK * highest)
