"""Tasks that make one sound of each clip, two ears or a first-order field: asking clip by clip, and scoring."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.errors import BenchError, MediaError, MethodError, OptionError, PredictionError, ShapeError
from fairplay_bench.models.predictions import PredictionFolder
from fairplay_bench.models.rehearsal import rehearse, what_was_raised
from fairplay_bench.records import ClipId, Protocol
from fairplay_bench.results.schema import ClipScores
from fairplay_bench.scoring.checks import Check
from fairplay_bench.scoring.clips import prepared_clip, target_ears
from fairplay_bench.scoring.pair import Scores
from fairplay_bench.scoring.saved import SavedPredictions, identity_of
from fairplay_bench.scoring.task import SPLIT, Run, Scope, Task


def nothing_refused(scope: Scope) -> None:
    """Make and judge it on all data and under all protocols."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a method makes of a clip and how that is judged. The functions are top-level: they travel to workers.

    Attributes:
        call: the method's function.
        rate: of what it makes, Hz.
        checked: an answer and its name to a tensor, or a refusal.
        file: column of the index that names the target's file.
        read: reads that file.
        fitted: the prediction and the target to a prediction of the target's form; the row says what was recorded.
        scores: prediction and target to a score for each metric.
        check: refuses data or a protocol that it cannot be made or judged with, before work starts.
    """

    call: Literal["binauralize", "ambisonize"]
    rate: int
    checked: Callable[[Any, str], Tensor]
    file: Literal["audio", "ambisonics"]
    read: Callable[[Path], Tensor]
    fitted: Callable[[Tensor, Tensor, IndexRow], Tensor]
    scores: Callable[[Tensor, Tensor, Protocol], Scores]
    check: Callable[[Scope], None] = nothing_refused


@dataclass(frozen=True, slots=True)
class _Entry:
    """One clip on its way to the workers."""

    split: int
    clip_id: ClipId
    video_id: str
    target: Path
    protocol: Protocol
    output: Output
    predicted: NDArray[np.float32] | None = None
    failed: str | None = None
    kept: bool = False


def clip_task(
    name: Literal["binaural", "ambisonics"],
    output: Output,
    load: Callable[[str, str | None, str], Any],
    metrics: Callable[[Protocol], tuple[str, ...]],
) -> Task:
    """Make a task of what a method makes of a clip.

    Args:
        name: of the task.
        output: what is made and how it is judged.
        load: finds a method by name, weights and device.
        metrics: keys of the metrics.
    """
    return Task(
        name=name,
        splits=PreparedDataset.splits,
        listed=partial(_listed, output),
        load=load,
        rehearse=partial(_rehearse, output),
        entries=partial(_entries, output),
        score=_score,
        metrics=metrics,
        notes=_no_notes,
    )


def _listed(output: Output, scope: Scope, split: int) -> list[ClipId]:
    output.check(scope)
    return scope.data.listed(scope.split_set, split, "test")


def _rehearse(output: Output, method: Any, scope: Scope, splits: Sequence[int]) -> None:
    del splits
    if not isinstance(method, PredictionFolder):
        rehearse(method, scope.data.has_ambisonics, output.call)


def _no_notes(run: Run) -> tuple[str, ...]:
    del run
    return ()


def _entries(output: Output, run: Run) -> Iterator[_Entry]:
    savers = _savers(output, run)
    for saver in dict.fromkeys(savers.values()):
        if len(saver):
            run.reporter.say(f"{saver.folder}: {len(saver)} predictions are there already; they are not made again.")
    for split in run.scope.splits:
        for clip_id in run.listed[split]:
            yield _entry(output, run, split, clip_id, savers.get(split))


def _savers(output: Output, run: Run) -> dict[int, SavedPredictions]:
    scope, card = run.scope, run.card
    plan, splits, method = scope.plan, scope.splits, run.methods[run.scope.splits[0]]
    folder = plan.save_predictions
    if folder is None or isinstance(method, Check):
        return {}
    if isinstance(method, PredictionFolder):
        raise OptionError(f"--save-predictions {folder}: the method is a folder of predictions already; leave it out.")
    if SPLIT not in folder and len(splits) > 1 and SPLIT in f"{plan.weights}{card.name}":
        raise OptionError(f"--save-predictions {folder}: put {SPLIT} into it, since the method differs by split.")
    identity = identity_of(method, card, scope)
    folders = {split: Path(folder.replace(SPLIT, str(split))) for split in splits}
    shared = {
        path: SavedPredictions(path, identity, plan.overwrite, output.rate) for path in dict.fromkeys(folders.values())
    }
    return {split: shared[path] for split, path in folders.items()}


def _predicted(
    output: Output, run: Run, split: int, row: IndexRow, target: Tensor, saved: SavedPredictions | None
) -> Tensor:
    """Prediction of a clip; only a check is shown the target."""
    method, data = run.methods[split], run.scope.data
    if isinstance(method, Check):
        return method.answer(target)
    if saved is not None and (kept := saved.read(row.clip_id)) is not None:
        return kept
    ears = target if output.file == "audio" else target_ears(data, row)
    clip = prepared_clip(data, row, ears, run.scope.protocol)
    with torch.inference_mode():
        predicted = output.checked(getattr(method, output.call)(clip), row.clip_id)
    if saved is not None:
        saved.write(row.clip_id, predicted)
    return predicted


def _entry(output: Output, run: Run, split: int, clip_id: ClipId, saved: SavedPredictions | None) -> _Entry:
    data, protocol = run.scope.data, run.scope.protocol
    row = data.clips.get(clip_id)
    if row is None:
        return _Entry(split, clip_id, clip_id, Path(), protocol, output, failed="not in the prepared data set")
    path = data.folder.absolute() / getattr(row, output.file)
    kept = saved is not None and saved.file(clip_id).is_file()
    entry = _Entry(split, clip_id, row.video_id, path, protocol, output, kept=kept)
    try:
        target = output.read(path)
        predicted = output.fitted(_predicted(output, run, split, row, target, saved), target, row)
    except (MediaError, MethodError, PredictionError, ShapeError) as error:
        return replace(entry, failed=str(error))
    except BenchError:
        raise  # the output, the options: nothing about this clip
    except Exception as error:
        return replace(entry, failed=f"the method raised {what_was_raised(error)}")
    return replace(entry, predicted=predicted.numpy())


def _score(entry: _Entry) -> ClipScores:
    scores: Scores = {}
    failed = entry.failed
    if entry.predicted is not None:
        try:
            target = entry.output.read(entry.target)
            scores = entry.output.scores(torch.from_numpy(entry.predicted), target, entry.protocol)
        except (MediaError, PredictionError, ShapeError) as error:
            failed = str(error)
    return ClipScores(split=entry.split, clip_id=entry.clip_id, video_id=entry.video_id, scores=scores, failed=failed)
