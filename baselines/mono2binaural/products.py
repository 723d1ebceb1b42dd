"""Products and convolutions whose weights never change, kept in the layout that the processor's kernels want.

oneDNN computes them where torch has it, because its kernels use the widest units of every make of processor; MKL, which
serves torch itself, reaches half that rate on some. Elsewhere they are the ordinary ones.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import conv2d, leaky_relu_


class FixedProducts:
    """Products of many pairs of matrices, the right one of each known beforehand.

    Args:
        right: ``(outputs, inputs)`` for each pair, float32 or bfloat16; taken one at a time.
        rows: usual number of rows of the left factors; others work too, perhaps slower.
        biases: ``(outputs,)`` for each pair, added to each row of the product; None for none.
    """

    def __init__(self, right: Iterable[Tensor], rows: int, biases: Iterable[Tensor] | None = None) -> None:
        self._packed = has_packing()
        if self._packed:
            packed = [torch.ops.mkldnn._reorder_linear_weight(factor.contiguous(), rows) for factor in right]
        else:
            packed = [factor.t().contiguous() for factor in right]
        self._factors = list(zip(packed, [None] * len(packed) if biases is None else biases, strict=True))

    def __call__(self, left: Tensor | Sequence[Tensor]) -> list[Tensor]:
        """Multiply.

        Args:
            left: ``(rows, inputs)`` for each pair, contiguous.

        Returns:
            For each pair ``(rows, outputs)``.
        """
        return [self.one(number, factor) for number, factor in zip(range(len(self._factors)), left, strict=True)]

    def one(self, number: int, left: Tensor, less: Tensor | None = None) -> Tensor:
        """Multiply one pair.

        Args:
            number: of the pair.
            left: ``(rows, inputs)``, contiguous.
            less: ``(rows, outputs)``, subtracted in the same pass; None for nothing.

        Returns:
            ``(rows, outputs)``.
        """
        right, bias = self._factors[number]
        if not self._packed:
            product = left @ right if bias is None else torch.addmm(bias, left, right)
            return product if less is None else product.sub_(less)
        if less is None:
            return torch.ops.mkldnn._linear_pointwise(left, right, bias, "none", [], "")
        return torch.ops.mkldnn._linear_pointwise.binary(left, less, right, bias, "sub")


class FixedConvolution:
    """An ordinary convolution with a bias and a leaky rectifier, all in one pass over the output.

    Args:
        weight: ``(outputs, inputs / groups, taps down, taps along)``, in the type of what will be convolved.
        bias: ``(outputs,)``; None for none.
        stride: down and along.
        padding: above and below, left and right.
        slope: of the rectifier below zero; 0 cuts off, 1 changes nothing.
        groups: of channels, each convolved by itself.
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: tuple[int, int] = (1, 1),
        padding: tuple[int, int] = (0, 0),
        slope: float = 0.0,
        groups: int = 1,
    ) -> None:
        self._bias, self._stride, self._padding, self._slope, self._groups = bias, stride, padding, slope, groups
        self._packed = has_packing(weight.dtype)
        if self._packed:
            self._weight = torch.ops.mkldnn._reorder_convolution_weight(weight, *self._geometry())
        else:
            self._weight = weight.contiguous(memory_format=torch.channels_last)
            self._bias = None if bias is None else bias.to(weight.dtype)

    def __call__(self, inputs: Tensor, residual: Tensor | None = None) -> Tensor:
        """Convolve.

        Args:
            inputs: ``(n, height, width, inputs)``.
            residual: added before the rectifier, of the output's shape, which may take its memory.

        Returns:
            ``(n, …, …, outputs)``.
        """
        planes = inputs.permute(0, 3, 1, 2)
        if not self._packed:
            out = conv2d(planes, self._weight, self._bias, self._stride, self._padding, groups=self._groups)
            out = out.permute(0, 2, 3, 1)
            return self._rectified_(out if residual is None else out.add_(residual))
        if residual is None:
            return self._by_onednn(planes).permute(0, 2, 3, 1)
        out = self._added_by_onednn(planes, residual.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return self._rectified_(out) if self._slope else out

    def _by_onednn(self, planes: Tensor) -> Tensor:
        given = self._weight, self._bias, *self._geometry()
        after = ("none", []) if self._slope == 1 else ("leaky_relu", [self._slope])
        return torch.ops.mkldnn._convolution_pointwise(planes, *given, *after, "")

    def _added_by_onednn(self, planes: Tensor, added: Tensor) -> Tensor:
        """Beside a sum torch lets oneDNN do a plain rectifier alone, and take a bias of the weight's type alone."""
        bias = None if self._bias is None else self._bias.to(planes.dtype)
        given = self._weight, bias, *self._geometry(), "add", 1.0
        after = None if self._slope else "relu"
        return torch.ops.mkldnn._convolution_pointwise_.binary(added, planes, *given, after, [], "")

    def _rectified_(self, out: Tensor) -> Tensor:
        return out if self._slope == 1 else leaky_relu_(out, self._slope)

    def _geometry(self) -> tuple[list[int], list[int], list[int], int]:
        """Padding, stride, dilation and groups."""
        return list(self._padding), list(self._stride), [1, 1], self._groups


def has_packing(dtype: torch.dtype = torch.float32) -> bool:
    """Say whether oneDNN is there, and convolves this type on this processor."""
    names = ("_linear_pointwise", "_reorder_linear_weight", "_convolution_pointwise", "_reorder_convolution_weight")
    present: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    usable = present and all(hasattr(torch.ops.mkldnn, name) for name in names)
    return usable and (dtype != torch.bfloat16 or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()))
