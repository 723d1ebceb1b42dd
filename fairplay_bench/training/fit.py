"""Training a registered method on one split of a prepared data set into a run folder."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import lightning.pytorch as pl
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning.pytorch.utilities.exceptions import SIGTERMException

from fairplay_bench.datasets.prepared import PreparedDataset, open_prepared
from fairplay_bench.errors import DatasetError, OptionError, OutputError, UnknownNameError
from fairplay_bench.jobs import Reporter
from fairplay_bench.models.windowed import checked_device
from fairplay_bench.records import DEFAULT_PROTOCOL, ClipId, Subset, TrainedOn, named_protocol
from fairplay_bench.results.environment import environment
from fairplay_bench.results.files import check_can_hold
from fairplay_bench.training.interface import Examples, Material, Start, Training
from fairplay_bench.training.keeping import CHECKPOINT, Progress, RunKeeper, WholeCheckpoints
from fairplay_bench.training.module import ExampleData, TrainingModule
from fairplay_bench.training.presets import HALVES, Half, Preset
from fairplay_bench.training.run_folder import RUN_FILE, RunDescription, read_run, write_run
from fairplay_bench.training.settings import filled, named_preset, trainable
from fairplay_bench.training.stages import stages_of, with_stages

_TERMINATED = 143  # exit status of a program that SIGTERM ended
_SEEDS = 2**32  # what NumPy's generator takes
PRECISIONS: dict[str, Any] = {"fp32": "32-true", "tf32": "32-true", "bf16": "bf16-mixed"}
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
        device: ``"cpu"`` or ``"cuda"``.
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


def train(plan: TrainingPlan, reporter: Reporter | None = None) -> RunDescription:
    """Train, and leave a run folder that ``--weights`` takes.

    Args:
        plan: what and how.
        reporter: hears how far it is; silent by default.

    Returns:
        What the run folder says of itself.

    Raises:
        OptionError: if an option or a name is wrong; said before work starts.
        DatasetError: if listed clips are missing or too few.
        OutputError: if the folder holds another run, or cannot be written.
        CheckpointError: if the checkpoint to resume from is damaged.
    """
    reporter = reporter or Reporter()
    method = trainable(plan.method)
    plan = replace(plan, settings=filled(method, plan.settings))
    preset, protocol = _checked(plan, named_preset(method, plan.preset)), named_protocol(plan.protocol)
    data = open_prepared(plan.data)
    check_can_hold(plan.out)
    split_set = data.split_set(plan.split_set, protocol)
    clips = {subset: _clips(data, split_set, plan.split, subset) for subset in ("train", "val")}
    chosen = halved(clips["train"], preset.half)
    known, checkpoint = _to_resume(plan, data.index_sha256)
    if known is not None and "steps" in known.training:
        reporter.say(f"{plan.out}: this training is finished; nothing is left to do.")
        return known
    material = Material(data, split_set, plan.split, chosen, clips["val"], preset, protocol, plan.seed)
    stages = stages_of(method, plan.settings, material)
    settings = with_stages(replace(plan, half=preset.half), stages, train, reporter)
    pl.seed_everything(plan.seed, verbose=False)
    training = method.for_training(preset, Start(preset.pretrained, plan.visual_weights, settings))
    module = TrainingModule(training, preset, protocol, compiled=plan.compiled)
    examples = training.examples(material)
    for line in examples.remarks:
        reporter.say(line)
    part = () if len(examples.clips) == len(clips["train"]) else tuple(examples.clips)
    seen = (
        *training.card.trained_on,
        TrainedOn(data.name, split_set, plan.split, ("train",), part),
        TrainedOn(data.name, split_set, plan.split, ("val",)),
    )
    card = replace(training.card, trained_on=tuple(dict.fromkeys(seen)))
    run = RunDescription(plan.method, training.described, card, _settings(plan))
    run.training.update(preset=asdict(preset), start=training.start, index_sha256=data.index_sha256)
    if known is not None:
        run.training.update({key: known.training[key] for key in _BEST if key in known.training})
    return _fit(plan, run, training, module, examples, checkpoint, reporter)


def _fit(
    plan: TrainingPlan,
    run: RunDescription,
    training: Training,
    module: TrainingModule,
    examples: Examples,
    checkpoint: Path | None,
    reporter: Reporter,
) -> RunDescription:
    def keep_best(loss: float, step: int) -> None:
        training.save(plan.out)
        run.training.update(best_loss=loss, best_step=step)
        write_run(plan.out, run)

    if plan.device.startswith("cuda"):  # torch lets convolutions round to tf32 unless it is told not to
        torch.set_float32_matmul_precision("high" if plan.precision == "tf32" else "highest")
        torch.backends.cudnn.allow_tf32 = plan.precision == "tf32"
    keeper = RunKeeper(plan.out, keep_best, begin=lambda: write_run(plan.out, run))
    loaders = ExampleData(examples, run.training["preset"]["batch"], plan.seed, plan.workers)
    with _quiet():
        trainer = _trainer(plan, run, [keeper, Progress(reporter, module)])
        try:
            trainer.fit(module, loaders, ckpt_path=checkpoint, weights_only=True)
        except SIGTERMException as stopped:
            reporter.say(f"told to stop after {trainer.global_step} steps; the same command goes on from there.")
            raise SystemExit(_TERMINATED) from stopped
        except SystemExit as left:  # how Lightning leaves after Ctrl-C
            raise KeyboardInterrupt from left
        except RuntimeError as error:
            if not (plan.compiled and _is_of_the_compiler(error)):
                raise
            reason = str(error).splitlines()[0]  # hundreds of lines of C++ may follow
            raise OptionError(f"--compile: torch.compile fails on this machine ({reason}); leave it out.") from error
    counted = trainer.strategy.all_gather(torch.tensor(module.samples)).reshape(-1).tolist()
    skipped = {examples.clips[clip]: times for clip, times in sorted(module.skipped.items())}
    run.training.update(
        steps=trainer.global_step,
        **module.spent,
        samples_by_process=counted,
        validations=keeper.validations,
        skipped=skipped,
        environment=environment(plan.device),
    )
    if trainer.is_global_zero:
        write_run(plan.out, run)
    for clip, times in skipped.items():
        reporter.say(f"{clip}: damaged, passed over {times} time(s); prepare it again.")
    return run


def _is_of_the_compiler(error: RuntimeError) -> bool:
    from torch._dynamo.exc import TorchDynamoException  # there whenever something was compiled

    return isinstance(error, TorchDynamoException)


def halved(clips: list[ClipId], half: Half) -> list[ClipId]:
    """Half of the clips in the order of their names; the first half is the larger one."""
    middle = -(-len(clips) // 2)
    return {"first": clips[:middle], "second": clips[middle:], "all": clips}[half]


def _checked(plan: TrainingPlan, preset: Preset) -> Preset:
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
    checked_device(plan.device)
    if plan.precision == "tf32" and not plan.device.startswith("cuda"):
        raise OptionError(f"--precision tf32: --device {plan.device} has no such units; give fp32 or bf16.")
    if plan.visual_weights is not None and not plan.visual_weights.is_file():
        raise OptionError(f"--visual-weights {plan.visual_weights}: no such file.")
    pretrained = preset.pretrained if plan.pretrained is None else plan.pretrained
    return replace(
        preset,
        epochs=plan.epochs or preset.epochs,
        half=plan.half or preset.half,
        pretrained=pretrained or plan.visual_weights is not None,
        crop=preset.crop if plan.crop is None else plan.crop,
        cutout=preset.cutout if plan.cutout is None else plan.cutout,
    )


def _clips(data: PreparedDataset, split_set: str, split: int, subset: Subset) -> list[ClipId]:
    listed = data.listed(split_set, split, subset)
    missing = [clip for clip in listed if clip not in data.clips]
    if missing:
        raise DatasetError(
            f"{data.folder}: {len(missing)} {subset} clips of split {split} are missing, the first {missing[0]}; "
            "prepare the data set again."
        )
    if not listed:
        raise DatasetError(f"{data.folder}: split {split} of {split_set} lists no {subset} clip.")
    return listed


def _to_resume(plan: TrainingPlan, index_sha256: str) -> tuple[RunDescription | None, Path | None]:
    """What the run folder says and the checkpoint to go on from, where there are any."""
    checkpoint, known = plan.out / CHECKPOINT, None if plan.overwrite else read_run(plan.out)
    if plan.overwrite or (known is None and not checkpoint.is_file()):
        return None, None
    if not plan.resume:
        raise OutputError(f"{plan.out}: holds a run; choose another --out, or --resume or --overwrite.")
    wanted = {**_identity(plan), "index_sha256": index_sha256}
    if known is not None and (other := [key for key in wanted if known.training.get(key) != wanted[key]]):
        raise OutputError(
            f"{plan.out}: holds a run with other settings ({', '.join(other)}); choose another --out, or --overwrite."
        )
    if not checkpoint.is_file():
        if known is not None and not known.training.keys() & set(_BEST):
            return None, None  # it ended before it had anything to keep
        raise OutputError(
            f"{plan.out}: {RUN_FILE} without {CHECKPOINT}; nothing to resume: --overwrite to start afresh."
        )
    return known, checkpoint


_BEST = ("best_loss", "best_step")
_VARIED = ("crop", "cutout")
_IDENTITY = ("model", "split_set", "split", "preset_name", "protocol", "seed", "half", "epochs", *_VARIED, "precision")


def _identity(plan: TrainingPlan) -> dict[str, Any]:
    values = asdict(plan) | {"model": plan.method, "preset_name": plan.preset}
    return {key: values[key] for key in _IDENTITY} | {"settings": _plain(plan.settings)}


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as JSON gives them back."""
    return {key: str(value) if isinstance(value, Path) else value for key, value in settings.items()}


def _settings(plan: TrainingPlan) -> dict[str, Any]:
    machine = {"device": plan.device, "devices": plan.devices, "nodes": plan.nodes, "strategy": plan.strategy}
    return {**_identity(plan), **machine, "compiled": plan.compiled, "workers": plan.workers}


def _trainer(plan: TrainingPlan, run: RunDescription, callbacks: list[Any]) -> pl.Trainer:
    preset = run.training["preset"]
    if plan.log == "tensorboard" and find_spec("tensorboard") is None:
        raise OptionError("--log tensorboard: not installed; pip install 'fairplay-bench[tensorboard]', or --log csv.")
    kinds: dict[str, type[CSVLogger | TensorBoardLogger]] = {"csv": CSVLogger, "tensorboard": TensorBoardLogger}
    machine: dict[str, Any] = {"devices": plan.devices, "num_nodes": plan.nodes, "strategy": plan.strategy}
    try:
        return pl.Trainer(
            **machine,
            accelerator="gpu" if plan.device.startswith("cuda") else plan.device,
            precision=PRECISIONS[plan.precision],
            max_epochs=preset["epochs"],
            check_val_every_n_epoch=min(preset["validate_epochs"], preset["epochs"]),
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            log_every_n_steps=10,
            logger=kinds[plan.log](plan.out, name="log", version=""),
            callbacks=callbacks,
            plugins=[WholeCheckpoints()],
            default_root_dir=plan.out,
        )
    except (MisconfigurationException, ValueError) as error:
        given = " ".join(f"--{name.removeprefix('num_')} {value}" for name, value in machine.items())
        raise OptionError(f"{given}: {str(error).splitlines()[0]}") from error


_ADVICE = (
    ".*module\\(s\\) in eval mode.*",  # networks that stay as they are while others are trained
    ".*does not have many workers.*",
    ".*GPU available but not used.*",
    ".*Experiment logs directory.*",
    ".*isinstance\\(treespec, LeafSpec\\).*",
    ".*your dataloader is not resumable.*",  # its order asks for the step
    ".*number of training batches.*smaller than the logging interval.*",
)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Lightning's advice off the screen: it is about choices made here on purpose, or about its own inside."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        for text in _ADVICE:
            warnings.filterwarnings("ignore", text)
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for known, level in zip(loggers, levels, strict=True):
                known.setLevel(level)
