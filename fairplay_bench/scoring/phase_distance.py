"""``phase``: distance of the phases of the difference signal."""

from math import pi
from typing import Literal

import torch
from torch import Tensor

from fairplay_bench.dsp.stft import stft
from fairplay_bench.scoring.ears import check_ears


def phase_distance(predicted: Tensor, target: Tensor, pad_mode: Literal["reflect", "constant"] = "reflect") -> Tensor:
    """Mean wrapped difference of the angles of the spectrograms of left minus right.

    The angle of zero is zero, so a prediction with two equal ears scores about π/2.

    Args:
        predicted: ``(..., 2, samples)``, left ear first, 16 kHz.
        target: same shape as ``predicted``.
        pad_mode: how the ends are continued; published code of 2021 may have padded with zeros.

    Returns:
        ``(...)``, radians, from 0 to π.

    Raises:
        ShapeError: if the shapes differ, the ear axis is not 2, or there are 256 samples or fewer.

    References:
        Xu et al., PseudoBinaural, CVPR 2021: "D_phase" of its tables.
    """
    check_ears(predicted, target)
    p, q = (_angle(stft(ears[..., 0, :] - ears[..., 1, :], pad_mode)) for ears in (predicted, target))
    difference = (p - q).abs()
    return torch.minimum(difference, 2 * pi - difference).mean(dim=(-2, -1))


def _angle(spectrogram: Tensor) -> Tensor:
    angle = torch.angle(spectrogram)
    return angle.masked_fill(spectrogram == 0, 0.0)  # a transform of silence may hold -0, whose angle is π
