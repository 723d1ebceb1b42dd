r"""The short-time Fourier transform of the method, its inverse, and the moments that belong to a window.

To predict 0.1 s, half a second before and half a second (less a sample) after it is heard too. Frames of 1,024 samples,
periodic Hann, every 256 samples from the first one on, are counted 0 … 199. The encoder is shown the frames 46 … 172,
the sources are made from the frames 89 … 116. The method works on all 1,024 bins. Of a real sound the upper ones repeat
the lower, so only 513 are computed: with a real mask :math:`m_k` the real part of the inverse transform of
:math:`m_k S_k` is the inverse real transform of :math:`\frac{1}{2}(m_k + m_{1024-k}) S_k`.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

RATE = 48_000  # Hz
CONTEXT_SAMPLES = 52_799  # 48000 + 4800 - 1
FIRST_SAMPLE = 24_000  # of the context, the first that is predicted
PREDICTED_SAMPLES = 4_800
WINDOW = 1024
HOP = 256
BINS = WINDOW
HALF_BINS = WINDOW // 2 + 1
FRAMES = 200
HEARD = slice(46, 173)  # frames that the encoder is shown: 127
MASKED = slice(89, 117)  # frames that the sources are made of: 28
MIDDLE = FIRST_SAMPLE - MASKED.start * HOP  # the first predicted sample, counted from the first one of frame 89
GAIN = 0.5  # windows every quarter add up to 2, and the sum is divided by 4
_OVERLAP = WINDOW // HOP


def half_spectrum(context: Tensor) -> Tensor:
    """Bins 0 … 512 of the frames.

    Args:
        context: ``(..., 52799)``.

    Returns:
        ``(..., 200, 513)``, complex.
    """
    windows = context.float().unfold(-1, WINDOW, HOP)[..., :FRAMES, :]
    return torch.fft.rfft(windows * torch.hann_window(WINDOW, device=context.device))


def all_bins(magnitudes: Tensor) -> Tensor:
    """Magnitudes ``(..., 1024)`` of all bins from those of bins 0 … 512 of a real sound."""
    return torch.cat([magnitudes, magnitudes[..., 1:-1].flip(-1)], dim=-1)


def folded(masks: Tensor) -> Tensor:
    """Masks ``(..., 513)`` that do to the half of a spectrum what ``(..., 1024)`` do to all of it, once it is real."""
    mirrored = torch.cat([masks[..., :1], masks[..., WINDOW // 2 :].flip(-1)], dim=-1)
    return (masks[..., :HALF_BINS] + mirrored) / 2


def overlap_added(spectrum: Tensor, first: int = MIDDLE, samples: int = PREDICTED_SAMPLES) -> Tensor:
    """Sound of some frames that follow one another, at half its level; by default what is predicted, of 89 … 116.

    Args:
        spectrum: ``(..., frames, 513)``, complex.
        first: of the samples that are wanted, counted from the first one of the first frame.
        samples: how many are wanted.

    Returns:
        ``(..., samples)``: no window is applied again, the sum is divided by 4.
    """
    frames = torch.fft.irfft(spectrum, WINDOW).unflatten(-1, (_OVERLAP, HOP))
    parts = [pad(frames[..., part, :], (0, 0, part, _OVERLAP - 1 - part)) for part in range(_OVERLAP)]
    added = torch.stack(parts).sum(dim=0).flatten(start_dim=-2)
    return added[..., first : first + samples] / 4


def frames_of(first: int, samples: int) -> slice:
    """Which of the frames 89 … 116, counted from 0, reach some samples, counted from the first predicted one."""
    earliest = -(-(MIDDLE + first - WINDOW + 1) // HOP)
    return slice(earliest, (MIDDLE + first + samples - 1) // HOP + 1)
