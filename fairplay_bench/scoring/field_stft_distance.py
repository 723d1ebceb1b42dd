r"""Distance of the spectrograms of Y, Z and X, as the network of Morgado et al. is trained and evaluated.

.. math:: d = \frac{1}{3} \sum_{c \in \{Y, Z, X\}} \frac{1}{KT} \sum_{k,t} |P_c - Q_c|^2

over all K = 2,048 bins and the T frames at samples 0, 1,024 and 2,048 of each chunk of 0.1 s: periodic Hann windows of
2,048 samples, not centred.

References:
    Morgado, Vasconcelos, Langlois and Wang, Self-Supervised Generation of Spatial Audio for 360° Video, NeurIPS 2018;
    the definition is that of its released code.
"""

import torch
from torch import Tensor

from fairplay_bench.scoring.field import check_fields, chunks

WINDOW = 2048
HOP = 1024


def field_stft_distance(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean squared distance of the complex spectrograms of Y, Z and X.

    A channel that was not recorded is silent in both and counts as agreement. Grows with the square of the level;
    nothing is rescaled here.

    Args:
        predicted: ``(..., 4, samples)``, W, Y, Z, X at 48 kHz.
        target: same shape.

    Returns:
        ``(...)``, dimensionless, zero when Y, Z and X agree.

    Raises:
        ShapeError: if the shapes differ, the channel axis is not 4, or there is less than 0.1 s.
    """
    check_fields(predicted, target)
    difference = chunks((predicted - target)[..., 1:, :])
    frames = difference.unfold(-1, WINDOW, HOP) * torch.hann_window(WINDOW, dtype=difference.dtype)
    return torch.fft.fft(frames).abs().square().mean(dim=(-4, -3, -2, -1))
