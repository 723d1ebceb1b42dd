"""What a result must be to enter the leaderboard; every fault is named.

Each check is a function of a :class:`Candidate` that yields its faults, a sentence each.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose

from fairplay_bench.errors import BenchError
from fairplay_bench.records import PROTOCOLS
from fairplay_bench.results.schema import MetricSummary, Result, SplitSummary
from fairplay_bench.scoring.metrics import DECLARED
from fairplay_bench.scoring.summary import summarize
from fairplay_bench.scoring.task import named_task
from leaderboard.clip_lists import faults_of_clips, some_clips, where
from leaderboard.columns import column_of
from leaderboard.entries import Entry, identity
from leaderboard.known import KnownData
from leaderboard.text import number, one_line
from leaderboard.training_data import faults_of_training

_RANGE_SLACK = 1e-6  # relative: scores are computed in 32 bits


@dataclass(frozen=True, slots=True)
class Candidate:
    """A result, and what it is held against.

    Attributes:
        result: the result.
        known: the data sets that are known, by index hash.
        others: the entries on the board, the candidate's own left out.
    """

    result: Result
    known: Mapping[str, KnownData]
    others: Sequence[Entry] = ()

    @property
    def data(self) -> KnownData | None:
        """The data set it claims to be scored on, if that is known."""
        return self.known.get(self.result.dataset.index_sha256)


@dataclass(frozen=True, slots=True)
class Finding:
    """Outcome of one check.

    Attributes:
        title: what was checked.
        faults: what was found; empty if all is well.
    """

    title: str
    faults: tuple[str, ...]


def check_all(candidate: Candidate) -> list[Finding]:
    """Do every check."""
    return [Finding(title, tuple(one_line(fault) for fault in check(candidate))) for title, check in CHECKS.items()]


def faults_of(candidate: Candidate) -> list[str]:
    """Every fault of every check."""
    return [fault for finding in check_all(candidate) for fault in finding.faults]


def _protocol(candidate: Candidate) -> Iterator[str]:
    result = candidate.result
    if result.protocol not in PROTOCOLS:
        yield f"protocol {result.protocol!r} is not known; known: {', '.join(PROTOCOLS)}."
    if not result.metrics:
        yield "no metric is summarised."
    for key, summary in result.metrics.items():
        try:
            column = column_of(key)
        except BenchError as error:
            yield str(error)
            continue
        if not 1 <= summary.version <= column.version:
            yield f"{key}: version {summary.version} is later than this tool's {column.version}; update the tool."
        if summary.unit != column.unit:
            yield f"{key}: the unit is {summary.unit!r}, expected {column.unit!r}."
    if result.protocol in PROTOCOLS:
        wanted = named_task(result.task).metrics(PROTOCOLS[result.protocol])
        if set(result.metrics) != set(wanted):
            yield (
                f"protocol {result.protocol} and task {result.task} have the metrics {', '.join(wanted)}, not "
                f"{', '.join(result.metrics)}."
            )


def _data(candidate: Candidate) -> Iterator[str]:
    result, data = candidate.result, candidate.data
    digest = result.dataset.index_sha256[:12]
    if data is None:
        there = [f"{one.name} {one.index_sha256[:12]}" for one in candidate.known.values()]
        yield (
            f"index {digest} of {result.dataset.name!r} is not known (known: {', '.join(there) or 'none'}); score on a "
            "data set with a known index, or give the prepared one with --data."
        )
        return
    if (result.dataset.name, result.dataset.version) != (data.name, data.version):
        yield (
            f"index {digest} is that of {data.name} {data.version}, not of {result.dataset.name!r} "
            f"{result.dataset.version!r}."
        )
    usable = data.split_sets.get(result.split_set)
    if usable is None:
        yield f"split set {result.split_set!r} is not one of {data.name}: {', '.join(data.split_sets) or 'none'}."
        return
    for split in result.splits:
        if str(split) not in usable:
            yield f"split {split} of {result.split_set} is not known; known: {', '.join(usable)}."


def _clips(candidate: Candidate) -> Iterator[str]:
    yield from faults_of_clips(candidate.result, candidate.data)


def _scores(candidate: Candidate) -> Iterator[str]:
    result = candidate.result
    for key in result.metrics:
        if key not in DECLARED:
            continue  # named by another check
        yield from _scores_of(result, key)
    wanted = set(result.metrics)
    extra = (clip for clip in result.clips if clip.failed is None and not clip.scores.keys() <= wanted)
    yield from some_clips("with scores of other metrics", (where(clip) for clip in extra))
    both = (clip for clip in result.clips if clip.failed is not None and clip.scores)
    yield from some_clips("both failed and scored", (where(clip) for clip in both))
    yield from _undefined(candidate)


def _scores_of(result: Result, key: str) -> Iterator[str]:
    column = column_of(key)
    low, high = (
        bound + sign * _RANGE_SLACK * (1 + abs(bound)) for bound, sign in ((column.least, -1), (column.most, 1))
    )
    may_be_none = DECLARED[key].may_be_undefined
    scored = [clip for clip in result.clips if clip.failed is None]
    absent = (clip for clip in scored if key not in clip.scores)
    yield from some_clips(f"without a {key} score", map(where, absent))
    values = [(clip, clip.scores.get(key)) for clip in scored]
    if not may_be_none:
        undefined = (clip for clip, value in values if value is None and key in clip.scores)
        yield from some_clips(f"with {key} undefined, which it never is", map(where, undefined))
    outside = (clip for clip, value in values if value is not None and not low <= value <= high)
    yield from some_clips(f"with {key} outside {column.least:g} to {column.most:g}", map(where, outside))


def _undefined(candidate: Candidate) -> Iterator[str]:
    """Whether a score is undefined depends on the target, so it is the same for every method."""
    result = candidate.result
    for entry in candidate.others:
        other = entry.result
        same = (result.protocol, result.dataset.index_sha256) == (other.protocol, other.dataset.index_sha256)
        if not same or entry.retracted is not None or result.task != other.task:
            continue
        scores = {(clip.split, clip.clip_id): clip.scores for clip in other.clips if clip.failed is None}
        differ = (
            f"{where(clip)} ({key})"
            for clip in result.clips
            for key, value in (scores.get((clip.split, clip.clip_id)) or {}).items()
            if key in clip.scores and (clip.scores[key] is None) != (value is None)
        )
        yield from some_clips(f"undefined otherwise than in entry {entry.key}", differ)
        return


def _means(candidate: Candidate) -> Iterator[str]:
    result = candidate.result
    keys = [key for key in result.metrics if key in DECLARED]
    clips = [clip for clip in result.clips if clip.failed is not None or clip.scores.keys() >= set(keys)]
    if len(clips) < len(result.clips):
        return  # named by another check
    for key, found in summarize(clips, result.splits, keys).items():
        stated = result.metrics[key]
        yield from _differences(key, stated, found)


def _differences(key: str, stated: MetricSummary, found: MetricSummary) -> Iterator[str]:
    for name in ("mean", "se"):
        yield from _difference(f"{key}: the {name}", getattr(stated, name), getattr(found, name))
    if stated.splits.keys() != found.splits.keys():
        yield f"{key}: summarised for splits {', '.join(stated.splits)}, not {', '.join(found.splits)}."
        return
    for split, part in found.splits.items():
        claimed = stated.splits[split]
        for name in SplitSummary.model_fields:
            yield from _difference(f"{key}: the {name} of split {split}", getattr(claimed, name), getattr(part, name))


def _difference(what: str, stated: float | None, found: float | None) -> Iterator[str]:
    if stated is None or found is None:
        same = stated is found
    else:
        same = isclose(stated, found, rel_tol=1e-9, abs_tol=1e-12) or (
            what.endswith("the se") and isclose(stated, found, rel_tol=1e-6, abs_tol=1e-9)
        )
    if not same:
        yield f"{what} is stated as {number(stated)}, the clips' scores give {number(found)}."


def _training(candidate: Candidate) -> Iterator[str]:
    yield from faults_of_training(candidate.result, candidate.data)


def _duplicate(candidate: Candidate) -> Iterator[str]:
    card = candidate.result.card
    for entry in candidate.others:
        if entry.retracted is None and identity(entry.result) == identity(candidate.result):
            yield (
                f"{card.name!r}, version {card.version!r}, is on the board already as {entry.key}; give its card "
                "another version, or have that entry retracted."
            )


CHECKS: dict[str, Callable[[Candidate], Iterator[str]]] = {
    "protocol, metrics and units are known": _protocol,
    "data set, index and splits are known": _data,
    "every test clip of every split is there once": _clips,
    "every clip has its scores, within their range": _scores,
    "means and errors follow from the scores": _means,
    "nothing was trained on test clips": _training,
    "no entry of this method is there already": _duplicate,
}
