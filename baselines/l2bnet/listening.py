"""The audio localisation network: two ears in, a map over the picture out.

Six convolutions that halve, average pooling, six transposed convolutions. Ours: from the one place that pooling leaves,
the first transposed convolution opens 2 x 4 places, so that five doublings end at 64 x 128; the last layer has no norm
and no LeakyReLU, its values are logits of the cells.

References:
    Rachavarapu et al., Localize to Binauralize, ICCV 2021, supplement.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import log

import torch
from torch import Tensor, nn

from baselines.l2bnet.layers import down, spread, up
from baselines.mono2binaural.audio import start_weights, up_convolution
from fairplay_bench.dsp.stft import stft
from fairplay_bench.errors import UnknownNameError

FULL_WIDTH = 64
_DOWN = (1, 2, 4, 8, 8, 16)  # channels, in units of the width: 64, 128, 256, 512, 512, 1024
_UP = (512, 256, 128, 32, 4)  # channels at full width; one more layer makes the map
_LEAST_UP = 4
_OPENED = (2, 4)  # rows and columns of the first transposed convolution
_FLOOR = 1e-4  # of the loudest bin's power: softer bins tell nothing
_TEN_DB = log(10)


@dataclass(frozen=True, slots=True)
class ListenerSize:
    """What can be chosen.

    Attributes:
        width: channels of the first convolution.
        hears: ``"binaural"``, ``"ild-itd"`` or ``"mono"``.

    Raises:
        UnknownNameError: if there is no such input.
    """

    width: int = FULL_WIDTH
    hears: str = "binaural"

    def __post_init__(self) -> None:
        """Refuse names that are not known."""
        if self.hears not in INPUTS:
            raise UnknownNameError("input of the localisation network", self.hears, INPUTS)


class Listener(nn.Module):
    """Says where in the picture two ears hear the sound come from.

    Args:
        size: its width and its input; the paper's width by default.
    """

    def __init__(self, size: ListenerSize | None = None) -> None:
        super().__init__()
        self.size = size = size or ListenerSize()
        planes, self._features = INPUTS[size.hears]
        widths = [planes, *(multiple * size.width for multiple in _DOWN)]
        self.downs = nn.Sequential(*(down(*pair) for pair in pairwise(widths)))
        self.pool = nn.AdaptiveAvgPool2d(1)
        channels = [max(_LEAST_UP, full * size.width // FULL_WIDTH) for full in _UP]
        ups = [up(*pair) for pair in pairwise(channels)]
        self.ups = nn.Sequential(spread(widths[-1], channels[0], _OPENED), *ups, up_convolution(channels[-1], 1))
        self.apply(start_weights)

    def forward(self, ears: Tensor) -> Tensor:
        """Listen.

        Args:
            ears: ``(n, 2, samples)``, left first, at the level of the protocol.

        Returns:
            ``(n, 64, 128)``, logits of the cells of the map.
        """
        spectra = stft(ears.float())
        planes = self._features(spectra[:, 0], spectra[:, 1]).to(self.dtype)
        return self.ups(self.pool(self.downs(planes)))[:, 0]

    @property
    def dtype(self) -> torch.dtype:
        """Type of its weights."""
        return next(self.parameters()).dtype


def ears_planes(left: Tensor, right: Tensor) -> Tensor:
    """Real and imaginary part of both spectrograms, ``(n, 4, 257, frames)``."""
    return torch.stack([left.real, left.imag, right.real, right.imag], dim=1)


def difference_planes(left: Tensor, right: Tensor) -> Tensor:
    """Level and phase difference of each bin.

    Bins far below the loudest of the window tell nothing: a ten-thousandth of its power is added to every power, which
    draws their differences to zero.

    Args:
        left: ``(n, 257, frames)``, complex.
        right: likewise.

    Returns:
        ``(n, 3, 257, frames)``: the level difference in units of 10 dB, left louder positive, and cosine and sine of
        the phase difference.
    """
    of_left, of_right = left.real**2 + left.imag**2, right.real**2 + right.imag**2
    floor = _FLOOR * torch.maximum(of_left, of_right).amax(dim=(1, 2), keepdim=True) + 1e-12
    level = ((of_left + floor) / (of_right + floor)).log() / _TEN_DB
    cross = left * right.conj() / ((of_left + floor) * (of_right + floor)).sqrt()
    return torch.stack([level, cross.real, cross.imag], dim=1)


def mono_planes(left: Tensor, right: Tensor) -> Tensor:
    """Real and imaginary part of the mean's spectrogram, ``(n, 2, 257, frames)``: a control that cannot succeed."""
    mean = (left + right) / 2
    return torch.stack([mean.real, mean.imag], dim=1)


INPUTS: dict[str, tuple[int, Callable[[Tensor, Tensor], Tensor]]] = {
    "binaural": (4, ears_planes),
    "ild-itd": (3, difference_planes),
    "mono": (2, mono_planes),
}
