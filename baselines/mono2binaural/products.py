"""Matrix products whose right factors never change, kept in the layout that the processor's kernels want."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor


class FixedProducts:
    """Products of many pairs of matrices, the right one of each known beforehand.

    oneDNN multiplies where torch has it, because its kernels use the widest units of every make of processor; MKL,
    which serves torch itself, reaches half that rate on some. Elsewhere it is the ordinary product.

    Args:
        right: ``(outputs, inputs)`` for each pair, float32 or bfloat16; taken one at a time.
        rows: usual number of rows of the left factors; others work too, perhaps slower.
    """

    def __init__(self, right: Iterable[Tensor], rows: int) -> None:
        self._packed = _has_packing()
        if self._packed:
            self._right = [torch.ops.mkldnn._reorder_linear_weight(factor.contiguous(), rows) for factor in right]
        else:
            self._right = [factor.t().contiguous() for factor in right]

    def __call__(self, left: Tensor | Sequence[Tensor]) -> list[Tensor]:
        """Multiply.

        Args:
            left: ``(rows, inputs)`` for each pair, contiguous.

        Returns:
            For each pair ``(rows, outputs)``.
        """
        pairs = zip(left, self._right, strict=True)
        if not self._packed:
            return [one @ other for one, other in pairs]
        multiply = torch.ops.mkldnn._linear_pointwise
        return [multiply(one, other, None, "none", [], "") for one, other in pairs]


def _has_packing() -> bool:
    names = ("_linear_pointwise", "_reorder_linear_weight")
    present: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return present and all(hasattr(torch.ops.mkldnn, name) for name in names)
