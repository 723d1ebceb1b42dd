"""``env``: distance of amplitude envelopes."""

from torch import Tensor

from fairplay_bench.dsp.envelope import envelope
from fairplay_bench.scoring.ears import check_ears


def envelope_distance(predicted: Tensor, target: Tensor) -> Tensor:
    r"""Root mean square difference of the Hilbert envelopes, summed over the two ears.

    .. math:: d = \sum_{e \in \{L, R\}} \sqrt{\frac{1}{N} \sum_n (\hat p_e[n] - \hat q_e[n])^2}

    Args:
        predicted: ``(..., 2, samples)``, left ear first.
        target: same shape as ``predicted``.

    Returns:
        ``(...)``, in the unit of the signal.

    Raises:
        ShapeError: if the shapes differ or the ear axis is not 2.

    References:
        Gao and Grauman, 2.5D Visual Sound, CVPR 2019; ``evaluate.py`` of its code.
    """
    check_ears(predicted, target)
    return (envelope(predicted) - envelope(target)).square().mean(dim=-1).sqrt().sum(dim=-1)
