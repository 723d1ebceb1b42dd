"""What a method needs to be trained here: the attribute it is registered as has ``for_training``."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from torch import Tensor, nn

from fairplay_bench.records import ModelCard


@dataclass(frozen=True)
class Training:
    """A network about to be trained.

    Attributes:
        network: has the parameters, and ``loss(ears, pictures)``.
        groups: its parameters: ``"new"`` at the preset's rate, ``"pretrained"`` at the other one.
        picture_size: height and width of its pictures; None for a network that sees nothing.
        described: what ``run.json`` says of the network, so that it can be built again.
        card: the card its runs start from.
        save: writes the weights into a folder, each file whole or not at all.
        start: where the first weights came from, for the record.
    """

    network: "LossNetwork"
    groups: dict[str, list[nn.Parameter]]
    picture_size: tuple[int, int] | None
    described: dict[str, Any]
    card: ModelCard
    save: Callable[[Path], None]
    start: str


class LossNetwork(nn.Module):
    """A network that says how wrong it is."""

    def loss(self, ears: Tensor, pictures: Tensor | None) -> Tensor:
        """Loss of a batch, a scalar.

        Args:
            ears: ``(n, 2, samples)``, left first, 16 kHz, at the protocol's level.
            pictures: ``(n, 3, height, width)``, uint8; None for a network that sees nothing.
        """
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Start:
    """Where a visual branch starts.

    Attributes:
        pretrained: from weights for ImageNet rather than from chance.
        file: these weights; None asks torchvision for its own.
    """

    pretrained: bool
    file: Path | None = None


@runtime_checkable
class Trainable(Protocol):
    """A registered method that ``train`` can train."""

    def for_training(self, preset: str, start: Start) -> Training:
        """Build a fresh network from torch's global seed; a class method of the method's class."""
        ...
