"""Ratio masks: parting a mixture by its spectrogram, window by window.

A mask says for each bin how much of the mixture's magnitude belongs to a source; the source gets the mixture's phase.
Windows of 2.55 s (256 columns of the spectrogram) are masked one by one and averaged where they overlap.

References:
    Gao and Grauman, 2.5D Visual Sound, CVPR 2019, section 6 and supplement: separation by ratio masks on segments of
    2.55 s. The supplement does not define the mask; the definition here is ours.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn.functional import pad

from fairplay_bench.dsp.stft import HOP, NETWORK_BINS, inverse_stft, stft
from fairplay_bench.dsp.windows import overlap_add, window_starts

SEGMENT_FRAMES = 256
SEGMENT_SAMPLES = (SEGMENT_FRAMES - 1) * HOP  # 2.55 s at 16 kHz
SEGMENT_HOP = SEGMENT_SAMPLES // 4  # of the windows over a whole clip
_SILENT = 1e-8  # magnitude of a bin that has nothing to part

MaskOf = Callable[[Tensor, int], Tensor]  # a window (ears, 40800) and its first sample to (sources, ears, 256, 256)


def ratio_mask(target: Tensor, mixture: Tensor) -> Tensor:
    r"""Magnitude of a source over that of the mixture, clipped to [0, 1].

    .. math:: m = \min(1, |S| / |X|)

    Where sources cancel each other the ratio exceeds 1 and is clipped; where the mixture is silent the mask is 0.

    Args:
        target: ``(..., 257, frames)``, complex spectrogram of the source.
        mixture: ``(..., 257, frames)``, of the mixture; the leading dimensions broadcast.

    Returns:
        ``(..., 256, frames)``; the Nyquist row is dropped, as networks do.
    """
    above, below = target.abs()[..., :NETWORK_BINS, :], mixture.abs()[..., :NETWORK_BINS, :]
    return (above / below.clamp(min=_SILENT)).clamp(max=1.0) * (below > _SILENT)


def parted(mixture: Tensor, mask_of: MaskOf) -> Tensor:
    """Part a mixture by the masks of its windows.

    Args:
        mixture: ``(ears, samples)``, 16 kHz; one shorter than a window is padded with zeros and cut back.
        mask_of: gives the masks of a window ``(ears, 40800)`` that starts at a sample, ``(sources, ears, 256, 256)``
            in [0, 1].

    Returns:
        ``(sources, ears, samples)``.
    """
    samples = mixture.shape[-1]
    starts = window_starts(samples, SEGMENT_HOP, SEGMENT_SAMPLES)

    def pieces() -> Iterator[Tensor]:
        for start in starts:
            window = mixture[:, start : start + SEGMENT_SAMPLES]
            window = pad(window, (0, SEGMENT_SAMPLES - window.shape[-1]))
            rows = mask_of(window, start) * stft(window)[:, :NETWORK_BINS]
            yield inverse_stft(rows, SEGMENT_SAMPLES, 512)

    with torch.inference_mode():
        return overlap_add(pieces(), starts, samples)
