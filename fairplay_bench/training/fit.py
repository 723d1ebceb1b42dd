"""Training a registered method on one split of a prepared data set into a run folder."""

from collections import Counter
from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path

import lightning.pytorch as pl
import torch
from lightning.pytorch.utilities import rank_zero_only
from lightning.pytorch.utilities.exceptions import SIGTERMException
from torch import distributed

from fairplay_bench.datasets.prepared import PreparedDataset, open_prepared
from fairplay_bench.errors import TERMINATED, BenchError, DatasetError, OptionError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.outputs import check_can_hold
from fairplay_bench.records import ClipId, Subset, TrainedOn, named_protocol
from fairplay_bench.results.environment import environment
from fairplay_bench.training.interface import Examples, Material, Start, Training
from fairplay_bench.training.keeping import Progress, RunKeeper
from fairplay_bench.training.module import ExampleData, TrainingModule
from fairplay_bench.training.plan import TrainingPlan, asked_recipe
from fairplay_bench.training.presets import Half, Preset
from fairplay_bench.training.resuming import BEST, WEIGHTS, as_kept, check_is_whole, forget_run, to_resume
from fairplay_bench.training.run_folder import RunDescription, write_run
from fairplay_bench.training.settings import filled, named_preset, trainable
from fairplay_bench.training.stages import stages_of, with_stages
from fairplay_bench.training.trainer import quiet, trainer_of


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
        BenchError: if no validation loss was a number.
    """
    if reporter is None or vars(rank_zero_only).get("rank"):  # of several processes one speaks
        reporter = Reporter()
    method = trainable(plan.method)
    plan = replace(plan, settings=filled(method, plan.settings))
    preset, protocol = asked_recipe(plan, named_preset(method, plan.preset)), named_protocol(plan.protocol)
    data = open_prepared(plan.data)
    check_can_hold(plan.out)
    split_set = data.split_set(plan.split_set, protocol)
    clips = {subset: _clips(data, split_set, plan.split, subset) for subset in ("train", "val")}
    chosen = halved(clips["train"], preset.half)
    known, checkpoint = to_resume(plan, data.index_sha256)
    if known is not None and "steps" in known.training:
        check_is_whole(plan.out, known)
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
    run = RunDescription(plan.method, training.described, card, as_kept(plan))
    run.training.update(preset=asdict(preset), start=training.start, index_sha256=data.index_sha256)
    if known is not None:
        run.training.update({key: known.training[key] for key in BEST if key in known.training})
    return _fit(plan, preset, run, training, module, examples, checkpoint, reporter)


def _fit(
    plan: TrainingPlan,
    preset: Preset,
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

    def begin() -> None:
        if checkpoint is None:
            forget_run(plan.out)
        write_run(plan.out, run)

    keeper = RunKeeper(plan.out, keep_best, begin)
    loaders = ExampleData(examples, preset.batch, plan.seed, plan.workers)
    with quiet():
        trainer = trainer_of(plan, preset, checkpoint is not None, [keeper, Progress(reporter, module)])
        try:
            trainer.fit(module, loaders, ckpt_path=checkpoint, weights_only=True)
        except SIGTERMException as stopped:
            reporter.say(f"told to stop after {trainer.global_step} steps; the same command goes on from there.")
            raise SystemExit(TERMINATED) from stopped
        except SystemExit as left:  # how Lightning leaves after Ctrl-C
            raise KeyboardInterrupt from left
        except RuntimeError as error:
            if not (plan.compiled and _is_of_the_compiler(error)):
                raise
            reason = str(error).splitlines()[0]  # hundreds of lines of C++ may follow
            raise OptionError(f"--compile: torch.compile fails on this machine ({reason}); leave it out.") from error
    if not isfinite(keeper.best):
        raise BenchError(
            f"{plan.out}: no validation loss was a number, so that no weights were kept; look at its log/, and train "
            "with --overwrite and other data or settings."
        )
    counted, passed_over = _of_all_processes(trainer, module)
    skipped = {examples.clips[clip]: times for clip, times in sorted(passed_over.items())}
    run.training.update(
        steps=trainer.global_step,
        **module.spent,
        samples_by_process=counted,
        validations=[(step, loss if isfinite(loss) else None) for step, loss in keeper.validations],
        skipped=skipped,
        weights=sorted(file.name for file in plan.out.glob(WEIGHTS)),
        environment=environment(plan.device),
    )
    if trainer.is_global_zero:
        write_run(plan.out, run)
    for clip, times in skipped.items():
        reporter.say(f"{clip}: damaged, passed over {times} time(s); prepare it again.")
    return run


def _of_all_processes(trainer: pl.Trainer, module: TrainingModule) -> tuple[list[int], Counter[int]]:
    """Examples that each process trained on, and how often each damaged clip was passed over."""
    found = [(module.samples, module.skipped)]
    if trainer.world_size > 1:
        found *= trainer.world_size
        distributed.all_gather_object(found, found[0])
    return [samples for samples, _ in found], sum((skipped for _, skipped in found), Counter())


def _is_of_the_compiler(error: RuntimeError) -> bool:
    from torch._dynamo.exc import TorchDynamoException  # there whenever something was compiled

    return isinstance(error, TorchDynamoException)


def halved(clips: list[ClipId], half: Half) -> list[ClipId]:
    """Half of the clips in the order of their names; the first half is the larger one."""
    middle = -(-len(clips) // 2)
    return {"first": clips[:middle], "second": clips[middle:], "all": clips}[half]


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
