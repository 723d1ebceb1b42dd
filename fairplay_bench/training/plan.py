"""What a training is asked for, and what of it makes no sense."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.models.windowed import checked_device
from fairplay_bench.records import DEFAULT_PROTOCOL
from fairplay_bench.training.presets import HALVES, Half, Preset

_SEEDS = 2**32  # what NumPy's generator takes
PRECISIONS: dict[str, Any] = {"fp32": "32-true", "tf32": "32-true", "bf16": "bf16-mixed"}  # ours, Lightning's
_COPYING = ("_spawn", "_fork", "_notebook")  # strategies that need everything to be pickled, or no thread yet
LOGS = ("csv", "tensorboard")


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is trained, on what, and how.

    Attributes:
        method: name after ``--model``.
        data: the prepared data set.
        out: the run folder.
        split_set: the protocol's by default, else the data set's own.
        split: number of the split.
        preset: name of the recipe.
        protocol: whose level rule the network is trained for.
        seed: of the weights, the segments and their order.
        half: which half of the training clips; the preset's by default.
        epochs: passes, in place of the preset's.
        pretrained: whether the visual branch starts from ImageNet; the preset's by default.
        crop: whether pictures are cropped at random; the preset's by default.
        cutout: whether squares cover a part of each picture; the preset's by default.
        visual_weights: a file of such weights.
        device: ``"cpu"``, ``"cuda"``, or one of several: ``"cuda:1"``.
        devices: processes of each node.
        nodes: how many machines.
        strategy: Lightning's name of how they work together.
        precision: ``"fp32"``, ``"tf32"`` (of NVIDIA GPUs) or ``"bf16"``.
        compiled: whether ``torch.compile`` is applied.
        workers: reading processes of each training process.
        log: ``"csv"`` or ``"tensorboard"``.
        resume: continue a run that stopped.
        overwrite: replace a run that is there.
        settings: the method's own options by name; its defaults for those that are missing.
    """

    method: str
    data: Path
    out: Path
    split_set: str | None = None
    split: int = 1
    preset: str = "paper"
    protocol: str = DEFAULT_PROTOCOL
    seed: int = 0
    half: Half | None = None
    epochs: int | None = None
    pretrained: bool | None = None
    crop: bool | None = None
    cutout: bool | None = None
    visual_weights: Path | None = None
    device: str = "cpu"
    devices: int = 1
    nodes: int = 1
    strategy: str = "auto"
    precision: str = "fp32"
    compiled: bool = False
    workers: int = 0
    log: Literal["csv", "tensorboard"] = "csv"
    resume: bool = True
    overwrite: bool = False
    settings: dict[str, Any] = field(default_factory=dict)


def asked_recipe(plan: TrainingPlan, preset: Preset) -> Preset:
    """The recipe with what the plan asks for in its place.

    Raises:
        OptionError: if an option of the plan makes no sense, or not on this machine.
    """
    for kind, name, known in (
        ("precision", plan.precision, list(PRECISIONS)),
        ("log", plan.log, list(LOGS)),
        ("half", plan.half or "all", list(HALVES)),
    ):
        if name not in known:
            raise UnknownNameError(kind, name, known)
    for option, value in (("epochs", plan.epochs), ("devices", plan.devices), ("nodes", plan.nodes)):
        if value is not None and value < 1:
            raise OptionError(f"--{option} {value}: at least one is needed.")
    if plan.workers < 0:
        raise OptionError(f"--workers {plan.workers}: give 0 or more.")
    if not 0 <= plan.seed < _SEEDS:
        raise OptionError(f"--seed {plan.seed}: give 0 to {_SEEDS - 1}.")
    if checked_device(plan.device).index is not None and (plan.devices, plan.nodes) != (1, 1):
        raise OptionError(f"--device {plan.device}: is one alone; give --device cuda with --devices or --nodes.")
    if plan.precision == "tf32" and not plan.device.startswith("cuda"):
        raise OptionError(f"--precision tf32: --device {plan.device} has no such units; give fp32 or bf16.")
    if plan.visual_weights is not None and not plan.visual_weights.is_file():
        raise OptionError(f"--visual-weights {plan.visual_weights}: no such file.")
    if plan.strategy.endswith(_COPYING):
        raise OptionError(f"--strategy {plan.strategy}: copies a process under way; give ddp, which starts new ones.")
    pretrained = preset.pretrained if plan.pretrained is None else plan.pretrained
    return replace(
        preset,
        epochs=plan.epochs or preset.epochs,
        half=plan.half or preset.half,
        pretrained=pretrained or plan.visual_weights is not None,
        crop=preset.crop if plan.crop is None else plan.crop,
        cutout=preset.cutout if plan.cutout is None else plan.cutout,
    )
