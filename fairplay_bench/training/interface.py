"""What a method needs to be trained here: the attribute it is registered as has ``for_training``."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from torch import Tensor, nn
from torch.utils.data import Dataset

from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.records import ClipId, ModelCard
from fairplay_bench.records import Protocol as EvaluationProtocol
from fairplay_bench.training.presets import Preset

Batch = dict[str, Any]
"""Collated examples. ``"skipped"``, ``(n, 20)``: numbers of damaged clips passed over for each, filled up with -1."""


@dataclass(frozen=True, slots=True)
class Material:
    """What examples are made of.

    Attributes:
        data: the prepared data set.
        split_set: name of the split set.
        split: number of the split.
        training: clips of the chosen half of the training subset.
        validation: clips of the validation subset.
        preset: the recipe.
        protocol: whose level rule the network is trained for.
        seed: of everything drawn.
    """

    data: PreparedDataset
    split_set: str
    split: int
    training: list[ClipId]
    validation: list[ClipId]
    preset: Preset
    protocol: EvaluationProtocol
    seed: int


class Examples(NamedTuple):
    """What a network is trained and validated on.

    Attributes:
        training: asked for by pass and number in it, ``training[epoch, number]``, and as long as a pass; what it
            gives depends on the seed and these two alone.
        validation: asked for by number; fixed.
        clips: the training clips it reads, which the card names; ``"skipped"`` counts in this list.
        remarks: what the user should know of them, a line each.
    """

    training: Dataset[Any]
    validation: Dataset[Any]
    clips: list[ClipId]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Training:
    """A network about to be trained.

    Attributes:
        network: has the parameters, and ``loss(batch, protocol)``.
        groups: its parameters by the name of their rate: ``"new"``, ``"pretrained"``, or one of the preset's others.
        examples: makes what it is trained on.
        described: what ``run.json`` says of the network, so that it can be built again.
        card: the card its runs start from; what they have seen is added to its ``trained_on``.
        save: writes the weights into a folder, each file whole or not at all.
        start: where the first weights came from, for the record.
    """

    network: "LossNetwork"
    groups: dict[str, list[nn.Parameter]]
    examples: Callable[[Material], Examples]
    described: dict[str, Any]
    card: ModelCard
    save: Callable[[Path], None]
    start: str


class LossNetwork(nn.Module, ABC):
    """A network that says how wrong it is."""

    @abstractmethod
    def loss(self, batch: Batch, protocol: EvaluationProtocol) -> Tensor:
        """Loss of a batch, a scalar.

        Args:
            batch: collated examples, on the network's device.
            protocol: its level rule is brought about here, see :func:`fairplay_bench.training.level.at_level`.
        """


@dataclass(frozen=True, slots=True)
class Setting:
    """An option of ``train`` that only one method has.

    Attributes:
        name: as in ``--name``, with hyphens.
        kind: ``str``, ``int``, ``float``, ``bool`` (becomes a pair of flags) or ``Path``.
        default: its value where it is not given.
        help: one line.
        choices: the values it can have; empty for any.
    """

    name: str
    kind: type
    default: Any
    help: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """What a training starts from.

    Attributes:
        pretrained: the visual branch starts from weights for ImageNet rather than from chance.
        file: these weights; None asks torchvision for its own.
        settings: the method's own options by name, defaults filled in.
    """

    pretrained: bool
    file: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class Trainable(Protocol):
    """A registered method that ``train`` can train.

    It may also have ``presets``, a mapping of recipes by name in place of the common ones, ``settings``, a tuple of
    :class:`Setting`, and ``stages(settings, material)``, the networks that are trained before it; see
    :mod:`fairplay_bench.training.stages`. One that takes the weights of another registered method names it in
    ``trained_as`` and is refused itself.
    """

    def for_training(self, preset: Preset, start: Start) -> Training:
        """Build a fresh network from torch's global seed; a class method of the method's class."""
        ...


def length_of(examples: Dataset[Any]) -> int:
    """How many examples there are: torch's own class of map-style data declares no length."""
    sized: Any = examples
    return len(sized)
