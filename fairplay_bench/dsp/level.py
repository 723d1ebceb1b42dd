"""Levels: RMS, the gain of a window before a network, the joint peak."""

import torch
from torch import Tensor

RMS_FLOOR = 1e-4  # a window more silent than this is not raised further
PEAK_FLOOR = 1e-20


def rms(signal: Tensor) -> float:
    """Root mean square over all samples (and channels) of a signal, in its own unit."""
    return float(signal.double().square().mean().sqrt())


def window_gain(level: float, wanted: float) -> float:
    """Factor that brings a window of RMS ``level`` to ``wanted``; a prediction is divided by it again."""
    return wanted / max(RMS_FLOOR, level)


def peak_normalized(ears: Tensor) -> Tensor:
    """Divide a sound by its own joint peak over both ears.

    Args:
        ears: ``(..., 2, samples)``.

    Returns:
        Same shape, within [-1, 1]; silence stays silence.
    """
    peak = ears.abs().amax(dim=(-2, -1), keepdim=True)
    return ears / torch.clamp(peak, min=PEAK_FLOOR)
