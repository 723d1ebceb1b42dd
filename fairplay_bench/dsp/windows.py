"""The windows that a network hears, and putting their predictions together again.

Windows of 0.63 s start at 0, hop, 2 hop, … while they end before the end of the clip; one more ends exactly there.
(The released script of 2.5D Visual Sound hands that last window the mono of the one before it; that fault is not
repeated here.) Overlaps are averaged. A clip shorter than one window is padded with zeros and cut back.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from fairplay_bench.errors import ShapeError

WINDOW_SAMPLES = 10_080  # int(0.63 s · 16 kHz): 64 columns of a spectrogram


def window_starts(samples: int, hop_samples: int, window: int = WINDOW_SAMPLES) -> list[int]:
    """First samples of the windows over a clip.

    Args:
        samples: length of the clip.
        hop_samples: distance of the windows.
        window: length of a window.

    Returns:
        Ascending; ``[0]`` for a clip no longer than a window.
    """
    starts = list(range(0, max(0, samples - window), hop_samples))
    return [*starts, max(0, samples - window)]


def window_centre_s(start: int, rate: int, window: int = WINDOW_SAMPLES) -> float:
    """Moment of the middle of a window, seconds: the moment whose picture belongs to it."""
    return (start + window / 2) / rate


def overlap_add(pieces: Iterable[Tensor], starts: Sequence[int], samples: int) -> Tensor:
    """Average overlapping windows into one signal.

    Args:
        pieces: one ``(..., window)`` for each start, all of one shape.
        starts: first sample of each piece.
        samples: length of the result; what reaches beyond it is cut off.

    Returns:
        ``(..., samples)``; zero where no window lies.

    Raises:
        ShapeError: if pieces and starts differ in number.
    """
    total: Tensor | None = None
    count = torch.zeros(samples)
    added = 0
    remaining = iter(pieces)
    for start, piece in zip(starts, remaining, strict=False):
        if total is None:
            total = piece.new_zeros(*piece.shape[:-1], samples)
            count = count.to(piece)
        stop = min(samples, start + piece.shape[-1])
        total[..., start:stop] += piece[..., : stop - start]
        count[start:stop] += 1
        added += 1
    added += sum(1 for _ in remaining)
    if total is None or added != len(starts):
        raise ShapeError(f"expected {len(starts)} windows to put together, got {added}.")
    return total / count.clamp(min=1)
