"""Predictions of a method as a folder of WAVs, for any subset, without scoring them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from fairplay_bench.errors import BenchError, MediaError, MethodError, OptionError, PredictionError, ShapeError
from fairplay_bench.jobs import Continued, Reporter
from fairplay_bench.models.rehearsal import what_was_raised
from fairplay_bench.records import DEFAULT_PROTOCOL, ClipId, Subset
from fairplay_bench.scoring.ambisonics import FIELD
from fairplay_bench.scoring.binaural import EARS
from fairplay_bench.scoring.clip_task import Output
from fairplay_bench.scoring.clips import prepared_clip, target_ears
from fairplay_bench.scoring.run import card_of_run, scope_of
from fairplay_bench.scoring.saved import SavedPredictions, identity_of
from fairplay_bench.scoring.task import EvaluationPlan, Scope, named_task

OUTPUTS = {"binaural": EARS, "ambisonics": FIELD}
"""What is written for each task that makes one sound of each clip."""


@dataclass(frozen=True, slots=True)
class PredictionPlan:
    """What is predicted, and where to.

    Attributes:
        method: name after ``--model``.
        data: the prepared data set.
        out: the folder of the WAVs.
        weights: trained weights.
        split_set: the protocol's by default, else the data set's own.
        split: number of the split.
        subset: which of its subsets.
        protocol: name of the protocol.
        device: where the method runs, as torch says.
        limit: only so many clips, the first by name.
        overwrite: whether predictions of another run are replaced.
        task: ``"binaural"``, or ``"ambisonics"`` on the 360° sets.
    """

    method: str
    data: Path
    out: Path
    weights: Path | None = None
    split_set: str | None = None
    split: int = 1
    subset: Subset = "test"
    protocol: str = DEFAULT_PROTOCOL
    device: str = "cpu"
    limit: int | None = None
    overwrite: bool = False
    task: str = "binaural"


def predict(plan: PredictionPlan, reporter: Reporter) -> dict[ClipId, str]:
    """Predict the clips of a subset; those that are there from an interrupted run stay.

    Args:
        plan: what and where to.
        reporter: hears how far it is.

    Returns:
        The clips that failed, with the reason.

    Raises:
        OptionError: if a name, split or folder does not exist, or the task or the data set do not allow it.
        MethodError: if the method fails its rehearsal.
        OutputError: if the folder holds predictions of something else, or cannot be written.
    """
    if plan.limit is not None and plan.limit < 1:
        raise OptionError(f"--limit {plan.limit}: at least one clip is needed.")
    task = named_task(plan.task)
    if task.name not in OUTPUTS:
        raise OptionError(
            f"--task {task.name}: makes no sound of a clip alone; score it with eval --task {task.name}, or part the "
            "sounds of two videos with separate."
        )
    output = OUTPUTS[task.name]
    weights = None if plan.weights is None else str(plan.weights)
    asked = EvaluationPlan(plan.data, plan.split_set, [plan.split], plan.protocol, weights, task=task.name)
    scope = scope_of(task, asked)
    output.check(scope)
    listed = scope.data.listed(scope.split_set, plan.split, plan.subset)[: plan.limit]
    method = task.load(plan.method, weights, plan.device)
    task.rehearse(method, scope, [plan.split])
    card = card_of_run(plan.method, [method], asked, [plan.split])
    identity = {**identity_of(method, card, scope), "split": plan.split}
    saved = SavedPredictions(plan.out, identity, plan.overwrite, output.rate, chosen_by="--out")
    failed = {}
    there = {clip_id for clip_id in listed if saved.file(clip_id).is_file()}
    if there:
        reporter.say(f"{plan.out}: {len(there)} predictions are there already; they are not made again.")
    for clip_id in reporter.track(Continued(listed, there.__contains__), len(listed), "clips"):
        try:
            _predict_clip(output, method, scope, clip_id, saved)
        except (MediaError, MethodError, PredictionError, ShapeError) as error:
            failed[clip_id] = str(error)
        except BenchError:
            raise  # the output, the options: nothing about this clip
        except Exception as error:
            failed[clip_id] = f"the method raised {what_was_raised(error)}"
    return failed


def _predict_clip(output: Output, method: Any, scope: Scope, clip_id: ClipId, saved: SavedPredictions) -> None:
    row = scope.data.clips.get(clip_id)
    if row is None:
        raise MediaError("not in the prepared data set.")
    if saved.read(clip_id) is not None:
        return
    clip = prepared_clip(scope.data, row, target_ears(scope.data, row), scope.protocol)
    with torch.inference_mode():
        predicted = output.checked(getattr(method, output.call)(clip), clip_id)
    saved.write(clip_id, predicted)
