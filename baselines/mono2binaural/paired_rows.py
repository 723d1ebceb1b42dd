r"""A convolution that computes two rows of output at a time, for bfloat16.

It is Winograd's (:mod:`baselines.mono2binaural.winograd`) down the columns and an ordinary one along the rows. That
saves less than both dimensions would, but sums of bfloat16 take a processor as long as dozens of its products, while a
convolution adds what it is given for nothing. Of taps :math:`g` and rows :math:`x`, with
:math:`m_+ = (x_1 + x_2) (g_0 + g_1 + g_2) / 2` and :math:`m_- = (x_2 - x_1) (g_0 - g_1 + g_2) / 2`,

.. math:: y_0 = (x_0 - x_2) g_0 + (m_+ + m_-), \quad y_1 = (x_3 - x_1) g_2 + (m_+ - m_-),

four convolutions do the work of six. What they are given are convolutions too, of each channel by itself: these read
bfloat16, add in float32 and write bfloat16 in one pass. What is added to the output goes half into :math:`m_+` and half
into :math:`m_-`, as sum and difference of its rows. Tensors are ``(n, height, width, channels)``, contiguous up to
cropping.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad

from baselines.mono2binaural.products import FixedConvolution


class PairedRows:
    """A 3 x 3 convolution with padding 1, a bias and a rectifier.

    Args:
        weight: ``(outputs, inputs, 3, 3)``.
        bias: ``(outputs,)``.
        dtype: in which it is computed.
    """

    def __init__(self, weight: Tensor, bias: Tensor, dtype: torch.dtype) -> None:
        first, second, third = torch.split(weight.double(), 1, dim=2)
        outputs, inputs = weight.shape[:2]

        def of(taps: Tensor, slope: float, bias: Tensor | None = None) -> FixedConvolution:
            return FixedConvolution(taps.to(dtype), bias, padding=(0, 1), slope=slope)

        self._plus, self._minus = of((first + second + third) / 2, 1.0, bias), of((first - second + third) / 2, 1.0)
        self._outer = of(first, 0.0), of(third, 0.0)
        self._sum, self._difference = _rows((1, 1), inputs, dtype), _rows((-1, 1), inputs, dtype)
        self._ends = _rows((1, 0, -1), inputs, dtype, above=1), _rows((0, 0, -1, 0, 1), inputs, dtype, above=2)
        self._halves = _rows((0.5, 0.5), outputs, dtype), _rows((0.5, -0.5), outputs, dtype)

    def __call__(self, inputs: Tensor, residual: Tensor | None = None) -> Tensor:
        """Convolve.

        Args:
            inputs: ``(n, height, width, inputs)``.
            residual: added before the rectifier, of the output's shape.

        Returns:
            ``(n, height, width, outputs)``.
        """
        height = inputs.shape[1]
        rows = _even(inputs)
        halves = (None, None) if residual is None else [half(_even(residual)) for half in self._halves]
        plus, minus = self._plus(self._sum(rows), halves[0]), self._minus(self._difference(rows), halves[1])
        out = plus.new_empty(len(plus), plus.shape[1], 2, *plus.shape[2:])
        sums = plus + minus, plus.sub_(minus)
        for row, (total, outer, ends) in enumerate(zip(sums, self._outer, self._ends, strict=True)):
            out[:, :, row] = outer(ends(rows), total)
        return out.flatten(1, 2)[:, :height]


def _rows(weights: Sequence[float], channels: int, dtype: torch.dtype, above: int = 0) -> FixedConvolution:
    """A weighted sum of rows for each pair of rows, ``above`` of them before the pair."""
    taps = torch.tensor(weights).view(1, 1, -1, 1).expand(channels, -1, -1, -1)
    return FixedConvolution(taps.to(dtype), None, (2, 1), (above, 0), slope=1.0, groups=channels)


def _even(rows: Tensor) -> Tensor:
    """With a row of zeros below where the number of rows is odd."""
    return pad(rows, (0, 0, 0, 0, 0, 1)) if rows.shape[1] % 2 else rows
