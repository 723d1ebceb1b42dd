"""Convolutions of this network for prediction on a processor, with fewer multiplications than their definition has.

Tensors are ``(n, height, width, channels)`` and contiguous up to cropping, so that a sum of tensors runs over long rows
and a matrix product over channels needs no copy. Work goes through in chunks that stay in the processor's cache.

A convolution with stride 2 is a sum over the even and odd rows and columns of its input, each with every other tap; a
transposed one gives the even and odd rows and columns of its output so. Both turn 4 x 4 taps into 2 x 2 with four times
the channels, which :mod:`baselines.mono2binaural.winograd` shortens.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu_, pad

from baselines.mono2binaural.products import FixedConvolution, FixedProducts
from baselines.mono2binaural.winograd import TWO_BY_TWO, Algorithm, combine, evaluated_taps, transposed

# Tiles to a chunk: enough rows for a matrix product, few enough for the cache. Products of bfloat16 want more rows.
TILES = {torch.float32: 400, torch.bfloat16: 1200}


class Gathering:
    """A convolution with padding 1, a bias and a leaky rectifier.

    Args:
        weight: ``(outputs, inputs, taps, taps)``.
        bias: ``(outputs,)``.
        stride: divides the number of taps.
        down: algorithm of the columns, for ``taps / stride`` taps.
        along: algorithm of the rows.
        slope: of the rectifier below zero; 0 cuts off.
        dtype: in which it is computed.
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor,
        stride: int,
        down: Algorithm,
        along: Algorithm,
        slope: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self._stride, self._down, self._along, self._slope, self._bias = stride, down, along, slope, bias.to(dtype)
        self._taps, taps = weight.shape[-1], weight.shape[-1] // stride
        by_phase = weight.reshape(*weight.shape[:2], taps, stride, taps, stride).permute(0, 3, 5, 1, 2, 4)
        points = evaluated_taps(by_phase, down, along)
        self._products = FixedProducts((point.reshape(len(bias), -1).to(dtype) for point in points), TILES[dtype])

    def __call__(self, inputs: Tensor, residual: Tensor | None = None) -> Tensor:
        """Convolve.

        Args:
            inputs: ``(n, height, width, inputs)``.
            residual: added before the rectifier, of the output's shape.

        Returns:
            ``(n, ⌊(height + 2 - taps) / stride⌋ + 1, …, outputs)``.
        """
        count = len(inputs)
        height, width = ((size + 2 - self._taps) // self._stride + 1 for size in inputs.shape[1:3])
        down, along = -(-height // self._down.block), -(-width // self._along.block)
        rows, columns = self._down.reach(down) * self._stride, self._along.reach(along) * self._stride
        out = inputs.new_empty(count, down, self._down.block, along, self._along.block, len(self._bias))
        whole = out.view(count, down * self._down.block, along * self._along.block, -1)[:, :height, :width]
        step = max(1, TILES[out.dtype] // (down * along))
        for first in range(0, count, step):
            part = slice(first, first + step)
            padded = pad(inputs[part], (0, 0, 1, columns - 1 - inputs.shape[2], 1, rows - 1 - inputs.shape[1]))
            self._interpolate(self._products(self._evaluate(padded, down, along)), out[part])
            finish(whole[part], self._bias, self._slope, None if residual is None else residual[part])
        return whole

    def _evaluate(self, padded: Tensor, down: int, along: int) -> Tensor:
        """Blocks of a padded input at the points, ``(points, tiles, phases x inputs)``."""
        stride, count, channels = self._stride, len(padded), padded.shape[-1]
        half = padded.new_empty(self._down.size, count, down, stride, padded.shape[2], channels)
        for phase in range(stride):
            pieces = _every(padded, 1, self._down, stride, phase, down)
            combine(transposed(self._down.coefficients), pieces, half[:, :, :, phase].unbind(0))
        points = padded.new_empty(self._along.size, self._down.size, count, down, along, stride, stride, channels)
        for phase in range(stride):
            pieces = _every(half, 4, self._along, stride, phase, along)
            out = points[..., phase, :].permute(0, 1, 2, 3, 5, 4, 6).unbind(0)
            combine(transposed(self._along.coefficients), pieces, out)
        return points.view(self._along.size * self._down.size, -1, stride * stride * channels)

    def _interpolate(self, products: list[Tensor], out: Tensor) -> None:
        """Fill blocks ``(n, tiles, block, tiles, block, outputs)`` from their values at the points."""
        size, tiles = self._down.size, (len(out), out.shape[1], out.shape[3], out.shape[5])
        half = out.new_empty(self._along.size, self._down.block, *tiles)
        for column in range(self._along.size):
            values = [product.view(tiles) for product in products[column * size : (column + 1) * size]]
            combine(transposed(self._down.points), values, half[column].unbind(0))
        combine(transposed(self._along.points), half.unbind(0), out.permute(4, 2, 0, 1, 3, 5).unbind(0))


class Scattering:
    """A transposed convolution, 4 x 4 taps, stride 2, padding 1, with a bias and a rectifier.

    Args:
        weight: ``(inputs, outputs, 4, 4)``.
        bias: ``(outputs,)``.
        down: algorithm of the columns, for two taps.
        along: algorithm of the rows.
        dtype: in which it is computed.
    """

    def __init__(
        self, weight: Tensor, bias: Tensor, down: Algorithm, along: Algorithm, dtype: torch.dtype = torch.float32
    ) -> None:
        self._down, self._along, self._outputs = down, along, len(bias)
        by_phase = weight.reshape(*weight.shape[:2], 2, 2, 2, 2).permute(3, 5, 1, 0, 2, 4)
        points = (point.reshape(4 * len(bias), -1).to(dtype) for point in evaluated_taps(by_phase, down, along))
        self._products = FixedProducts(points, TILES[dtype], self._biases(bias, dtype))

    def __call__(self, parts: Sequence[Tensor], added: Tensor | None = None) -> Tensor:
        """Convolve.

        Args:
            parts: ``(n, height, width, inputs)`` each; together they have all input channels, in this order.
            added: ``(n, 2 height, 2 width, outputs)``, added before the rectifier.

        Returns:
            ``(n, 2 height, 2 width, outputs)``.
        """
        count, height, width, _ = parts[0].shape
        down, along = -(-height // self._down.block), -(-width // self._along.block)
        out = parts[0].new_empty(count, down * self._down.block + 1, 2, along * self._along.block + 1, 2, self._outputs)
        whole = out.view(count, 2 * out.shape[1], 2 * out.shape[3], -1)[:, 1 : 2 * height + 1, 1 : 2 * width + 1]
        step = max(1, TILES[out.dtype] // (down * along))
        for first in range(0, count, step):
            chunk = slice(first, first + step)
            points = self._evaluate([part[chunk] for part in parts], down, along)
            self._interpolate(points, out[chunk])
            finish(whole[chunk], None, 0.0, None if added is None else added[chunk])
        return whole

    def _biases(self, bias: Tensor, dtype: torch.dtype) -> Iterator[Tensor]:
        """The bias at one point after another: what one more input adds that is 1 everywhere.

        Of its two taps only one is not zero, for even rows the second and for odd ones the first, so that what is
        cropped is the only place that it does not reach.
        """
        inside = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
        taps = evaluated_taps(torch.einsum("ka,lb,o->kloab", inside, inside, bias), self._down, self._along)
        ones = [combine(way.points, [torch.ones(())] * way.block) for way in (self._along, self._down)]
        for point, (second, first) in zip(taps, product(*ones), strict=True):
            yield (point * first * second).flatten().to(dtype)

    def _evaluate(self, parts: Sequence[Tensor], down: int, along: int) -> Tensor:
        """Blocks at the points, ``(points, tiles, inputs)``."""
        count, height, width, _ = parts[0].shape
        points = parts[0].new_empty(
            self._along.size, self._down.size, count, down, along, sum(part.shape[-1] for part in parts)
        )
        first = 0
        for part in parts:
            channels = part.shape[-1]
            lacking = (0, 0, 0, along * self._along.block - width, 0, down * self._down.block - height)
            padded = pad(part, lacking) if any(lacking) else part
            half = part.new_empty(self._down.size, count, down, padded.shape[2], channels)
            combine(self._down.points, steps(padded, 1, self._down.block), half.unbind(0))
            out = points[..., first : first + channels].unbind(0)
            combine(self._along.points, steps(half, 3, self._along.block), out)
            first += channels
        return points.view(self._along.size * self._down.size, -1, first)

    def _interpolate(self, points: Tensor, out: Tensor) -> None:
        """Fill ``(n, rows, 2, columns, 2, outputs)``, one row and column longer than the input, from the points."""
        columns = [self._rows(column, points, out) for column in range(self._along.size)]
        for place, values in enumerate(zip(*columns, strict=True)):
            rows = out[:, place :: self._down.block]
            _overlap_add(self._along, [value.transpose(2, 3) for value in values], rows, 3)

    def _rows(self, column: int, points: Tensor, out: Tensor) -> list[Tensor]:
        """Rows at each place of a block, ``(n, rows, tiles, 2, 2, outputs)``, of one column of the points."""
        way, (count, rows, _, columns, _, outputs) = self._down, out.shape
        tiles = (rows - 1) // way.block, (columns - 1) // self._along.block

        def product(point: int, less: Tensor | None = None) -> Tensor:
            number = column * way.size + point
            return self._products.one(number, points[number], less).view(count, *tiles, 2, 2, outputs)

        first, last = product(0), product(way.size - 1)
        if way is TWO_BY_TWO:  # one sum less, because a product is subtracted from in passing
            others = [product(1, (first + last).view(-1, 4 * outputs))]
        else:
            others = _inner(way, [first, *map(product, range(1, way.size - 1)), last])
        heads = out.new_empty(count, tiles[0] + 1, *first.shape[2:])
        _heads(first, last, heads, 1)
        return [heads, *others]


def direct(layer: nn.Module, dtype: torch.dtype, slope: float = 0.0) -> FixedConvolution:
    """Return a layer as an ordinary convolution with a leaky rectifier."""
    convolution = cast("nn.Conv2d", layer)
    stride, padding = cast("tuple[int, int]", convolution.stride), cast("tuple[int, int]", convolution.padding)
    return FixedConvolution(convolution.weight.to(dtype), bias_of(convolution), stride, padding, slope)


def bias_of(layer: nn.Conv2d | nn.ConvTranspose2d) -> Tensor:
    """Return the bias of a layer, which has one since the norms were folded."""
    return cast("Tensor", layer.bias)


def finish(out: Tensor, bias: Tensor | None, slope: float, added: Tensor | None) -> Tensor:
    """Add a bias and a tensor, where given, and rectify, in place."""
    for term in (bias, added):
        if term is not None:
            out.add_(term)
    if slope:
        return leaky_relu_(out, slope)
    ordered(out).relu_()
    return out


def ordered(values: Tensor) -> Tensor:
    """The same memory, as whole numbers if it holds bfloat16.

    Positive numbers have the order of their bits and negative ones the sign of theirs, and processors compare whole
    numbers several times faster.
    """
    return values.view(torch.int16) if values.dtype == torch.bfloat16 else values


def _every(padded: Tensor, axis: int, way: Algorithm, stride: int, phase: int, tiles: int) -> list[Tensor]:
    """The inputs of all blocks of one phase: the first of each, the second of each, and so on."""
    firsts = (stride * place + phase for place in range(way.size))
    step = stride * way.block
    return [_strided(padded.narrow(axis, first, step * (tiles - 1) + 1), axis, 0, step) for first in firsts]


def steps(tensor: Tensor, axis: int, block: int) -> list[Tensor]:
    """Return the first of each block along an axis, the second of each block, and so on."""
    return [_strided(tensor, axis, first, block) for first in range(block)]


def _strided(tensor: Tensor, axis: int, first: int, step: int) -> Tensor:
    return tensor[(slice(None),) * axis + (slice(first, None, step),)]


def _overlap_add(way: Algorithm, values: Sequence[Tensor], out: Tensor, axis: int) -> None:
    """Interpolate blocks; the last coefficient of each falls on the first of the next.

    ``values`` have the number of blocks at ``axis``, ``out`` the length ``blocks * block + 1``.
    """
    heads, *others = steps(out, axis, way.block)
    _heads(values[0], values[-1], heads, axis)
    _inner(way, values, others)


def _heads(first: Tensor, last: Tensor, out: Tensor, axis: int) -> None:
    """Fill in first coefficients, and the last one of the last block, from values at the first and the last point."""
    blocks = first.shape[axis]
    out.select(axis, 0).copy_(first.select(axis, 0))
    out.select(axis, blocks).copy_(last.select(axis, blocks - 1))
    torch.add(first.narrow(axis, 1, blocks - 1), last.narrow(axis, 0, blocks - 1), out=out.narrow(axis, 1, blocks - 1))


def _inner(way: Algorithm, values: Sequence[Tensor], out: Sequence[Tensor] | None = None) -> list[Tensor]:
    """Coefficients that no other block shares."""
    *inner, outermost = way.coefficients
    return combine((*inner, outermost[1:-1]), values, out)
