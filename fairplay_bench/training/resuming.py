"""Whether a folder holds a training that can go on: what makes two plans the same training, and what a run kept."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from fairplay_bench.errors import OutputError
from fairplay_bench.media.files import output_problem
from fairplay_bench.training.keeping import CHECKPOINT
from fairplay_bench.training.plan import TrainingPlan
from fairplay_bench.training.run_folder import RUN_FILE, RunDescription, read_run

BEST = ("best_loss", "best_step")
WEIGHTS = "*.pth"
_IDENTITY = (
    "model",
    "split_set",
    "split",
    "preset_name",
    "protocol",
    "seed",
    "half",
    "epochs",
    "precision",
    "pretrained",
    "visual_weights",
    "crop",
    "cutout",
)


def to_resume(plan: TrainingPlan, index_sha256: str) -> tuple[RunDescription | None, Path | None]:
    """What the run folder says and the checkpoint to go on from, where there are any.

    Args:
        plan: what is to be trained.
        index_sha256: of the index of its data set.

    Raises:
        OutputError: if the folder holds another training, or one that cannot go on or should not.
    """
    checkpoint, known = plan.out / CHECKPOINT, None if plan.overwrite else read_run(plan.out)
    if plan.overwrite:
        return None, None
    if known is None:
        return _nothing(plan.out)
    if not plan.resume:
        raise OutputError(f"{plan.out}: holds a run; choose another --out, or --resume or --overwrite.")
    wanted = {**_identity(plan), "index_sha256": index_sha256}
    if known is not None and (other := [key for key in wanted if known.training.get(key) != wanted[key]]):
        raise OutputError(
            f"{plan.out}: holds a run with other settings ({', '.join(other)}); choose another --out, or --overwrite."
        )
    if not checkpoint.is_file():
        if known is not None and not known.training.keys() & set(BEST):
            return None, None  # it ended before it had anything to keep
        raise OutputError(
            f"{plan.out}: {RUN_FILE} without {CHECKPOINT}; nothing to resume: --overwrite to start afresh."
        )
    return known, checkpoint


def _identity(plan: TrainingPlan) -> dict[str, Any]:
    values = asdict(plan) | {"model": plan.method, "preset_name": plan.preset}
    return _plain({key: values[key] for key in _IDENTITY}) | {"settings": _plain(plan.settings)}


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as JSON gives them back."""
    return {key: str(value) if isinstance(value, Path) else value for key, value in settings.items()}


def _nothing(folder: Path) -> tuple[None, None]:
    """Nothing to go on from; what lies in the folder without a description is not ours to replace.

    Raises:
        OutputError: if there are weights or a checkpoint.
    """
    for file in (folder / CHECKPOINT, *sorted(folder.glob(WEIGHTS))):
        if file.exists():
            raise OutputError(f"{file}: of no known run; choose another --out, or --overwrite to replace it.")
    return None, None


def check_is_whole(folder: Path, run: RunDescription) -> None:
    """Refuse a finished run that has lost weights.

    Raises:
        OutputError: naming the first one.
    """
    for name in run.training.get("weights", ()):
        if not (folder / name).is_file():
            raise OutputError(
                f"{folder}: finished, but {name} is missing; copy it there, or --overwrite to train again."
            )


def forget_run(folder: Path) -> None:
    """Remove what another run left, so that nothing takes it for this one's.

    Raises:
        OutputError: if it cannot be removed.
    """
    for file in (folder / CHECKPOINT, *folder.glob(WEIGHTS)):
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(output_problem(file, error)) from error


def as_kept(plan: TrainingPlan) -> dict[str, Any]:
    """What a run keeps of its plan."""
    machine = {"device": plan.device, "devices": plan.devices, "nodes": plan.nodes, "strategy": plan.strategy}
    return {**_identity(plan), **machine, "compiled": plan.compiled, "workers": plan.workers}
