"""The task of making two ears of one: asking a method clip by clip, and scoring its answers against the recording."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.errors import BenchError, MediaError, MethodError, OptionError, PredictionError, ShapeError
from fairplay_bench.media.audio import read_sound
from fairplay_bench.models.interface import Binauralizer
from fairplay_bench.models.predictions import PredictionFolder
from fairplay_bench.models.registry import load_model
from fairplay_bench.models.rehearsal import checked_ears, rehearse, what_was_raised
from fairplay_bench.records import ClipId, Protocol
from fairplay_bench.results.schema import ClipScores
from fairplay_bench.scoring.checks import Check
from fairplay_bench.scoring.clips import clip_frames, clip_omni, mono_clip, target_ears
from fairplay_bench.scoring.pair import Scores, ears_of, fitted, score_ears
from fairplay_bench.scoring.saved import SavedPredictions, code_hash
from fairplay_bench.scoring.task import SPLIT, Run, Scope, Task

Answer = Callable[[ClipId, Tensor], Tensor]  # clip and target to a prediction


@dataclass(frozen=True, slots=True)
class _Entry:
    """One clip on its way to the workers."""

    split: int
    clip_id: ClipId
    video_id: str
    target: Path
    protocol: Protocol
    predicted: NDArray[np.float32] | None = None
    failed: str | None = None


def _rehearse(method: Any, scope: Scope, splits: Sequence[int]) -> None:
    del splits
    if not isinstance(method, PredictionFolder):
        rehearse(method, scope.data.has_ambisonics)


def _listed(scope: Scope, split: int) -> list[ClipId]:
    return scope.data.listed(scope.split_set, split, "test")


def _entries(run: Run) -> Iterator[_Entry]:
    scope = run.scope
    savers = _savers(run)
    for saver in dict.fromkeys(savers.values()):
        if len(saver):
            run.reporter.say(f"{saver.folder}: {len(saver)} predictions are there already; they are not made again.")
    for split in scope.splits:
        answer = _answer_of(run.methods[split], scope.data, scope.protocol, savers.get(split))
        for clip_id in run.listed[split]:
            yield _entry(scope.data, scope.protocol, split, clip_id, answer)


def _savers(run: Run) -> dict[int, SavedPredictions]:
    scope, card = run.scope, run.card
    plan, splits, method = scope.plan, scope.splits, run.methods[run.scope.splits[0]]
    folder = plan.save_predictions
    if folder is None or isinstance(method, Check):
        return {}
    if isinstance(method, PredictionFolder):
        raise OptionError(f"--save-predictions {folder}: the method is a folder of predictions already; leave it out.")
    if SPLIT not in folder and len(splits) > 1 and SPLIT in f"{plan.weights}{card.name}":
        raise OptionError(f"--save-predictions {folder}: put {SPLIT} into it, since the method differs by split.")
    identity = {
        "model": card.name,
        "version": card.version,
        "code_sha256": code_hash(method),
        "weights_sha256": card.weights_sha256,
        "protocol": plan.protocol,
        "index_sha256": scope.data.index_sha256,
        "split_set": scope.split_set,
    }
    folders = {split: Path(folder.replace(SPLIT, str(split))) for split in splits}
    shared = {path: SavedPredictions(path, identity, plan.overwrite) for path in dict.fromkeys(folders.values())}
    return {split: shared[path] for split, path in folders.items()}


def _answer_of(
    method: Binauralizer | Check, data: PreparedDataset, protocol: Protocol, saved: SavedPredictions | None
) -> Answer:
    """Return what predicts a clip; only a check is shown the target."""

    def answer(clip_id: ClipId, target: Tensor) -> Tensor:
        if isinstance(method, Check):
            return method.answer(target)
        if saved is not None and (kept := saved.read(clip_id)) is not None:
            return kept
        row = data.clips[clip_id]
        clip = mono_clip(clip_id, target, clip_frames(data, row), protocol, clip_omni(data, row))
        with torch.inference_mode():
            predicted = checked_ears(method.binauralize(clip), clip_id)
        if saved is not None:
            saved.write(clip_id, predicted)
        return predicted

    return answer


def _entry(data: PreparedDataset, protocol: Protocol, split: int, clip_id: ClipId, answer: Answer) -> _Entry:
    row = data.clips.get(clip_id)
    if row is None:
        return _Entry(split, clip_id, clip_id, Path(), protocol, failed="not in the prepared data set")
    entry = _Entry(split, clip_id, row.video_id, data.folder.absolute() / row.audio, protocol)
    try:
        target = target_ears(data, row)
        predicted = fitted(answer(clip_id, target), target.shape[-1])
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
            target = ears_of(read_sound(entry.target), str(entry.target))
            scores = score_ears(torch.from_numpy(entry.predicted), target, entry.protocol)
        except (MediaError, PredictionError, ShapeError) as error:
            failed = str(error)
    return ClipScores(split=entry.split, clip_id=entry.clip_id, video_id=entry.video_id, scores=scores, failed=failed)


BINAURAL = Task(
    name="binaural",
    splits=PreparedDataset.splits,
    listed=_listed,
    load=load_model,
    rehearse=_rehearse,
    entries=_entries,
    score=_score,
    metrics=lambda protocol: protocol.metrics,
    notes=lambda run: (),  # noqa: ARG005
)
