"""Whether a method has seen the clips it is scored on, as far as its card tells."""

from collections.abc import Iterator

from fairplay_bench.records import ClipId, TrainedOn
from fairplay_bench.results.schema import Result
from leaderboard.clip_lists import clips_in
from leaderboard.known import KnownData

_SHOWN = 3


def faults_of_training(result: Result, data: KnownData | None) -> Iterator[str]:
    """Faults of what a card says about training.

    Weights of its own for each split are the rule, so what was seen of one split counts against the test clips of that
    split alone, as long as every split scored has its own. Everything else (another split set, a split that is not
    scored, one split's weights on all splits) counts against the test clips of every split.

    Args:
        result: the result.
        data: its data set, if known; without it only what names the test subset itself can be found.

    Yields:
        A sentence a fault.
    """
    seen = [one for one in result.card.trained_on if one.dataset == result.dataset.name]
    own = {one.split for one in seen if one.split_set == result.split_set}
    by_split = own >= set(result.splits)
    for one in seen:
        belongs = by_split and one.split_set == result.split_set and one.split in result.splits
        for split in [one.split] if belongs else result.splits:
            yield from _fault(one, result, split, data)


def _fault(one: TrainedOn, result: Result, split: int, data: KnownData | None) -> Iterator[str]:
    where = f"{one.split_set} split {one.split} ({', '.join(one.subsets)})"
    if (one.split_set, one.split) == (result.split_set, split) and "test" in one.subsets and not one.clip_ids:
        yield f"trained on {where}, which has the test clips of split {split}; score it on clips it has not seen."
        return
    tested = (clip.clip_id for clip in result.clips if clip.split == split)
    test = {clip for scored in tested for clip in clips_in(scored, result.task)}
    used = _clips_seen(one, data) & test
    if used:
        some = ", ".join([*sorted(used)[:_SHOWN], *["…"] * (len(used) > _SHOWN)])
        yield (
            f"trained on {where}, which has {len(used)} of the test clips of split {split} ({some}); score it on clips "
            "it has not seen."
        )


def _clips_seen(one: TrainedOn, data: KnownData | None) -> set[ClipId]:
    if one.clip_ids:
        return set(one.clip_ids)
    return set() if data is None else data.listed(one.split_set, one.split, one.subsets)
