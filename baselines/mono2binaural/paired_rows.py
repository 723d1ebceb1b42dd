r"""A convolution that computes two rows of output at a time, for bfloat16.

It is Winograd's (:mod:`baselines.mono2binaural.winograd`) down the columns and an ordinary one along the rows. That
saves less than both dimensions would, but sums of bfloat16 take a processor as long as dozens of its products, while a
convolution adds what it is given for nothing. Of taps :math:`g` and rows :math:`x`, with
:math:`m_+ = (x_1 + x_2) (g_0 + g_1 + g_2) / 2` and :math:`m_- = (x_2 - x_1) (g_0 - g_1 + g_2) / 2`,

.. math:: y_0 = (x_0 - x_2) g_0 + (m_+ + m_-), \quad y_1 = (x_3 - x_1) g_2 + (m_+ - m_-),

four convolutions do the work of six. Tensors are ``(n, height, width, channels)``, contiguous up to cropping.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from baselines.mono2binaural.fast_layers import steps
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
        none = torch.zeros_like(bias)

        def of(taps: Tensor, bias: Tensor, slope: float) -> FixedConvolution:
            return FixedConvolution(taps.to(dtype), bias, padding=(0, 1), slope=slope)

        self._plus = of((first + second + third) / 2, bias, 1.0)
        self._minus = of((first - second + third) / 2, none, 1.0)
        self._outer = of(first, none, 0.0), of(third, none, 0.0)

    def __call__(self, inputs: Tensor, residual: Tensor | None = None) -> Tensor:
        """Convolve.

        Args:
            inputs: ``(n, height, width, inputs)``.
            residual: added before the rectifier, of the output's shape.

        Returns:
            ``(n, height, width, outputs)``.
        """
        height = inputs.shape[1]
        even, odd = steps(pad(inputs, (0, 0, 0, 0, 1, 1 + height % 2)), 1, 2)
        (zero, two), (one, three) = (even[:, :-1], even[:, 1:]), (odd[:, :-1], odd[:, 1:])
        plus, minus = self._plus(one + two), self._minus(two - one)
        out = plus.new_empty(len(plus), plus.shape[1], 2, *plus.shape[2:])
        sums = plus + minus, plus.sub_(minus)
        for row, (total, outer, ends) in enumerate(zip(sums, self._outer, (zero - two, three - one), strict=True)):
            if residual is not None:
                rows = residual[:, row::2]
                total[:, : rows.shape[1]] += rows
            out[:, :, row] = outer(ends, total)
        return out.flatten(1, 2)[:, :height]
