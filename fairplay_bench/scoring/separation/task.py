"""The task of parting the mixture of two clips: mixing them, asking a method, scoring its answer by ``mir_eval``."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.datasets.separation import Mixture
from fairplay_bench.errors import BenchError, MediaError, MethodError, OptionError, PredictionError, ShapeError
from fairplay_bench.models.interface import Separator, card_of, condition_of
from fairplay_bench.models.registry import load_separator
from fairplay_bench.models.rehearsal import checked_sources, rehearse_separator, what_was_raised
from fairplay_bench.records import SAMPLE_RATE, ClipId, Condition
from fairplay_bench.results.schema import ClipScores
from fairplay_bench.scoring.checks import Check
from fairplay_bench.scoring.clips import clip_frames, target_ears
from fairplay_bench.scoring.metrics import SEPARATION_METRICS
from fairplay_bench.scoring.pair import Scores
from fairplay_bench.scoring.separation.quality import separation_scores
from fairplay_bench.scoring.separation.seen import mixed_clips, refuse_seen
from fairplay_bench.scoring.separation.sounds import PredictedEars, in_condition
from fairplay_bench.scoring.task import Run, Scope, Task

LENGTH_TOLERANCE = 8000  # samples, half a second: clips of FAIR-Play last 9.984 or 10.005 s
Sounds = Callable[[ClipId], Tensor]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One mixture on its way to the workers; its sounds are ``(2 sources, ears, samples)``."""

    split: int
    clip_id: str
    video_id: str
    targets: NDArray[np.float32] | None = None
    predicted: NDArray[np.float32] | None = None
    failed: str | None = None
    kept: bool = False


def _splits(data: PreparedDataset, split_set: str) -> list[int]:
    return sorted({one.split for one in data.mixtures if one.split_set == split_set})


def _listed(scope: Scope, split: int) -> list[Mixture]:
    scope.data.listed(scope.split_set, split, "test")  # refuses a split that is not on disk
    return [one for one in scope.data.mixtures if (one.split_set, one.split) == (scope.split_set, split)]


def _rehearse(method: Separator, scope: Scope, splits: Sequence[int]) -> None:
    if scope.plan.save_predictions is not None:
        raise OptionError("--save-predictions: keeps two ears of one mono; leave it out for --task separation.")
    if condition_of(method) == "predicted-binaural":
        card = card_of(method.binauralizer)  # type: ignore[attr-defined]
        mixtures = [one for split in splits for one in _listed(scope, split)]
        for place, clips in mixed_clips(mixtures).items():
            refuse_seen(card, scope.data, clips, place, "tests separation on")
    rehearse_separator(method)


def _entries(run: Run) -> Iterator[_Entry]:
    scope = run.scope
    for split in scope.splits:
        method, known = run.methods[split], dict[ClipId, Tensor]()
        recorded = _sounds_of(method, scope)

        def sounds(clip_id: ClipId, known: dict[ClipId, Tensor] = known, recorded: Sounds = recorded) -> Tensor:
            if clip_id not in known:
                known[clip_id] = recorded(clip_id)
            return known[clip_id]

        for mixture in run.listed[split]:
            yield _entry(method, scope.data, mixture, sounds)


def _condition(method: Separator | Check) -> Condition:
    return "binaural" if isinstance(method, Check) else condition_of(method)


def _sounds_of(method: Separator | Check, scope: Scope) -> Sounds:
    """Return what reads or makes the sound of a clip that is mixed for a method."""
    data, condition = scope.data, _condition(method)
    if condition == "predicted-binaural":
        return PredictedEars(method.binauralizer, data, scope.protocol).ears  # type: ignore[union-attr]

    def recorded(clip_id: ClipId) -> Tensor:
        if clip_id not in data.clips:
            raise MediaError(f"{clip_id}: not in the prepared data set.")
        return in_condition(target_ears(data, data.clips[clip_id]), condition)

    return recorded


def mixed(first: Tensor, second: Tensor, names: tuple[str, str]) -> Tensor:
    """Lay two sounds of one length beside each other, to be added up.

    Args:
        first: ``(ears, samples)``.
        second: the same; both are cut to the shorter.
        names: of the two, for the message.

    Returns:
        ``(2, ears, samples)``.

    Raises:
        ShapeError: if their lengths differ by more than half a second.
    """
    lengths = first.shape[-1], second.shape[-1]
    if abs(lengths[0] - lengths[1]) > LENGTH_TOLERANCE:
        seconds = [length / SAMPLE_RATE for length in lengths]
        raise ShapeError(
            f"{names[0]} lasts {seconds[0]:.2f} s and {names[1]} {seconds[1]:.2f} s; give two of one length to mix."
        )
    return torch.stack([sound[..., : min(lengths)] for sound in (first, second)])


def _entry(method: Separator | Check, data: PreparedDataset, mixture: Mixture, sounds: Sounds) -> _Entry:
    clips = (mixture.clip_a, mixture.clip_b)
    videos = [data.clips[clip].video_id if clip in data.clips else clip for clip in clips]
    entry = _Entry(mixture.split, mixture.mixture_id, "+".join(videos))
    try:
        targets = mixed(sounds(clips[0]), sounds(clips[1]), clips)
        predicted = _answer(method, data, targets, clips, mixture.mixture_id)
    except (MediaError, MethodError, PredictionError, ShapeError) as error:
        return replace(entry, failed=str(error))
    except BenchError:
        raise  # the options, the cache: nothing about this mixture
    except Exception as error:
        return replace(entry, failed=f"the method raised {what_was_raised(error)}")
    return replace(entry, targets=targets.numpy(), predicted=predicted.numpy())


def _answer(
    method: Separator | Check, data: PreparedDataset, targets: Tensor, clips: tuple[ClipId, ClipId], name: str
) -> Tensor:
    """What a method makes of the mixture; only a check is shown the sources."""
    if isinstance(method, Check):
        return method.answer(targets)
    mixture = targets.sum(dim=0)
    first, second = (clip_frames(data, data.clips[clip]) for clip in clips)
    with torch.inference_mode():
        return checked_sources(method.separate(mixture, SAMPLE_RATE, (first, second)), mixture.shape, name)


def _score(entry: _Entry) -> ClipScores:
    scores: Scores = {}
    failed = entry.failed
    if entry.targets is not None and entry.predicted is not None:
        try:
            scores = separation_scores(torch.from_numpy(entry.predicted), torch.from_numpy(entry.targets))
        except (PredictionError, ShapeError) as error:
            failed = str(error)
    return ClipScores(split=entry.split, clip_id=entry.clip_id, video_id=entry.video_id, scores=scores, failed=failed)


def _notes(run: Run) -> tuple[str, ...]:
    conditions = sorted({_condition(method) for method in run.methods.values()})
    return (
        f"condition: {', '.join(conditions)}",
        f"sdr, sir, sar: mir_eval {version('mir_eval')}, bss_eval_sources without permutation, mean over the two "
        "sources; each ear is scored apart and the ears are averaged; the targets are the sounds that were mixed",
        f"sdr_images: mir_eval {version('mir_eval')}, bss_eval_images of both ears together",
    )


SEPARATION = Task(
    name="separation",
    splits=_splits,
    listed=_listed,
    load=load_separator,
    rehearse=_rehearse,
    entries=_entries,
    score=_score,
    metrics=lambda _: tuple(SEPARATION_METRICS),
    notes=_notes,
)
