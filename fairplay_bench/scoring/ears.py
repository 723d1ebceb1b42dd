"""What every metric checks of its two sounds."""

from torch import Tensor

from fairplay_bench.errors import ShapeError

EARS = 2


def check_ears(predicted: Tensor, target: Tensor) -> None:
    """Refuse two sounds that cannot be compared.

    Args:
        predicted: ``(..., 2, samples)``.
        target: the same shape.

    Raises:
        ShapeError: if the shapes differ, the ear axis is not 2, or there are no samples.
    """
    if predicted.shape != target.shape:
        raise ShapeError(f"expected one shape, got predicted {tuple(predicted.shape)}, target {tuple(target.shape)}.")
    if target.ndim < 2 or target.shape[-2] != EARS or not target.shape[-1]:
        raise ShapeError(f"expected (..., 2, samples), got {tuple(target.shape)}.")


def check_two_ears(predicted: Tensor, target: Tensor) -> None:
    """Refuse what :func:`check_ears` refuses, and batches.

    Args:
        predicted: ``(2, samples)``.
        target: the same shape.

    Raises:
        ShapeError: if the shapes differ or are not ``(2, samples)``.
    """
    check_ears(predicted, target)
    if target.ndim != 2:
        raise ShapeError(f"expected (2, samples), got {tuple(target.shape)}.")
