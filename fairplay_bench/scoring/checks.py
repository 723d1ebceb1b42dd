"""Sanity rows: answers made from the target itself. They show that the harness works and are no methods."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from fairplay_bench.records import ModelCard


@dataclass(frozen=True, slots=True)
class Check:
    """A sanity row.

    Attributes:
        card: how it is shown.
        answer: makes the prediction of the target, ``(2, samples)`` to ``(2, samples)``.
    """

    card: ModelCard
    answer: Callable[[Tensor], Tensor]


def _same(target: Tensor) -> Tensor:
    return target


def _swapped(target: Tensor) -> Tensor:
    return target.flip(0)


CHECKS = {
    "target": Check(ModelCard(name="target", kind="check"), _same),
    "swapped-ears": Check(ModelCard(name="swapped-ears", kind="check"), _swapped),
}
