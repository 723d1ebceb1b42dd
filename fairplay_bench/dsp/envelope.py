"""The amplitude envelope: the magnitude of the analytic signal."""

import torch
from torch import Tensor


def envelope(signal: Tensor) -> Tensor:
    """Magnitude of the analytic signal, as ``abs(scipy.signal.hilbert(signal))``.

    Args:
        signal: ``(..., samples)``, real.

    Returns:
        ``(..., samples)``, real, not negative, same unit as the signal.
    """
    samples = signal.shape[-1]
    positive = torch.fft.rfft(signal)
    half = (samples + 1) // 2  # the zero and, of an even length, the Nyquist frequency stay single
    positive[..., 1:half] *= 2
    spectrum = torch.zeros(*signal.shape, dtype=positive.dtype, device=signal.device)
    spectrum[..., : positive.shape[-1]] = positive
    return torch.fft.ifft(spectrum).abs()
