"""The distance that the network is trained by."""

import torch
from torch import Tensor

WINDOW = 2048  # 43 ms at 48 kHz
HOP = 1024
FACTOR = 100.0


def ambisonic_loss(predicted: Tensor, target: Tensor, present: Tensor) -> Tensor:
    """Mean squared distance of the complex spectra, times 100.

    Frames of 2,048 samples, periodic Hann, at 0, 1,024 and 2,048 of 4,800 samples, all 2,048 bins.

    Args:
        predicted: ``(n, 3, 4800)``: Y, Z, X.
        target: same shape.
        present: ``(n, 3)``, whether the video has the channel; others are left out of the mean.

    Returns:
        A scalar; zero where no channel is present.
    """
    windows = (predicted.float() - target.float()).unfold(-1, WINDOW, HOP)
    spectra = torch.fft.fft(windows * torch.hann_window(WINDOW, device=windows.device))
    errors = torch.view_as_real(spectra).square().sum(dim=-1).mean(dim=(-2, -1))
    return FACTOR * (errors * present).sum() / present.sum().clamp(min=1)
