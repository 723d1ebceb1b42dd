"""The network on a processor, for prediction alone, with fewer multiplications than its definition has.

Besides shorter convolutions: the code of a picture is the same at all places of the U-Net's narrowest map, so what it
adds to the first up-convolution depends only on the picture and on how near the border a place is; it is computed once
a picture. The last up-convolution has two outputs, too few for the widest units, so that it is one product for all of
its taps, added up afterwards.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, leaky_relu_, max_pool2d
from torchvision.models.resnet import BasicBlock

from baselines.mono2binaural.audio import SLOPE, AudioNet
from baselines.mono2binaural.fast_layers import Gathering, Scattering, finish
from baselines.mono2binaural.visual import VisualNet
from baselines.mono2binaural.winograd import FOUR_BY_THREE, FOUR_BY_TWO, TWO_BY_TWO

WORTH = 128  # channels from which transforms cost less than the multiplications they save
TOGETHER = 2  # pictures at the first stages, whose maps are the largest


class FastVisual:
    """The visual branch.

    Args:
        network: with its norms folded into its convolutions.
    """

    def __init__(self, network: VisualNet) -> None:
        stem, _, _, pool, *stages = network.feature_extraction
        self._stem, self._pool = stem, pool
        self._blocks = [[_Block(block) for block in stage] for stage in stages]

    def __call__(self, pictures: Tensor) -> Tensor:
        """Map ``(n, channels, height, width)`` of normalised pictures ``(n, 3, height, width)``."""
        seen = torch.cat([self._first_stage(few) for few in pictures.split(TOGETHER)])
        for blocks in self._blocks[1:]:
            for block in blocks:
                seen = block(seen)
        return seen.permute(0, 3, 1, 2)

    def _first_stage(self, pictures: Tensor) -> Tensor:
        seen = self._pool(self._stem(pictures).relu_()).permute(0, 2, 3, 1)
        for block in self._blocks[0]:
            seen = block(seen)
        return seen


class FastAudio:
    """The audio branch.

    Args:
        network: with its norms folded into its convolutions.
    """

    def __init__(self, network: AudioNet) -> None:
        down = [layer[0] for layer in network.downs()]
        up = [layer[0] for layer in network.ups()]
        self._first, self._sees = down[0], network.sees
        long = (FOUR_BY_TWO, FOUR_BY_TWO)
        short = (FOUR_BY_TWO, TWO_BY_TWO)  # the narrowest maps have two columns
        self._downs = [
            Gathering(layer.weight, layer.bias, 2, *ways, SLOPE)
            for layer, ways in zip(down[1:], (long, long, long, short), strict=True)
        ]
        heard = down[-1].out_channels
        self._seen_taps = up[0].weight[:-heard]
        weights = [up[0].weight[-heard:], *(layer.weight for layer in up[1:-1])]
        self._ups = [
            Scattering(weight, layer.bias, *ways)
            for weight, layer, ways in zip(weights, up[:-1], (short, long, long, long), strict=True)
        ]
        self._last = up[-1]

    def bordered(self, code: Tensor) -> Tensor:
        """What codes add to the first up-convolution.

        Args:
            code: ``(n, seen)``.

        Returns:
            ``(n, 4, 4, outputs)``, for the first row, the odd and the even rows between, and the last row of the
            output; columns likewise.
        """
        tiled = code[:, :, None, None].expand(-1, -1, 2, 2)  # has each kind of row once
        return nn.functional.conv_transpose2d(tiled, self._seen_taps, stride=2, padding=1).permute(0, 2, 3, 1)

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
        for layer in self._ups[1:]:
            up = layer([up, heard.pop()])
        return 2 * self._widened([up, heard.pop()]).sigmoid_() - 1

    def _widened(self, parts: list[Tensor]) -> Tensor:
        """The last up-convolution, ``(n, outputs, 2 height, 2 width)``."""
        count, height, width, _ = parts[0].shape
        taps, outputs = self._last.weight.split([part.shape[-1] for part in parts]), self._last.out_channels
        products = sum(
            tap.flatten(1).t() @ part.reshape(-1, part.shape[-1]).t() for tap, part in zip(taps, parts, strict=True)
        )
        values = products.view(outputs, 2, 2, 2, 2, count, height, width)  # outputs, then taps as (which, phase) twice
        out = values.new_zeros(outputs, count, height + 1, 2, width + 1, 2)
        for row in range(2):
            for column in range(2):
                place = out[:, :, row : row + height, :, column : column + width]
                place += values[:, row, :, column].permute(0, 3, 4, 1, 5, 2)
        whole = out.view(outputs, count, 2 * height + 2, 2 * width + 2)[..., 1:-1, 1:-1]
        return (whole + self._last.bias[:, None, None, None]).transpose(0, 1)


class _Block:
    """A block of a ResNet: two convolutions around which its input passes."""

    def __init__(self, block: BasicBlock) -> None:
        self._first, self._second = _Convolution(block.conv1), _Convolution(block.conv2)
        self._past = None if block.downsample is None else block.downsample[0]

    def __call__(self, seen: Tensor) -> Tensor:
        past = seen if self._past is None else _direct(self._past, seen)
        return self._second(self._first(seen), past)


class _Convolution:
    """A 3 x 3 convolution, shortened where that is worth it."""

    def __init__(self, layer: nn.Conv2d) -> None:
        shortened = layer.stride == (1, 1) and min(layer.in_channels, layer.out_channels) >= WORTH
        self._layer = layer
        self._short = Gathering(layer.weight, layer.bias, 1, FOUR_BY_THREE, FOUR_BY_THREE) if shortened else None

    def __call__(self, seen: Tensor, added: Tensor | None = None) -> Tensor:
        if self._short is not None:
            return self._short(seen, added)
        out = _direct(self._layer, seen)
        return (out if added is None else out.add_(added)).relu_()


def _direct(layer: nn.Conv2d, inputs: Tensor) -> Tensor:
    return layer(inputs.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


def _spread(bordered: Tensor, height: int, width: int) -> Tensor:
    """Values of the kinds of rows and columns at the rows and columns of an output twice ``height`` and ``width``."""
    rows, columns = (
        torch.tensor([0, *[1, 2] * (size - 1), 3], device=bordered.device) for size in (height, width)
    )
    return bordered[:, rows[:, None], columns]
