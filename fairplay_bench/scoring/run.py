"""Scoring a method over the test clips of several splits.

The method runs in this process, clip after clip; its predictions are scored in worker processes meanwhile.
"""

import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.datasets.prepared import PreparedDataset, open_prepared
from fairplay_bench.errors import BenchError, MediaError, MethodError, OptionError, PredictionError, ShapeError
from fairplay_bench.jobs import Reporter, executor, run_all, usable_cores
from fairplay_bench.media.audio import read_sound
from fairplay_bench.media.files import sha256_of
from fairplay_bench.models.interface import Binauralizer, card_of
from fairplay_bench.models.predictions import PredictionFolder
from fairplay_bench.models.registry import load_model
from fairplay_bench.models.rehearsal import checked_ears, rehearse, what_was_raised
from fairplay_bench.records import DEFAULT_PROTOCOL, ClipId, ModelCard, Protocol, named_protocol
from fairplay_bench.results.environment import environment, now, tool_version
from fairplay_bench.results.schema import ClipScores, DatasetRef, Result
from fairplay_bench.scoring.checks import Check
from fairplay_bench.scoring.clips import clip_frames, mono_clip, target_ears
from fairplay_bench.scoring.pair import Scores, ears_of, fitted, score_ears
from fairplay_bench.scoring.saved import SavedPredictions
from fairplay_bench.scoring.summary import summarize

Answer = Callable[[ClipId, Tensor], Tensor]  # clip and target to a prediction
Method = str | Binauralizer | Check
_SPLIT = "{split}"
SCORING_MODULES = ("fairplay_bench.scoring.run",)


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """What is scored, and how.

    Attributes:
        data: the prepared data set.
        split_set: the protocol's by default, else the data set's own.
        splits: numbers of the splits; all that are usable by default.
        protocol: name of the protocol.
        weights: trained weights, ``{split}`` allowed, for methods given by name.
        device: where the method runs, as torch says.
        jobs: worker processes that score; one a core by default.
        limit: only so many test clips of each split.
        save_predictions: a folder to keep predictions in, ``{split}`` allowed.
        overwrite: whether saved predictions of another run are replaced.
        scheduler: address of a Dask scheduler whose workers score instead; they must see the data set.
    """

    data: Path
    split_set: str | None = None
    splits: Sequence[int] | None = None
    protocol: str = DEFAULT_PROTOCOL
    weights: str | None = None
    device: str = "cpu"
    jobs: int | None = None
    limit: int | None = None
    save_predictions: str | None = None
    overwrite: bool = False
    scheduler: str | None = None


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


def evaluate(
    method: Method, data: str | os.PathLike[str], *, reporter: Reporter | None = None, **options: Any
) -> Result:
    """Score a method on the test clips of a prepared data set.

    Args:
        method: an object with ``binauralize(clip)``, or what ``--model`` takes.
        data: the prepared data set, such as ``"data/mini"``.
        reporter: hears how far it is; silent by default.
        **options: ``split_set``, ``splits``, ``protocol``, ``weights``, ``device``, ``jobs``, ``limit``,
            ``save_predictions``, ``overwrite``, ``scheduler``: see :class:`EvaluationPlan`. Here ``jobs`` is 1
            by default, since a script that starts worker processes has to be guarded by ``if __name__ == "__main__":``.

    Returns:
        The result; clips that are missing or whose prediction is bad are in ``result.failed``.

    Raises:
        OptionError: if a name, split or folder does not exist; said before work starts.
        MethodError: if the method fails its rehearsal.
    """
    return run_plan(method, EvaluationPlan(Path(data), **({"jobs": 1} | options)), reporter or Reporter())


def run_plan(method: Method, plan: EvaluationPlan, reporter: Reporter, pool: Executor | None = None) -> Result:
    """Do what :func:`evaluate` describes, with the given workers or with its own."""
    protocol = named_protocol(plan.protocol)
    data = open_prepared(plan.data)
    split_set = data.split_set(plan.split_set, protocol)
    splits = sorted(set(plan.splits)) if plan.splits is not None else data.splits(split_set)
    listed = {split: data.listed(split_set, split, "test")[: _limit(plan)] for split in splits}
    total = sum(map(len, listed.values()))
    if not total:
        raise OptionError(f"{plan.data}: no test clip is listed in splits {splits} of {split_set}; choose others.")
    methods = {split: _method_of(method, plan, split) for split in splits}
    for one in {id(one): one for one in methods.values()}.values():
        if not isinstance(one, Check | PredictionFolder):
            rehearse(one)
    card = _card(method, list(methods.values()), plan, splits)
    savers = _savers(methods[splits[0]], card, data, plan, splits, split_set)
    for saver in dict.fromkeys(savers.values()):
        if len(saver):
            reporter.say(f"{saver.folder}: {len(saver)} predictions are there already; they are not made again.")

    def entries() -> Iterator[_Entry]:
        for split in splits:
            answer = _answer_of(methods[split], data, protocol, savers.get(split))
            for clip_id in listed[split]:
                yield _entry(data, protocol, split, clip_id, answer)

    workers = plan.jobs or usable_cores()
    with nullcontext(pool) if pool else executor(plan.jobs, SCORING_MODULES, plan.scheduler) as scorers:
        work = run_all(scorers, _score, entries(), workers)
        clips = [scores for _, scores in reporter.track(work, total, "clips")]
    clips.sort(key=lambda clip: (clip.split, clip.clip_id))
    return Result(
        tool=tool_version(),
        created=now(),
        dataset=DatasetRef(name=data.name, version=data.version, index_sha256=data.index_sha256),
        split_set=split_set,
        splits=splits,
        protocol=protocol.name,
        task="binaural",
        limit=plan.limit,
        card=card,
        environment=environment(plan.device),
        metrics=summarize(clips, splits, protocol.metrics),
        clips=clips,
    )


def _limit(plan: EvaluationPlan) -> int | None:
    if plan.limit is not None and plan.limit < 1:
        raise OptionError(f"--limit {plan.limit}: at least one clip is needed.")
    return plan.limit


def _method_of(method: Method, plan: EvaluationPlan, split: int) -> Binauralizer | Check:
    if not isinstance(method, str):
        return method
    weights = None if plan.weights is None else plan.weights.replace(_SPLIT, str(split))
    return load_model(method.replace(_SPLIT, str(split)), weights, plan.device)


def _card(method: Method, loaded: Sequence[Binauralizer | Check], plan: EvaluationPlan, splits: list[int]) -> ModelCard:
    """Card of the run: the first one, what all of them were trained on, and the hash of all weights."""
    cards = [one.card if isinstance(one, Check) else card_of(one) for one in loaded]
    trained_on = tuple(dict.fromkeys(seen for card in cards for seen in card.trained_on))
    weights = list(dict.fromkeys(card.weights_sha256 for card in cards if card.weights_sha256 is not None))
    together = sha256("".join(weights).encode()).hexdigest() if len(weights) > 1 else cards[0].weights_sha256
    card = replace(cards[0], trained_on=trained_on, weights_sha256=together)
    if isinstance(method, str) and method.startswith("predictions:"):
        folder = Path(method.removeprefix("predictions:"))  # its last two names tell enough, and not whose it is
        card = replace(card, name=f"predictions:{'/'.join(folder.parts[-2:])}")
    if plan.weights is not None and card.weights_sha256 is None:
        paths = dict.fromkeys(Path(plan.weights.replace(_SPLIT, str(split))) for split in splits)
        files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
        card = replace(card, weights_sha256=sha256_of(file for file in files if file.is_file()))
    return card


def _savers(
    method: Binauralizer | Check,
    card: ModelCard,
    data: PreparedDataset,
    plan: EvaluationPlan,
    splits: list[int],
    split_set: str,
) -> dict[int, SavedPredictions]:
    folder = plan.save_predictions
    if folder is None or isinstance(method, Check):
        return {}
    if isinstance(method, PredictionFolder):
        raise OptionError(f"--save-predictions {folder}: the method is a folder of predictions already; leave it out.")
    if _SPLIT not in folder and len(splits) > 1 and _SPLIT in f"{plan.weights}{card.name}":
        raise OptionError(f"--save-predictions {folder}: put {_SPLIT} into it, since the method differs by split.")
    identity = {
        "model": card.name,
        "version": card.version,
        "code_sha256": _code_hash(method),
        "weights_sha256": card.weights_sha256,
        "protocol": plan.protocol,
        "index_sha256": data.index_sha256,
        "split_set": split_set,
    }
    folders = {split: Path(folder.replace(_SPLIT, str(split))) for split in splits}
    shared = {path: SavedPredictions(path, identity, plan.overwrite) for path in dict.fromkeys(folders.values())}
    return {split: shared[path] for split, path in folders.items()}


def _code_hash(method: Binauralizer) -> str | None:
    """Hash of the file that defines a method, so that its predictions are not taken for those of an edited one."""
    try:
        return sha256_of([Path(inspect.getfile(type(method)))])
    except (OSError, TypeError):  # typed into a notebook, or built in
        return None


def _answer_of(
    method: Binauralizer | Check, data: PreparedDataset, protocol: Protocol, saved: SavedPredictions | None
) -> Answer:
    """Return what predicts a clip; only a check is shown the target."""

    def answer(clip_id: ClipId, target: Tensor) -> Tensor:
        if isinstance(method, Check):
            return method.answer(target)
        if saved is not None and (kept := saved.read(clip_id)) is not None:
            return kept
        clip = mono_clip(clip_id, target, clip_frames(data, data.clips[clip_id]), protocol)
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
