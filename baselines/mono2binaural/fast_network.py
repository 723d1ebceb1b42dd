"""The network on a processor, for prediction alone, with fewer multiplications than its definition has.

Besides shorter convolutions: the code of a picture is the same at all places of the U-Net's narrowest map, so what it
adds to the first up-convolution depends only on the picture and on how near the border a place is; it is computed once
a picture. The last up-convolution has two outputs, too few for the widest units, so that it is one product for all of
its taps, added up afterwards.
"""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu_
from torchvision.models.resnet import BasicBlock

from baselines.mono2binaural.audio import SLOPE, AudioNet, masked
from baselines.mono2binaural.fast_layers import Gathering, Scattering
from baselines.mono2binaural.products import FixedProducts
from baselines.mono2binaural.visual import VisualNet, normalized_pictures
from baselines.mono2binaural.winograd import FOUR_BY_THREE, FOUR_BY_TWO, TWO_BY_TWO

WORTH = 128  # channels from which transforms cost less than the multiplications they save
TOGETHER = 2  # pictures at the first stages, whose maps are the largest
_MEETING = ((0, 1, 0, 0), (1, 0, 1, 0), (0, 1, 0, 1), (0, 0, 1, 0))  # taps in the first, odd, even and last row


class FastNetwork:
    """Both branches.

    Args:
        visual: the visual branch, if there is one.
        audio: the audio branch. The norms of both are folded into their convolutions.
    """

    def __init__(self, visual: VisualNet | None, audio: AudioNet) -> None:
        with torch.no_grad():
            self._visual = None if visual is None else FastVisual(visual)
            self._audio = FastAudio(audio)
        self._narrowed = audio.narrowed

    def encode(self, pictures: Tensor) -> Tensor:
        """What pictures ``(n, 3, height, width)``, uint8, add to the first up-convolution.

        Returns:
            ``(n, 4, 4, outputs)``; see :meth:`FastAudio.bordered`.
        """
        if self._visual is None:
            raise TypeError("this network has no visual branch")
        return self._audio.bordered(self._narrowed(self._visual(normalized_pictures(pictures))))

    def predict(self, spectrogram: Tensor, seen: Tensor | None) -> Tensor:
        """Spectrogram of the difference, ``(n, 256, frames)``, from that of the sum, ``(n, 257, frames)``."""
        return masked(self._audio(torch.view_as_real(spectrogram), seen), spectrogram)


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
        groups = torch.split(pictures, TOGETHER)
        seen = torch.cat([first(_last(self._pool(self._stem(few).relu_()))) for few in groups])
        for stage in others:
            seen = stage(seen)
        return seen.permute(0, 3, 1, 2)


class FastAudio:
    """The audio branch.

    Args:
        network: with its norms folded into its convolutions.
    """

    def __init__(self, network: AudioNet) -> None:
        down = [cast("nn.Conv2d", layer[0]) for layer in network.downs()]
        up = [cast("nn.ConvTranspose2d", layer[0]) for layer in network.ups()]
        long, short = (FOUR_BY_TWO, FOUR_BY_TWO), (FOUR_BY_TWO, TWO_BY_TWO)  # the narrowest maps have two columns
        self._first, self._last = down[0], up[-1]
        self._downs = [
            Gathering(layer.weight, _bias(layer), 2, *ways, SLOPE)
            for layer, ways in zip(down[1:], (long, long, long, short), strict=True)
        ]
        heard = down[-1].out_channels
        weights = [up[0].weight[-heard:], *(layer.weight for layer in up[1:-1])]
        self._ups = [
            Scattering(weight, _bias(layer), *ways)
            for weight, layer, ways in zip(weights, up[:-1], (short, long, long, long), strict=True)
        ]
        self._seen = _of_borders(up[0].weight[:-heard]) if network.sees else None

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
        heard = [leaky_relu_(_direct(self._first, planes), SLOPE)]
        for layer in self._downs:
            heard.append(layer(heard[-1]))
        code = heard.pop()
        up = self._ups[0]([code], None if bordered is None else _spread(bordered, *code.shape[1:3]))
        for wider in self._ups[1:]:
            up = wider([up, heard.pop()])
        return 2 * _widened(self._last, [up, heard.pop()]).sigmoid_() - 1


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

    def __init__(self, layer: nn.Conv2d) -> None:
        self._layer = layer

    def __call__(self, inputs: Tensor, residual: Tensor | None = None) -> Tensor:
        out = _direct(self._layer, inputs)
        return (out if residual is None else out.add_(residual)).relu_()


def _shortened(layer: nn.Conv2d) -> Gathering | _Direct:
    if layer.stride != (1, 1) or min(layer.in_channels, layer.out_channels) < WORTH:
        return _Direct(layer)
    return Gathering(layer.weight, _bias(layer), 1, FOUR_BY_THREE, FOUR_BY_THREE)


def _direct(layer: nn.Conv2d, inputs: Tensor) -> Tensor:
    return _last(layer(inputs.permute(0, 3, 1, 2)))


def _last(tensor: Tensor) -> Tensor:
    """Channels last."""
    return tensor.permute(0, 2, 3, 1)


def _bias(layer: nn.Conv2d | nn.ConvTranspose2d) -> Tensor:
    if layer.bias is None:
        raise TypeError("a convolution without bias: fold the norms first")
    return layer.bias


def _of_borders(weight: Tensor) -> FixedProducts:
    """Products of codes with sums of taps ``(seen, outputs, 4, 4)``: those that meet in each kind of row and column."""
    meeting = torch.tensor(_MEETING, dtype=weight.dtype)
    sums = torch.einsum("ka,lb,soab->klos", meeting, meeting, weight)
    return FixedProducts(sums.flatten(0, 2)[None], rows=8)


def _spread(bordered: Tensor, height: int, width: int) -> Tensor:
    """Values of the kinds of rows and columns at the rows and columns of an output twice ``height`` and ``width``."""
    rows, columns = (torch.tensor([0, *[1, 2] * (size - 1), 3]) for size in (height, width))
    return bordered[:, rows[:, None], columns]


def _widened(layer: nn.ConvTranspose2d, parts: list[Tensor]) -> Tensor:
    """Transposed convolution ``(n, outputs, 2 height, 2 width)`` of parts that hold all channels, for few outputs."""
    count, height, width, _ = parts[0].shape
    taps = torch.split(layer.weight, [part.shape[-1] for part in parts])
    pairs = [(tap.flatten(1).t(), part.flatten(0, 2).t()) for tap, part in zip(taps, parts, strict=True)]
    products = torch.stack([tap @ part for tap, part in pairs]).sum(dim=0)
    values = products.view(-1, 2, 2, 2, 2, count, height, width)  # outputs; which and phase down; which and phase along
    out = values.new_zeros(len(values), count, height + 1, 2, width + 1, 2)
    for row in range(2):
        for column in range(2):
            place = out[:, :, row : row + height, :, column : column + width]
            place += values[:, row, :, column].permute(0, 3, 4, 1, 5, 2)
    whole = out.view(-1, count, 2 * height + 2, 2 * width + 2)[..., 1:-1, 1:-1]
    return (whole + _bias(layer)[:, None, None, None]).transpose(0, 1)
