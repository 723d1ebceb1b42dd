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
from torchvision.models.resnet import BasicBlock

from baselines.mono2binaural.audio import SLOPE, AudioNet, masked
from baselines.mono2binaural.fast_layers import Gathering, Scattering, finish
from baselines.mono2binaural.products import FixedProducts
from baselines.mono2binaural.visual import VisualNet, normalized_pictures
from baselines.mono2binaural.winograd import FOUR_BY_THREE, FOUR_BY_TWO, TWO_BY_THREE, TWO_BY_TWO

WORTH = {torch.float32: 128, torch.bfloat16: 256}  # input channels from which transforms cost less than they save
TOGETHER = 2  # pictures at the first stages, whose maps are the largest
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
            self._visual = None if visual is None else FastVisual(visual.to(dtype))
            self._narrow = audio.conv1x1.to(dtype) if audio.sees else None
        self._dtype = dtype

    def encode(self, pictures: Tensor) -> Tensor:
        """What pictures ``(n, 3, height, width)``, uint8, add to the first up-convolution.

        Returns:
            ``(n, 4, 4, outputs)``; see :meth:`FastAudio.bordered`.
        """
        if self._visual is None or self._narrow is None:
            raise TypeError("this network has no visual branch")
        seen = self._narrow(self._visual(normalized_pictures(pictures, self._dtype)))
        return self._audio.bordered(seen.flatten(start_dim=1))

    def predict(self, spectrogram: Tensor, seen: Tensor | None) -> Tensor:
        """Spectrogram of the difference, ``(n, 256, frames)``, from that of the sum, ``(n, 257, frames)``."""
        return masked(self._audio(torch.view_as_real(spectrogram).to(self._dtype), seen), spectrogram)


class FastVisual:
    """The visual branch.

    Args:
        network: with its norms folded into its convolutions.
    """

    def __init__(self, network: VisualNet) -> None:
        stem, _, _, pool, *stages = network.feature_extraction
        self._stem, self._pool = stem, pool
        self._stages = [nn.Sequential(*map(_Block, stage.children())) for stage in stages]

    def __call__(self, pictures: Tensor) -> Tensor:
        """Map ``(n, channels, height, width)`` of normalised pictures ``(n, 3, height, width)``."""
        first, *others = self._stages
        groups = torch.split(pictures.contiguous(memory_format=torch.channels_last), TOGETHER)
        seen = torch.cat([first(_last(self._pool(self._stem(few)).relu_())) for few in groups])
        for stage in others:
            seen = stage(seen)
        return seen.permute(0, 3, 1, 2)


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
        self._first, self._last = _Direct(down[0].to(dtype), SLOPE), _Widening(up[-1], dtype)
        self._downs = [
            _Direct(layer.to(dtype), SLOPE)
            if layer.in_channels < worth
            else Gathering(layer.weight, _bias(layer), 2, *way, SLOPE, dtype)
            for layer, way in zip(down[1:], ways, strict=True)
        ]
        heard = down[-1].out_channels
        weights = [up[0].weight[-heard:], *(layer.weight for layer in up[1:-1])]
        self._ups = [
            Scattering(weight, _bias(layer), *way, dtype)
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
        for wider in self._ups[1:]:
            up = wider([up, heard.pop()])
        return 2 * self._last([up, heard.pop()]).sigmoid_() - 1


class _Block(nn.Module):
    """A block of a ResNet: two convolutions around which its input passes; channels come last."""

    def __init__(self, block: BasicBlock) -> None:
        super().__init__()
        self._first, self._second = _shortened(block.conv1), _shortened(block.conv2)
        self._past = None if block.downsample is None else block.downsample[0]

    def forward(self, seen: Tensor) -> Tensor:
        past = seen if self._past is None else _direct(self._past, seen)
        return self._second(self._first(seen), past)


class _Direct:
    """An ordinary convolution and its rectifier, called as :class:`Gathering` is."""

    def __init__(self, layer: nn.Conv2d, slope: float = 0.0) -> None:
        self._layer, self._slope = layer, slope

    def __call__(self, inputs: Tensor, residual: Tensor | None = None) -> Tensor:
        return finish(_direct(self._layer, inputs), None, self._slope, residual)


class _Widening:
    """A transposed convolution, 4 x 4 taps, stride 2, padding 1, for few outputs: one product for all taps."""

    def __init__(self, layer: nn.ConvTranspose2d, dtype: torch.dtype) -> None:
        self._bias = _bias(layer).float()
        by_tap = layer.weight.reshape(*layer.weight.shape[:2], 2, 2, 2, 2).permute(2, 4, 3, 5, 1, 0)
        halves = torch.stack(by_tap.reshape(-1, len(layer.weight)).chunk(2, dim=1))  # one for each part
        self._products = FixedProducts(halves.to(dtype), rows=16_384)

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


def _shortened(layer: nn.Conv2d) -> Gathering | _Direct:
    dtype = layer.weight.dtype
    if layer.stride != (1, 1) or layer.in_channels < WORTH[dtype]:
        return _Direct(layer)
    way = FOUR_BY_THREE if dtype == torch.float32 else TWO_BY_THREE  # larger blocks lose too much to rounding
    return Gathering(layer.weight, _bias(layer), 1, way, way, 0.0, dtype)


def _direct(layer: nn.Conv2d, inputs: Tensor) -> Tensor:
    return _last(layer(inputs.permute(0, 3, 1, 2)))


def _last(tensor: Tensor) -> Tensor:
    """Channels last."""
    return tensor.permute(0, 2, 3, 1)


def _bias(layer: nn.Conv2d | nn.ConvTranspose2d) -> Tensor:
    return cast("Tensor", layer.bias)  # every layer has one since the norms were folded


def _of_borders(weight: Tensor, dtype: torch.dtype) -> FixedProducts:
    """Products of codes with sums of taps ``(seen, outputs, 4, 4)``: those that meet in each kind of row and column."""
    meeting = torch.tensor(_MEETING, dtype=weight.dtype)
    sums = torch.einsum("ka,lb,soab->klos", meeting, meeting, weight)
    return FixedProducts(sums.flatten(0, 2)[None].to(dtype), rows=8)


def _spread(bordered: Tensor, height: int, width: int) -> Tensor:
    """Values of the kinds of rows and columns at the rows and columns of an output twice ``height`` and ``width``."""
    rows, columns = (torch.tensor([0, *[1, 2] * (size - 1), 3]) for size in (height, width))
    return bordered[:, rows[:, None], columns]
