"""Whether a result lists the clips it should: those of its splits, or the mixtures of pairs of held-out clips."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from fairplay_bench.records import ClipId
from fairplay_bench.results.schema import ClipScores, Result
from leaderboard.known import KnownData

_SHOWN = 3  # names in a message
_MIXED = "+"  # between the names of two clips that are mixed


def faults_of_clips(result: Result, data: KnownData | None) -> Iterator[str]:
    """Faults of the list of clips.

    Args:
        result: the result.
        data: its data set, if known; without it clips that are missing cannot be found.

    Yields:
        A sentence a fault.
    """
    if result.limit is not None:
        yield f"only {result.limit} clips of each split were asked for; run `eval` without --limit."
    if not result.splits or result.splits != sorted(set(result.splits)):
        yield f"the splits {result.splits} are not an ascending list."
    counts = Counter((clip.split, clip.clip_id) for clip in result.clips)
    yield from some_clips("there twice", (_named(key) for key, times in counts.items() if times > 1))
    yield from some_clips("of no split claimed", (_named(key) for key in counts if key[0] not in result.splits))
    for split in result.splits:
        there = {clip_id for number, clip_id in counts if number == split}
        if not there:
            yield f"split {split} has no clip."
        if result.task == "separation":
            yield from _mixtures(there, split, result.split_set, data)
        elif data is not None and (wanted := data.listed(result.split_set, split, ["test"])):
            yield from some_clips(f"of the test clips of split {split} missing", wanted - there)
            yield from some_clips(f"no test clip of split {split}", there - wanted)
    if data is not None:
        wrong = {clip.clip_id for clip in result.clips if not _is_cut_from(clip, data.video_of)}
        yield from some_clips("said to be cut from another recording", wrong)


def clips_in(clip_id: str, task: str) -> list[ClipId]:
    """The clips of the data set that what is scored is made of: one, or the two that are mixed."""
    return clip_id.split(_MIXED) if task == "separation" else [clip_id]


def _mixtures(there: set[str], split: int, split_set: str, data: KnownData | None) -> Iterator[str]:
    """Every pair of the solo clips has to be there, and every solo held out."""
    solos = sorted({clip for mixture in there for clip in clips_in(mixture, "separation")})
    pairs = {_MIXED.join(pair) for pair in combinations(solos, 2)}
    yield from some_clips(f"of the mixtures of split {split} missing", pairs - there)
    yield from some_clips(f"no mixture of two clips of split {split}", there - pairs)
    if data is not None and (held_out := data.listed(split_set, split, ["val", "test"])):
        yield from some_clips(f"mixed in split {split} that it does not hold out", set(solos) - held_out)


def _is_cut_from(clip: ClipScores, video_of: Mapping[ClipId, str]) -> bool:
    known = video_of.get(clip.clip_id)
    return known is None or known == clip.video_id


def some_clips(what: str, names: Iterable[str]) -> Iterator[str]:
    """One sentence about any number of clips, naming the first."""
    listed = sorted(names)
    if listed:
        more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
        yield f"{len(listed)} clip(s) {what}: {', '.join(listed[:_SHOWN])}{more}."


def where(clip: ClipScores) -> str:
    """A clip and its split, in words."""
    return _named((clip.split, clip.clip_id))


def _named(key: tuple[int, ClipId]) -> str:
    return f"{key[1]} of split {key[0]}"
