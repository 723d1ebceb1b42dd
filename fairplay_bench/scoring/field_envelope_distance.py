r"""Distance of the envelopes of Y, Z and X.

.. math:: d = \frac{1}{3N} \sum_{c \in \{Y, Z, X\}} \sum_{n=1}^{N} \sqrt{\operatorname{mean}_t (a_{cn} - b_{cn})^2}

where a and b are the magnitudes of the analytic signals of the N chunks of 0.1 s, each transformed by itself.

References:
    Morgado, Vasconcelos, Langlois and Wang, Self-Supervised Generation of Spatial Audio for 360° Video, NeurIPS 2018;
    the definition is that of its released code.
"""

from torch import Tensor

from fairplay_bench.dsp.envelope import envelope
from fairplay_bench.scoring.field import check_fields, chunks


def field_envelope_distance(predicted: Tensor, target: Tensor) -> Tensor:
    """Root mean square distance of the envelopes of Y, Z and X.

    A channel that was not recorded is silent in both and counts as agreement. Grows with the level.

    Args:
        predicted: ``(..., 4, samples)``, W, Y, Z, X at 48 kHz.
        target: same shape.

    Returns:
        ``(...)``, dimensionless, zero when the envelopes agree.

    Raises:
        ShapeError: if the shapes differ, the channel axis is not 4, or there is less than 0.1 s.
    """
    check_fields(predicted, target)
    difference = envelope(chunks(predicted[..., 1:, :])) - envelope(chunks(target[..., 1:, :]))
    return difference.square().mean(dim=-1).sqrt().mean(dim=(-2, -1))
