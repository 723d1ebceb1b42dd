r"""Convolutions with fewer multiplications, by Winograd's method [1], written as sums of tensors and matrix products.

A row of :math:`m` outputs of a filter of :math:`r` taps is a product of polynomials. Their product has
:math:`n = m + r - 1` coefficients, so its values at :math:`n` points determine it, and a value of the product is the
product of two values: :math:`n` multiplications instead of :math:`m r`. With the points
:math:`0, \pm 1, \ldots, \infty` (the value at infinity is the leading coefficient) this gives

.. math:: y = C \, [(G g) \odot (E x)]

where :math:`E` and :math:`G` evaluate inputs :math:`x` and taps :math:`g` at the points and :math:`C` interpolates.
That is how a convolution *scatters*: :math:`m` inputs reach :math:`n` outputs, those of neighbouring blocks overlap and
are added. Transposed, it is how one *gathers*, :math:`m` outputs from :math:`n` inputs, in blocks that overlap:

.. math:: y = E^T \, [(G g) \odot (C^T x)]

In two dimensions the matrices are applied down the columns and along the rows. Over many channels the product in
brackets becomes one matrix product for each of the :math:`n^2` points. The other matrices are sparse and hold small
numbers; each is kept as a product of sparser ones, which share what neighbouring rows have in common.

The factors are scaled so that fractions fall on the taps, which are transformed once.

References:
    [1] Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A convolution of blocks in one dimension.

    Attributes:
        block: inputs of a block that scatters, outputs of one that gathers.
        taps: ``G``, points by taps.
        points: ``E``, points by ``block``, as factors from right to left.
        coefficients: ``C``, ``block + taps - 1`` by points, as factors from right to left.
    """

    block: int
    taps: Matrix
    points: tuple[Matrix, ...]
    coefficients: tuple[Matrix, ...]

    @property
    def size(self) -> int:
        """Number of points, and of the coefficients of a product."""
        return len(self.taps)

    def reach(self, blocks: int) -> int:
        """Inputs that so many blocks gather from."""
        return blocks * self.block + self.size - self.block


# Four outputs of three taps; points 0, 1, -1, 2, -2, infinity, as in [1].
FOUR_BY_THREE = Algorithm(
    block=4,
    taps=(
        (1 / 4, 0, 0),
        (-1 / 6, -1 / 6, -1 / 6),
        (-1 / 6, 1 / 6, -1 / 6),
        (1 / 24, 1 / 12, 1 / 6),
        (1 / 24, -1 / 12, 1 / 6),
        (0, 0, 1),
    ),
    points=(
        (  # even and odd parts, which opposite points share
            (1, 0, 0, 0),
            (1, 0, 1, 0),
            (0, 1, 0, 1),
            (1, 0, 4, 0),
            (0, 2, 0, 8),
            (0, 0, 0, 1),
        ),
        (
            (1, 0, 0, 0, 0, 0),
            (0, 1, 1, 0, 0, 0),
            (0, 1, -1, 0, 0, 0),
            (0, 0, 0, 1, 1, 0),
            (0, 0, 0, 1, -1, 0),
            (0, 0, 0, 0, 0, 1),
        ),
    ),
    coefficients=(
        (
            (1, 0, 0, 0, 0, 0),
            (0, 1, 1, 0, 0, 0),
            (0, 1, -1, 0, 0, 0),
            (0, 0, 0, 1, 1, 0),
            (0, 0, 0, 2, -2, 0),
            (0, 0, 0, 0, 0, 1),
        ),
        (
            (4, 0, 0, 0, 0, 0),
            (0, 0, -4, 0, -1, 4),
            (-5, -4, 0, -1, 0, 0),
            (0, 0, 1, 0, 1, -5),
            (1, 1, 0, 1, 0, 0),
            (0, 0, 0, 0, 0, 1),
        ),
    ),
)

# Two outputs of three taps; points 0, 1, -1, infinity.
TWO_BY_THREE = Algorithm(
    block=2,
    taps=((1, 0, 0), (1 / 2, 1 / 2, 1 / 2), (1 / 2, -1 / 2, 1 / 2), (0, 0, 1)),
    points=(((1, 0), (1, 1), (1, -1), (0, 1)),),
    coefficients=(((1, 0, 0, 0), (0, 1, -1, -1), (-1, 1, 1, 0), (0, 0, 0, 1)),),
)

# Four outputs of two taps; points 0, 1, -1, 2, infinity. The odd coefficients need each other: y1 = d - y3.
FOUR_BY_TWO = Algorithm(
    block=4,
    taps=((1, 0), (1 / 2, 1 / 2), (1 / 2, -1 / 2), (1 / 6, 1 / 3), (0, 1)),
    points=(
        ((1, 0, 0, 0), (1, 0, 1, 0), (0, 1, 0, 1), (1, 2, 4, 8), (0, 0, 0, 1)),
        ((1, 0, 0, 0, 0), (0, 1, 1, 0, 0), (0, 1, -1, 0, 0), (0, 0, 0, 1, 0), (0, 0, 0, 0, 1)),
    ),
    coefficients=(
        (
            (1, 0, 0, 0, 0),
            (0, 1, -1, 0, 0),
            (-1, 1, 1, 0, -1),
            (1 / 2, -1, -1 / 3, 1, -2),
            (0, 0, 0, 0, 1),
        ),
        ((1, 0, 0, 0, 0), (0, 1, 0, -1, 0), (0, 0, 1, 0, 0), (0, 0, 0, 1, 0), (0, 0, 0, 0, 1)),
    ),
)

# Two outputs of two taps; points 0, 1, infinity: Karatsuba's product.
TWO_BY_TWO = Algorithm(
    block=2,
    taps=((1, 0), (1, 1), (0, 1)),
    points=(((1, 0), (1, 1), (0, 1)),),
    coefficients=(((1, 0, 0), (-1, 1, -1), (0, 0, 1)),),
)


def transposed(factors: tuple[Matrix, ...]) -> tuple[Matrix, ...]:
    """Factors of the transposed matrix."""
    return tuple(tuple(zip(*factor, strict=True)) for factor in reversed(factors))


def evaluated_taps(weight: Tensor, down: Algorithm, along: Algorithm) -> Iterator[Tensor]:
    """Taps at the points, one point after another because all of them are many times the weight.

    Args:
        weight: ``(..., taps down, taps along)``.
        down: algorithm of the columns.
        along: algorithm of the rows.

    Yields:
        ``(...)`` for each point of the rows and, within, of the columns; computed in double precision, in the type of
        ``weight``.
    """
    exact = weight.double()
    for second in torch.tensor(along.taps, dtype=torch.float64):
        rows = exact @ second
        for first in torch.tensor(down.taps, dtype=torch.float64):
            yield (rows @ first).to(weight.dtype)


def combine(factors: tuple[Matrix, ...], pieces: Sequence[Tensor], out: Sequence[Tensor] | None = None) -> list[Tensor]:
    """Multiply a row of tensors by a matrix.

    Args:
        factors: the matrix as factors, the first is applied first.
        pieces: as many tensors of one shape as the first factor has columns.
        out: as many as the last one has rows, of that shape; they are filled, and share no memory with ``pieces``.

    Returns:
        ``out``; without it new tensors, save that a piece which the matrix leaves alone is that piece itself.
    """
    *inner, last = factors
    for factor in inner:
        targets = _passed_on(last, out) if out is not None and factor is inner[-1] else {}
        pieces = [_weighted_sum(row, pieces, targets.get(number)) for number, row in enumerate(factor)]
    targets = dict(enumerate(out or ()))
    return [_weighted_sum(row, pieces, targets.get(number)) for number, row in enumerate(last)]


def _passed_on(last: Matrix, out: Sequence[Tensor]) -> dict[int, Tensor]:
    """Where those results of the factor before the last belong that the last one passes on unchanged."""
    return {row.index(1): target for row, target in zip(last, out, strict=True) if sum(map(abs, row)) == max(row) == 1}


def _weighted_sum(row: Sequence[float], pieces: Sequence[Tensor], out: Tensor | None) -> Tensor:
    terms = sorted(((weight, piece) for weight, piece in zip(row, pieces, strict=True) if weight), key=_not_one)
    (weight, first), *rest = terms
    if not rest:
        return _scaled(first, weight, out)
    if weight != 1:
        first = first * weight
    (weight, second), *rest = rest
    total = torch.add(first, second, alpha=weight) if out is None else torch.add(first, second, alpha=weight, out=out)
    for weight, piece in rest:
        total.add_(piece, alpha=weight)
    return total


def _scaled(piece: Tensor, weight: float, out: Tensor | None) -> Tensor:
    if weight != 1:
        return piece * weight if out is None else torch.mul(piece, weight, out=out)
    return piece if out is None or out is piece else out.copy_(piece)


def _not_one(term: tuple[float, Tensor]) -> bool:
    return term[0] != 1
