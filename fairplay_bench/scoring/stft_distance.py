"""``stft`` and ``mag``: distances of spectrograms."""

from torch import Tensor

from fairplay_bench.dsp.stft import stft
from fairplay_bench.scoring.ears import check_ears


def stft_distance(predicted: Tensor, target: Tensor) -> Tensor:
    r"""Squared distance of the complex spectrograms, summed over the two ears.

    .. math:: d = \sum_{e \in \{L, R\}} \frac{1}{2FT} \sum_{f,t} |P_e - Q_e|^2

    Real and imaginary parts are counted apart, hence the 2, as the released code does [1]; the paper writes a
    Euclidean norm, but its numbers are these. Grows with the square of the level and rescales nothing.

    Args:
        predicted: ``(..., 2, samples)``, left ear first, 16 kHz.
        target: same shape as ``predicted``.

    Returns:
        ``(...)``, dimensionless, zero exactly when the spectrograms agree.

    Raises:
        ShapeError: if the shapes differ, the ear axis is not 2, or there are 256 samples or fewer.

    References:
        [1] Gao and Grauman, 2.5D Visual Sound, CVPR 2019; ``evaluate.py`` of its code.
    """
    check_ears(predicted, target)
    difference = stft(predicted - target)  # the transform is linear: one instead of two
    return difference.abs().square().mean(dim=(-2, -1)).sum(dim=-1) / 2


def magnitude_distance(predicted: Tensor, target: Tensor) -> Tensor:
    """Twice :func:`stft_distance`: the same squares, averaged over bins instead of real and imaginary parts.

    Args:
        predicted: ``(..., 2, samples)``, left ear first, 16 kHz.
        target: same shape as ``predicted``.

    Returns:
        ``(...)``, dimensionless.

    Raises:
        ShapeError: as :func:`stft_distance`.

    References:
        Xu et al., PseudoBinaural, CVPR 2021: "Mag" of its tables.
    """
    return 2 * stft_distance(predicted, target)
