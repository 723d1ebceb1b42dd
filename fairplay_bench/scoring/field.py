"""What the metrics of first-order sound share: the check of shapes, and the chunks they are computed on.

The published evaluation looks at chunks of 0.1 s, as the network predicts them, and averages over them; so do we.
"""

from torch import Tensor

from fairplay_bench.errors import ShapeError
from fairplay_bench.media.ambisonic import CHANNELS

CHUNK_SAMPLES = 4800  # 0.1 s at 48 kHz


def check_fields(predicted: Tensor, target: Tensor) -> None:
    """Refuse what is not a pair of first-order sounds.

    Raises:
        ShapeError: if the shapes differ, the channel axis is not 4, or there is less than one chunk.
    """
    if predicted.shape != target.shape:
        raise ShapeError(f"predicted {tuple(predicted.shape)} and target {tuple(target.shape)} differ in shape.")
    if predicted.ndim < 2 or predicted.shape[-2] != CHANNELS:
        raise ShapeError(f"expected (..., {CHANNELS}, samples), got {tuple(predicted.shape)}.")
    if predicted.shape[-1] < CHUNK_SAMPLES:
        raise ShapeError(f"{predicted.shape[-1]} samples, expected at least {CHUNK_SAMPLES}, 0.1 s at 48 kHz.")


def chunks(field: Tensor) -> Tensor:
    """Cut sound into whole chunks: ``(..., samples)`` to ``(..., chunks, 4800)``; what remains is left out."""
    return field.unfold(-1, CHUNK_SAMPLES, CHUNK_SAMPLES)
