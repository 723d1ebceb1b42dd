"""Scoring submitted sounds again and comparing every clip with what was claimed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isclose
from pathlib import Path

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import OptionError
from fairplay_bench.jobs import Reporter
from fairplay_bench.results.environment import now, tool_version
from fairplay_bench.results.schema import ClipScores, Result
from fairplay_bench.scoring.run import EvaluationPlan, run_plan
from leaderboard.columns import column_of
from leaderboard.entries import Entry, Verified, write_entry
from leaderboard.text import number, one_line

TOLERANCE = 1e-4  # relative, of every score of every clip
_ABSOLUTE = 1e-7  # of scores that are zero but for rounding


@dataclass(frozen=True, slots=True)
class Rescoring:
    """How the scores of the sounds differ from the claimed ones.

    Attributes:
        differences: a sentence for each score that differs; empty if all agree.
        largest: the largest difference of two scores, relative to the claimed one.
        clips: how many clips were scored.
    """

    differences: tuple[str, ...]
    largest: float
    clips: int


def rescore(entry: Entry, predictions: str, data: Path, reporter: Reporter, jobs: int | None = None) -> Rescoring:
    """Score predictions as the entry says and compare.

    Args:
        entry: the entry.
        predictions: folder of WAVs, ``{split}`` allowed.
        data: the prepared data set it was scored on.
        reporter: hears how far it is.
        jobs: worker processes.

    Returns:
        What differs.

    Raises:
        OptionError: if there are no such folders, the data set is another one, the task's sounds cannot be scored from
            WAVs, or a metric has a later version now.
    """
    result = entry.result
    again = RESCORING.get(result.task)
    if again is None:
        raise OptionError(f"{entry.key}: results of task {result.task} cannot be scored again from a folder of WAVs.")
    there = open_prepared(data).index_sha256
    if there != result.dataset.index_sha256:
        raise OptionError(
            f"--data {data}: its index is {there[:12]}, the entry's {result.dataset.index_sha256[:12]}; give the data "
            "set that it was scored on."
        )
    for key, summary in result.metrics.items():
        if summary.version != column_of(key).version:
            raise OptionError(
                f"{entry.key}: {key} has version {summary.version} there and {column_of(key).version} here; score it "
                "with the version of the tool that it names."
            )
    found = again(result, predictions, data, reporter, jobs)
    pairs = _pairs(result, found)
    differences = tuple(sentence for claimed, scored in pairs for sentence in _differences(claimed, scored))
    return Rescoring(differences, max((_largest(*pair) for pair in pairs), default=0.0), len(found.clips))


def _rescore_binaural(result: Result, predictions: str, data: Path, reporter: Reporter, jobs: int | None) -> Result:
    plan = EvaluationPlan(data, result.split_set, result.splits, result.protocol, jobs=jobs, limit=result.limit)
    return run_plan(f"predictions:{predictions}", plan, reporter)


Rescore = Callable[[Result, str, Path, Reporter, int | None], Result]
RESCORING: Mapping[str, Rescore] = {"binaural": _rescore_binaural}  # by task


def verified(entry: Entry, root: Path, by: str, rescoring: Rescoring) -> Entry:
    """Write into an entry that its sounds were scored again and agree."""
    mark = Verified(
        by=one_line(by),
        when=now(),
        tool=tool_version(),
        clips=rescoring.clips,
        largest_difference=rescoring.largest,
    )
    changed = entry.model_copy(update={"verified": mark})
    write_entry(root, changed)
    return changed


def _pairs(claimed: Result, scored: Result) -> list[tuple[ClipScores, ClipScores]]:
    found = {(clip.split, clip.clip_id): clip for clip in scored.clips}
    absent = "not among the test clips of the data set"
    return [
        (clip, found.get((clip.split, clip.clip_id)) or clip.model_copy(update={"scores": {}, "failed": absent}))
        for clip in claimed.clips
    ]


def _differences(claimed: ClipScores, scored: ClipScores) -> Iterator[str]:
    where = f"split {claimed.split}, {claimed.clip_id}"
    if (claimed.failed is None) != (scored.failed is None):
        said, found = (one_line(clip.failed or "scored") for clip in (claimed, scored))
        yield f"{where}: claimed: {said}; found: {found}"
        return
    for key, value in claimed.scores.items():
        again = scored.scores.get(key)
        if not _agree(value, again):
            yield f"{where}: {key} is claimed to be {number(value)}, the sound scores {number(again)}"


def _agree(claimed: float | None, scored: float | None) -> bool:
    if claimed is None or scored is None:
        return claimed is scored
    return isclose(claimed, scored, rel_tol=TOLERANCE, abs_tol=_ABSOLUTE)


def _largest(claimed: ClipScores, scored: ClipScores) -> float:
    pairs = [(value, scored.scores.get(key)) for key, value in claimed.scores.items()]
    return max(
        (abs(one - other) / max(abs(one), _ABSOLUTE) for one, other in pairs if one is not None and other is not None),
        default=0.0,
    )
