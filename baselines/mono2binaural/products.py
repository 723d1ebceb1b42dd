"""Matrix products whose right factors never change, kept in the layout that the processor's kernels want."""

from collections.abc import Sequence

import torch
from torch import Tensor


class FixedProducts:
    """Products of many pairs of matrices, the right one of each known beforehand.

    oneDNN multiplies where torch has it, because its kernels use the widest units of every make of processor; MKL,
    which serves torch itself, reaches half that rate on some. Elsewhere it is the ordinary product.

    Args:
        right: ``(pairs, outputs, inputs)``, float32 or bfloat16.
        rows: usual number of rows of the left factors; others work too, perhaps slower.
    """

    def __init__(self, right: Tensor, rows: int) -> None:
        self.pairs, self.outputs, self.inputs = right.shape
        self._packed = _packed(right, rows)
        self._plain = right.transpose(1, 2).contiguous() if self._packed is None else right[:0]

    def __call__(self, left: Tensor | Sequence[Tensor]) -> list[Tensor]:
        """Multiply.

        Args:
            left: ``(rows, inputs)`` for each pair, contiguous.

        Returns:
            For each pair ``(rows, outputs)``.
        """
        if self._packed is None:
            return [one @ other for one, other in zip(left, self._plain, strict=True)]
        multiply = torch.ops.mkldnn._linear_pointwise
        return [multiply(one, other, None, "none", [], "") for one, other in zip(left, self._packed, strict=True)]


def _packed(right: Tensor, rows: int) -> list[Tensor] | None:
    names = ("_linear_pointwise", "_reorder_linear_weight")
    present: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if not present or not all(hasattr(torch.ops.mkldnn, name) for name in names):
        return None
    return [torch.ops.mkldnn._reorder_linear_weight(factor.contiguous(), rows) for factor in right]
