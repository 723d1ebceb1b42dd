"""Weights on disk: a run of ours, or a folder with the authors' ``visual.pth`` and ``audio.pth``.

Both hold one plain ``state_dict`` a branch under the authors' tensor names; ours has a ``run.json`` beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor, nn

from baselines.mono2binaural.network import Mono2BinauralNet, NetworkSize
from baselines.mono2binaural.visual import FULL_WIDTH
from fairplay_bench.errors import BenchError, OptionError, UnknownNameError
from fairplay_bench.media.files import sha256_of, written_whole
from fairplay_bench.records import ModelCard
from fairplay_bench.training.run_folder import RunDescription, read_run
from fairplay_bench.training.tensor_files import TensorFileError, read_tensor_file

_SHOWN = 3  # tensors of one kind in a message
_STAGES = ("feature_extraction", "features")  # what the authors call the stages of the ResNet, plain and dilated

Size = TypeVar("Size", bound=NetworkSize)


class Seeing(Protocol):
    """A network whose visual branch is a ResNet-18, or None."""

    @property
    def size(self) -> "VisualSize":
        """Its widths."""
        ...

    @property
    def visual(self) -> "Stages | None":
        """The visual branch."""
        ...


class VisualSize(Protocol):
    """Widths of a network."""

    @property
    def visual_width(self) -> int:
        """Channels of the first stage of its ResNet."""
        ...


class Stages(Protocol):
    """A visual branch."""

    @property
    def stages(self) -> nn.Sequential:
        """The stages of its ResNet in a row."""
        ...


class WeightsError(BenchError):
    """Weights cannot be read, or are of another network."""


def load_network(folder: Path, default: NetworkSize) -> tuple[Mono2BinauralNet, RunDescription | None]:
    """Load a trained network.

    Args:
        folder: a run of ours, or a folder with the published files.
        default: size of the network where the folder does not say.

    Returns:
        The network in eval mode, and what the run says of itself.

    Raises:
        OptionError: if the folder is none, a file is missing, or the run is of another method.
        WeightsError: if a file cannot be read, or holds other tensors; the message names them.
    """
    run = run_in(folder, ["visual.pth", "audio.pth"] if default.sees else ["audio.pth"])
    size = default if run is None else size_of(run.network, folder, NetworkSize)
    if size.sees != default.sees:
        kind = "with" if size.sees else "without"
        raise OptionError(f"--weights {folder}: trained {kind} a visual branch; give --model {run and run.method}.")
    network = Mono2BinauralNet(size)
    for name, branch in _branches(network).items():
        load_tensors(branch, folder / name)
    return network.eval(), run


def run_in(folder: Path, files: Sequence[str]) -> RunDescription | None:
    """Read what a folder of weights says of itself; None where it holds published files alone.

    Raises:
        OptionError: if it is no folder, naming the files it should hold, or its description is damaged.
    """
    if not folder.is_dir():
        raise OptionError(f"--weights {folder}: give the folder that holds {' and '.join(files)}.")
    return read_run(folder)


def save_network(network: Mono2BinauralNet, folder: Path) -> None:
    """Write ``audio.pth`` and, for a network that sees, ``visual.pth``; each whole or not at all.

    Raises:
        OutputError: if they cannot be written.
    """
    save_branches(_branches(network), folder)


def save_branches(branches: Mapping[str, nn.Module], folder: Path) -> None:
    """Write the tensors of each branch under its file name; each file whole or not at all.

    Raises:
        OutputError: if they cannot be written.
    """
    for name, branch in branches.items():
        state = {key: value.detach().cpu().contiguous() for key, value in branch.state_dict().items()}
        with written_whole(folder / name) as temporary:
            torch.save(state, temporary)


def load_tensors(branch: nn.Module, file: Path) -> None:
    """Fill a branch from a file of tensors.

    Raises:
        OptionError: if there is no such file.
        WeightsError: if it cannot be read or does not fit.
    """
    state = read_tensors(file)
    expected = {name: tuple(value.shape) for name, value in branch.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in state.items()}
    problems = {
        "missing": [name for name in expected if name not in found],
        "unknown": [name for name in found if name not in expected],
        "of another shape": [
            f"{name} {found[name]} for {shape}" for name, shape in expected.items() if found.get(name, shape) != shape
        ],
    }
    if any(problems.values()):
        raise WeightsError(f"{file}: weights of another network; tensors {_listed(problems)}.")
    if not all(value.isfinite().all() for value in state.values()):
        raise WeightsError(f"{file}: NaN or infinite weights; take an earlier checkpoint.")
    branch.load_state_dict(state)


def read_tensors(file: Path) -> dict[str, Tensor]:
    """Read a plain ``state_dict``; nothing but tensors is unpickled.

    Raises:
        OptionError: if there is no such file.
        WeightsError: if it holds anything else or is damaged.
    """
    if not file.is_file():
        raise OptionError(f"--weights: {file} is missing.")
    try:
        state = read_tensor_file(file)
    except TensorFileError as error:
        raise WeightsError(f"{file}: damaged, or not a file of tensors; copy or train it again.") from error
    if not isinstance(state, dict) or not all(isinstance(name, str) and _is_plain(state[name]) for name in state):
        raise WeightsError(f"{file}: not a plain state_dict of real tensors; save model.state_dict() alone.")
    return {name.removeprefix("module."): value for name, value in state.items()}  # saved out of DataParallel


def _is_plain(value: object) -> bool:
    return isinstance(value, Tensor) and value.layout == torch.strided and not value.is_complex()


def size_of(network: dict[str, Any], folder: Path, kind: type[Size]) -> Size:
    """Size of the network of a run.

    Raises:
        OptionError: if the run does not say it.
    """
    try:
        size = kind(**network)
        return replace(size, picture=(int(size.picture[0]), int(size.picture[1])))
    except (TypeError, ValueError, IndexError, UnknownNameError) as error:
        raise OptionError(f"--weights {folder}: its run.json describes no network of this method.") from error


def described(size: NetworkSize) -> dict[str, Any]:
    """Size of a network as ``run.json`` keeps it."""
    return asdict(size)


def card_of_weights(card: ModelCard, folder: Path, run: RunDescription | None) -> ModelCard:
    """Card of a method with these weights: the run's history under the method's own name."""
    files = sorted(folder.glob("*.pth"))
    trained_on = run.card.trained_on if run else ()
    version = run.card.version if run else card.version
    return replace(card, version=version, trained_on=trained_on, weights_sha256=sha256_of(files))


def load_imagenet(network: Seeing, file: Path | None) -> str:
    """Fill the visual branch with weights of a ResNet-18.

    Args:
        network: its visual branch has the width of the weights: the full one of a ResNet-18, or that of another run.
        file: a ``state_dict`` of torchvision's ResNet-18 or a ``visual.pth``, published or of a run; None asks
            torchvision for its ImageNet weights.

    Returns:
        Where the weights came from, for the record.

    Raises:
        OptionError: if there is no branch or, without a file, a narrower one, the file is missing, or torchvision
            cannot fetch its weights.
        WeightsError: if the file does not fit.
    """
    if network.visual is None or (file is None and network.size.visual_width != FULL_WIDTH):
        raise OptionError("ImageNet weights need the full visual branch; this one is trained with --no-pretrained.")
    stages = network.visual.stages
    state = _by_place(_torchvision_weights() if file is None else read_tensors(file))
    own = stages.state_dict()
    wrong = [name for name in own if name not in state or state[name].shape != own[name].shape]
    if wrong:
        raise WeightsError(
            f"{file}: not a ResNet-18 of this width; tensors {_listed({'missing or of another shape': wrong})}."
        )
    stages.load_state_dict({name: state[name] for name in own})
    return "torchvision ResNet18_Weights.IMAGENET1K_V1" if file is None else f"{file.name} {sha256_of([file])[:12]}"


def _torchvision_weights() -> dict[str, Tensor]:
    from torchvision.models import ResNet18_Weights

    try:
        state: dict[str, Tensor] = ResNet18_Weights.IMAGENET1K_V1.get_state_dict(progress=False, check_hash=True)
    except (OSError, RuntimeError) as error:
        raise OptionError(
            f"ImageNet weights cannot be fetched ({error}); give --visual-weights FILE or --no-pretrained."
        ) from error
    return state


def _by_place(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Torchvision's names, or the authors', to the places of the children in a row."""
    order = ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"]
    renamed = {}
    for name, value in state.items():
        first, _, rest = name.partition(".")
        if first in order:
            renamed[f"{order.index(first)}.{rest}"] = value
        elif first in _STAGES:
            renamed[rest] = value
    return renamed


def _branches(network: Mono2BinauralNet) -> dict[str, nn.Module]:
    seeing = {} if network.visual is None else {"visual.pth": network.visual}
    return {**seeing, "audio.pth": network.audio}


def _listed(problems: dict[str, list[str]]) -> str:
    return "; ".join(
        f"{kind}: {', '.join(names[:_SHOWN])}" + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
        for kind, names in problems.items()
        if names
    )
