"""The level that the protocol's networks hear, for batches of segments."""

from torch import Tensor

from fairplay_bench.dsp.level import RMS_FLOOR
from fairplay_bench.records import Protocol


def at_level(ears: Tensor, protocol: Protocol) -> Tensor:
    """Bring segments to the level that the protocol's networks hear.

    Args:
        ears: ``(n, 2, samples)``.
        protocol: whose level, and which.

    Returns:
        Same shape; silence stays silence.
    """
    heard = ears if protocol.oracle_level else ears.sum(dim=1, keepdim=True)
    level = heard.square().mean(dim=(1, 2), keepdim=True).sqrt()
    return ears * (protocol.window_level / level.clamp(min=RMS_FLOOR))
