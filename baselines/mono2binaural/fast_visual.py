"""The visual branch on a processor, for prediction alone.

Channels come last. Pictures are convolved as they are, from 0 to 255: what normalises them is a part of the first
convolution. The widest stages take Winograd's method.
"""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torchvision.models.resnet import BasicBlock

from baselines.mono2binaural.fast_layers import Gathering, bias_of, direct, ordered, steps
from baselines.mono2binaural.paired_rows import PairedRows
from baselines.mono2binaural.products import FixedConvolution
from baselines.mono2binaural.visual import IMAGENET_DEVIATION, IMAGENET_MEAN, VisualNet
from baselines.mono2binaural.winograd import FOUR_BY_THREE, TWO_BY_THREE

PAIRS_WORTH, BLOCKS_WORTH = 128, 512  # input channels from which they cost less than they save
TOGETHER = 2  # pictures at the first stages, whose maps are the largest
_FRAME = 3  # places by which the first convolution looks beyond a picture


class FastVisual:
    """The visual branch.

    Args:
        network: with its norms folded into its convolutions, in float32.
        dtype: float32 or bfloat16, in which it is computed.
    """

    def __init__(self, network: VisualNet, dtype: torch.dtype) -> None:
        stem, _, _, _, *stages = network.feature_extraction
        self._stem = _Stem(cast("nn.Conv2d", stem), dtype)
        self._stages = [[_Block(block, dtype) for block in stage.children()] for stage in stages]

    def __call__(self, pictures: Tensor) -> Tensor:
        """Map ``(n, height / 32, width / 32, channels)`` of pictures ``(n, 3, height, width)``, uint8."""
        first, *others = self._stages
        seen = torch.cat([_through(first, _pooled_(self._stem(few))) for few in torch.split(pictures, TOGETHER)])
        for stage in others:
            seen = _through(stage, seen)
        return seen


class _Stem:
    """The first convolution, of pictures that are not normalised.

    Dividing by the deviation of colours is dividing the weights, subtracting their mean is a part of the bias, and the
    zeros around a normalised picture are a frame of the mean colour around one that is not. bfloat16 is multiplied by
    twos, so that three channels would leave a place empty; pairs of columns are six.
    """

    def __init__(self, layer: nn.Conv2d, dtype: torch.dtype) -> None:
        mean, deviation = 255 * torch.tensor(IMAGENET_MEAN), 255 * torch.tensor(IMAGENET_DEVIATION)
        self._outside = mean.to(dtype)
        self._columns = 2 if dtype == torch.bfloat16 else 1
        weight = (layer.weight / deviation[:, None, None]).to(dtype)
        bias = bias_of(layer) - torch.einsum("oiab,i->o", weight.float(), mean)
        whole = pad(weight, (0, self._columns - 1))
        paired = whole.view(*whole.shape[:3], -1, self._columns).permute(0, 4, 1, 2, 3).flatten(1, 2)
        self._convolution = FixedConvolution(paired, bias, (2, 2 // self._columns))

    def __call__(self, pictures: Tensor) -> Tensor:
        """Convolve ``(n, 3, height, width)``, uint8, to ``(n, ⌈height / 2⌉, ⌈width / 2⌉, outputs)``."""
        count, _, height, width = pictures.shape
        rows, columns = height + 2 * _FRAME, width + 2 * _FRAME + width % 2
        framed = self._outside.repeat(columns).expand(count, rows, -1).contiguous().view(count, rows, columns, 3)
        framed[:, _FRAME:-_FRAME, _FRAME : _FRAME + width] = pictures.permute(0, 2, 3, 1)
        return self._convolution(framed.view(count, rows, -1, 3 * self._columns))


class _Block:
    """A block of a ResNet: two convolutions around which its input passes."""

    def __init__(self, block: BasicBlock, dtype: torch.dtype) -> None:
        self._first, self._second = _shortened(block.conv1, dtype), _shortened(block.conv2, dtype)
        self._past = None if block.downsample is None else direct(block.downsample[0], dtype, slope=1.0)

    def __call__(self, seen: Tensor) -> Tensor:
        """What comes out of ``(n, height, width, channels)``, the memory of which may be overwritten."""
        past = seen if self._past is None else self._past(seen)
        return self._second(self._first(seen), past)


def _shortened(layer: nn.Conv2d, dtype: torch.dtype) -> Gathering | PairedRows | FixedConvolution:
    if layer.stride != (1, 1) or layer.in_channels < PAIRS_WORTH:
        return direct(layer, dtype)
    if dtype == torch.float32:
        return Gathering(layer.weight, bias_of(layer), 1, FOUR_BY_THREE, FOUR_BY_THREE)
    if layer.in_channels < BLOCKS_WORTH:
        return PairedRows(layer.weight, bias_of(layer), dtype)
    return Gathering(layer.weight, bias_of(layer), 1, TWO_BY_THREE, TWO_BY_THREE, dtype=dtype)


def _through(stage: list[_Block], seen: Tensor) -> Tensor:
    for block in stage:
        seen = block(seen)
    return seen


def _pooled_(values: Tensor) -> Tensor:
    """Largest of 3 x 3 places around every second one, ``(n, ⌈height / 2⌉, ⌈width / 2⌉, channels)``.

    Args:
        values: ``(n, height, width, channels)``, none negative; they are overwritten.
    """
    largest = ordered(values)
    for axis in (1, 2):
        largest, odd = steps(largest, axis, 2)
        for first in (0, 1):  # the one after, then the one before
            here = largest.narrow(axis, first, min(odd.shape[axis], largest.shape[axis] - first))
            torch.maximum(here, odd.narrow(axis, 0, here.shape[axis]), out=here)
    return largest.contiguous().view(values.dtype)
