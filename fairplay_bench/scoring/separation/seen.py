"""Which clips a binauralizer has learnt from, so that separation is neither trained nor tested on them."""

from collections.abc import Iterable, Mapping

from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.datasets.separation import Mixture, Place
from fairplay_bench.errors import OptionError
from fairplay_bench.records import ClipId, ModelCard

_SHOWN = 3  # clips in a message


def learnt_from(card: ModelCard, data: PreparedDataset, place: Place) -> set[ClipId]:
    """Clips of a data set that a card says were trained on, as seen from one split.

    A run chooses among its weights by the validation clips of its own split; its card names them by ``("val",)`` alone.
    They did not make the weights, so an entry of exactly these subsets and this split does not count.

    Args:
        card: of the method.
        data: the prepared data set.
        place: split set and split.

    Returns:
        The clips.
    """
    clips: set[ClipId] = set()
    for seen in card.trained_on:
        here = (seen.split_set, seen.split)
        if seen.dataset != data.name or (seen.subsets == ("val",) and here == place):
            continue
        rows = (row for row in data.split_rows if (row.split_set, row.split) == here and row.subset in seen.subsets)
        clips |= set(seen.clip_ids) or {row.clip_id for row in rows}
    return clips


def refuse_seen(card: ModelCard, data: PreparedDataset, clips: Iterable[ClipId], place: Place, use: str) -> None:
    """Refuse a binauralizer that learnt from clips of which it has to make ears.

    Args:
        card: of the binauralizer.
        data: the prepared data set.
        clips: the clips.
        place: split set and split.
        use: what is done with them there, for the message, such as ``"tests separation on"``.

    Raises:
        OptionError: naming such clips.
    """
    both = sorted(set(clips) & learnt_from(card, data, place))
    if both:
        more = f" and {len(both) - _SHOWN} more" if len(both) > _SHOWN else ""
        raise OptionError(
            f"the binauralizer {card.name} was trained on {', '.join(both[:_SHOWN])}{more}, which split {place[1]} of "
            f"{place[0]} {use}; give one trained with --half first on the same split."
        )


def mixed_clips(mixtures: Iterable[Mixture]) -> Mapping[Place, set[ClipId]]:
    """Clips that mixtures are made of, by split."""
    clips: dict[Place, set[ClipId]] = {}
    for one in mixtures:
        clips.setdefault((one.split_set, one.split), set()).update((one.clip_a, one.clip_b))
    return clips
