"""The network on a processor, for prediction alone, with fewer multiplications than its definition has.

Besides shorter convolutions: the code of a picture is the same at all places of the U-Net's narrowest map, so what it
adds to the first up-convolution depends only on the picture and on how near the border a place is; it is computed once
a picture. The last up-convolution has two outputs, too few for the widest units, so that it is one product for all of
its taps, added up afterwards.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from baselines.mono2binaural.audio import SLOPE, AudioNet, masked
from baselines.mono2binaural.fast_layers import Gathering, Scattering, bias_of, direct
from baselines.mono2binaural.fast_visual import FastVisual
from baselines.mono2binaural.products import FixedProducts
from baselines.mono2binaural.visual import VisualNet
from baselines.mono2binaural.winograd import FOUR_BY_TWO, TWO_BY_TWO

WORTH = {torch.float32: 128, torch.bfloat16: 256}  # input channels from which transforms cost less than they save
TOGETHER = 4  # windows at the last layers, whose maps are the largest
_MEETING = ((0, 1, 0, 0), (1, 0, 1, 0), (0, 1, 0, 1), (0, 0, 1, 0))  # taps in the first, odd, even and last row


class FastNetwork:
    """Both branches.

    Args:
        visual: the visual branch, if there is one.
        audio: the audio branch. The norms of both are folded into their convolutions, in float32.
        dtype: float32 or bfloat16, in which everything is computed.

    Raises:
        TypeError: if there are norms.
    """

    def __init__(self, visual: VisualNet | None, audio: AudioNet, dtype: torch.dtype) -> None:
        modules = [*audio.modules(), *(visual.modules() if visual is not None else ())]
        if any(isinstance(module, nn.BatchNorm2d) for module in modules):
            raise TypeError("expected folded norms")
        with torch.no_grad():
            self._audio = FastAudio(audio, dtype)
            self._visual = None if visual is None else FastVisual(visual, dtype)
            self._narrow = direct(audio.conv1x1[0], dtype) if audio.sees else None
        self._dtype = dtype

    def encode(self, pictures: Tensor) -> Tensor:
        """What pictures ``(n, 3, height, width)``, uint8, add to the first up-convolution.

        Returns:
            ``(n, 4, 4, outputs)``; see :meth:`FastAudio.bordered`.
        """
        if self._visual is None or self._narrow is None:
            raise TypeError("this network has no visual branch")
        seen = self._narrow(self._visual(pictures))
        return self._audio.bordered(seen.permute(0, 3, 1, 2).flatten(start_dim=1))

    def predict(self, spectrogram: Tensor, seen: Tensor | None) -> Tensor:
        """Spectrogram of the difference, ``(n, 256, frames)``, from that of the sum, ``(n, 257, frames)``."""
        return masked(self._audio(torch.view_as_real(spectrogram).to(self._dtype), seen), spectrogram)


class FastAudio:
    """The audio branch.

    Args:
        network: with its norms folded into its convolutions, in float32.
        dtype: in which it is computed.
    """

    def __init__(self, network: AudioNet, dtype: torch.dtype) -> None:
        down = [cast("nn.Conv2d", layer[0]) for layer in network.downs()]
        up = [cast("nn.ConvTranspose2d", layer[0]) for layer in network.ups()]
        long = FOUR_BY_TWO if dtype == torch.float32 else TWO_BY_TWO  # larger blocks lose too much to rounding
        ways = [(long, long), (long, long), (long, long), (long, TWO_BY_TWO)]  # the narrowest maps have two columns
        worth = WORTH[dtype]
        self._first, self._last = direct(down[0], dtype, SLOPE), _Widening(up[-1], dtype)
        self._downs = [
            direct(layer, dtype, SLOPE)
            if layer.in_channels < worth
            else Gathering(layer.weight, bias_of(layer), 2, *way, SLOPE, dtype)
            for layer, way in zip(down[1:], ways, strict=True)
        ]
        heard = down[-1].out_channels
        weights = [up[0].weight[-heard:], *(layer.weight for layer in up[1:-1])]
        self._ups = [
            Scattering(weight, bias_of(layer), *way, dtype)
            for weight, layer, way in zip(weights, up[:-1], reversed(ways), strict=True)
        ]
        self._seen = _of_borders(up[0].weight[:-heard], dtype) if network.sees else None

    def bordered(self, code: Tensor) -> Tensor:
        """What codes add to the first up-convolution.

        Args:
            code: ``(n, seen)``.

        Returns:
            ``(n, 4, 4, outputs)``, for the first row, the odd and the even rows between, and the last row of the
            output; columns likewise.
        """
        if self._seen is None:
            raise TypeError("this network has no visual branch")
        (added,) = self._seen(code[None])
        return added.view(len(code), 4, 4, -1)

    def __call__(self, planes: Tensor, bordered: Tensor | None) -> Tensor:
        """Mask for the spectrogram of the difference.

        Args:
            planes: ``(n, 257, frames, 2)``, real and imaginary part of the sum's spectrogram.
            bordered: from :meth:`bordered`; None for a network that sees nothing.

        Returns:
            ``(n, 2, 256, frames)``, in [-1, 1].
        """
        heard = [self._first(planes)]
        for layer in self._downs:
            heard.append(layer(heard[-1]))
        code = heard.pop()
        up = self._ups[0]([code], None if bordered is None else _spread(bordered, *code.shape[1:3]))
        for wider in self._ups[1:-1]:
            up = wider([up, heard.pop()])
        groups = zip(*(torch.split(part, TOGETHER) for part in (up, heard.pop(), heard.pop())), strict=True)
        masks = [self._last([self._ups[-1]([inner, second]), first]) for inner, second, first in groups]
        return 2 * torch.cat(masks).sigmoid_() - 1


class _Widening:
    """A transposed convolution, 4 x 4 taps, stride 2, padding 1, for few outputs: one product for all taps."""

    def __init__(self, layer: nn.ConvTranspose2d, dtype: torch.dtype) -> None:
        self._bias = bias_of(layer).float()
        by_tap = layer.weight.reshape(*layer.weight.shape[:2], 2, 2, 2, 2).permute(2, 4, 3, 5, 1, 0)
        halves = torch.stack(by_tap.reshape(-1, len(layer.weight)).chunk(2, dim=1))  # one for each part
        self._products = FixedProducts(halves.to(dtype), rows=TOGETHER * 4096)

    def __call__(self, parts: Sequence[Tensor]) -> Tensor:
        """Convolve two parts ``(n, height, width, inputs)`` to ``(n, outputs, 2 height, 2 width)``."""
        count, height, width, channels = parts[0].shape
        up, heard = self._products([part.reshape(-1, channels) for part in parts])
        values = up.float().add_(heard).view(count, height, width, 2, 2, -1)  # short sums are slow in bfloat16
        out = values.new_zeros(count, height + 1, width + 1, values.shape[-1])
        for row in range(2):
            for column in range(2):
                out[:, row : row + height, column : column + width] += values[..., row, column, :]
        phases = out.view(count, height + 1, width + 1, 2, 2, -1).permute(0, 5, 1, 3, 2, 4)
        whole = phases.reshape(count, -1, 2 * height + 2, 2 * width + 2)[..., 1:-1, 1:-1]
        return whole + self._bias[:, None, None]


def _of_borders(weight: Tensor, dtype: torch.dtype) -> FixedProducts:
    """Products of codes with sums of taps ``(seen, outputs, 4, 4)``: those that meet in each kind of row and column."""
    meeting = torch.tensor(_MEETING, dtype=weight.dtype)
    sums = torch.einsum("ka,lb,soab->klos", meeting, meeting, weight)
    return FixedProducts(sums.flatten(0, 2)[None].to(dtype), rows=8)


def _spread(bordered: Tensor, height: int, width: int) -> Tensor:
    """Values of the kinds of rows and columns at the rows and columns of an output twice ``height`` and ``width``."""
    rows, columns = (torch.tensor([0, *[1, 2] * (size - 1), 3]) for size in (height, width))
    return bordered[:, rows[:, None], columns]
