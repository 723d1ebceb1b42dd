"""The test set of separation: solo clips, one an instrument, and every pair of them as a mixture.

Two solos of a split are mixed only if both are held out there, in its validation or test subset. The ten clips of the
paper are unpublished, so a CSV names clips and instruments; ``mini`` knows its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from itertools import combinations
from pathlib import Path

from fairplay_bench.datasets.index import SplitRow
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.media.csv_tables import csv_rows
from fairplay_bench.media.files import written_whole
from fairplay_bench.records import ClipId

SEPARATION_FILE = "separation.parquet"
MOST_SOLOS = 10  # of mini in a split: 45 mixtures, as many as in the paper
_HELD_OUT = ("val", "test")
_NEEDED = ("clip_id", "instrument")
_SHOWN = 3  # clips of one kind in a message

Place = tuple[str, int]  # a split set and the number of a split


@dataclass(frozen=True, slots=True)
class Solo:
    """A clip in which one instrument plays.

    Attributes:
        clip_id: the clip.
        instrument: what plays.
        split_set: for which split set it is meant; empty for any.
        split: for which split; 0 for any.
    """

    clip_id: ClipId
    instrument: str
    split_set: str = ""
    split: int = 0


@dataclass(frozen=True, slots=True)
class Mixture:
    """Two solos to be mixed, the first by name first.

    Attributes:
        split_set: name of the split set.
        split: number of the split.
        mixture_id: name of the mixture.
        clip_a: one clip.
        instrument_a: what plays in it.
        clip_b: the other clip.
        instrument_b: what plays in that.
    """

    split_set: str
    split: int
    mixture_id: str
    clip_a: ClipId
    instrument_a: str
    clip_b: ClipId
    instrument_b: str


def read_solos(file: Path) -> list[Solo]:
    """Read a list of solos: a CSV with the columns ``clip_id`` and ``instrument``.

    With further columns ``split`` and ``split_set`` each row is for that split alone; without, a row is for every
    split that holds out all clips of the list.

    Args:
        file: the CSV.

    Returns:
        Its rows.

    Raises:
        DatasetError: if it cannot be read, lacks a column, or a row lacks a value.
    """
    solos = [_solo(row, where) for where, row in csv_rows(file, _NEEDED)]
    if len(solos) < 2:
        raise DatasetError(f"{file}: names {len(solos)} clip(s); a mixture needs two.")
    return solos


def _solo(row: Mapping[str, str | None], where: str) -> Solo:
    clip, instrument, split_set, split = (
        (row.get(column) or "").strip() for column in (*_NEEDED, "split_set", "split")
    )
    if not clip or not instrument:
        raise DatasetError(f"{where}: a clip and its instrument are needed.")
    if split and not (split.isdecimal() and int(split)):
        raise DatasetError(f"{where}: split {split!r} is no number; they are counted from 1.")
    if split_set and not split:
        raise DatasetError(f"{where}: a split set without a split; give the number of one in a column 'split'.")
    return Solo(clip, instrument, split_set, int(split or 0))


def named_mixtures(
    solos: Sequence[Solo], where: str, clips: Iterable[ClipId], rows: Sequence[SplitRow]
) -> list[Mixture]:
    """All pairs of the solos that a list names, in every split it can be used in.

    Args:
        solos: the list.
        where: where it comes from, for messages.
        clips: the clips there are.
        rows: what each split lists, the data set's own split set first.

    Returns:
        The mixtures by split set and split.

    Raises:
        DatasetError: if a clip is not there, is there twice or trains, an instrument has two clips, or a split one.
    """
    known = set(clips)
    unknown = [solo.clip_id for solo in solos if solo.clip_id not in known]
    if unknown:
        raise DatasetError(f"{where}: {_listed(unknown)} not in the data set; name clips that are.")
    held = _held_out(rows)
    own = rows[0].split_set if rows else ""
    meant: dict[Place | None, list[Solo]] = {}
    for solo in solos:
        place = (solo.split_set or own, solo.split) if solo.split else None
        meant.setdefault(place, []).append(solo)
    mixtures: list[Mixture] = []
    for place, group in meant.items():
        _check_solos(group, where)
        if place is None:
            places = _places_of(group, held, where)
        elif place in held:
            places = [place]
            _check_held_out(group, place, held[place], where)
        else:
            raise DatasetError(f"{where}: there is no split {place[1]} of {place[0]}; name one that is on disk.")
        mixtures += [mixture for one in places for mixture in pairs(group, one)]
    return sorted(mixtures, key=lambda one: (one.split_set, one.split, one.mixture_id))


def mixtures_of(file: Path) -> Callable[[Iterable[ClipId], Sequence[SplitRow]], list[Mixture]]:
    """Read a list of solos and return what makes its mixtures of the clips there are and of what each split lists.

    Raises:
        OptionError: if there is no such file.
        DatasetError: if the list cannot be read.
    """
    if not file.exists():
        raise OptionError(f"--solos {file}: no such file.")
    solos = read_solos(file)
    return lambda clips, rows: named_mixtures(solos, str(file), clips, rows)


def chosen_mixtures(solos: Iterable[Solo], rows: Iterable[SplitRow], most: int = MOST_SOLOS) -> list[Mixture]:
    """All pairs of held-out solos of every split, one solo an instrument, the first by name.

    Args:
        solos: every solo clip there is.
        rows: what each split lists.
        most: at most so many solos a split.

    Returns:
        The mixtures by split set and split; none in a split that holds out fewer than two instruments.
    """
    ordered = sorted(solos, key=lambda solo: solo.clip_id)
    mixtures = []
    for place, clips in _held_out(rows).items():
        first: dict[str, Solo] = {}
        for solo in ordered:
            if solo.clip_id in clips:
                first.setdefault(solo.instrument, solo)
        mixtures += pairs(list(first.values())[:most], place)
    return mixtures


def pairs(solos: Sequence[Solo], place: Place) -> list[Mixture]:
    """Every pair of some solos, for one split."""
    ordered = sorted(solos, key=lambda solo: solo.clip_id)
    return [
        Mixture(*place, f"{a.clip_id}+{b.clip_id}", a.clip_id, a.instrument, b.clip_id, b.instrument)
        for a, b in combinations(ordered, 2)
    ]


def write_mixtures(folder: Path, mixtures: Sequence[Mixture]) -> None:
    """Write ``separation.parquet``, whole or not at all."""
    import pandas as pd

    table = pd.DataFrame([asdict(one) for one in mixtures], columns=[field.name for field in fields(Mixture)])
    with written_whole(folder / SEPARATION_FILE) as temporary:
        table.astype({"split": "int64"}).to_parquet(temporary, index=False)


def mixtures_hash(mixtures: Iterable[Mixture]) -> str:
    r"""SHA-256, hexadecimal, of the sorted lines ``split_set,split,clip_a,clip_b``, each ended by ``\n``."""
    lines = sorted(f"{one.split_set},{one.split},{one.clip_a},{one.clip_b}\n" for one in mixtures)
    return sha256("".join(lines).encode()).hexdigest()


def _held_out(rows: Iterable[SplitRow]) -> dict[Place, set[ClipId]]:
    """Clips that each split validates or tests on and never trains on."""
    held: dict[Place, set[ClipId]] = {}
    trained: dict[Place, set[ClipId]] = {}
    for row in rows:
        place = (row.split_set, row.split)
        held.setdefault(place, set())
        (held if row.subset in _HELD_OUT else trained).setdefault(place, set()).add(row.clip_id)
    return {place: clips - trained.get(place, set()) for place, clips in sorted(held.items())}


def _check_solos(solos: Sequence[Solo], where: str) -> None:
    """Refuse what cannot be mixed: a clip or an instrument that is there twice, or one solo alone."""
    clips: set[ClipId] = set()
    first: dict[str, ClipId] = {}
    for solo in solos:
        if solo.clip_id in clips:
            raise DatasetError(f"{where}: {solo.clip_id} is there twice; name a clip once for a split.")
        clips.add(solo.clip_id)
        other = first.setdefault(solo.instrument.casefold(), solo.clip_id)
        if other != solo.clip_id:
            raise DatasetError(
                f"{where}: {other} and {solo.clip_id} are both {solo.instrument}; name one clip an instrument."
            )
    if len(solos) == 1:
        place = f"in split {solos[0].split}" if solos[0].split else "without a split"
        raise DatasetError(f"{where}: {solos[0].clip_id} is alone {place}; a mixture needs two.")


def _places_of(solos: Sequence[Solo], held: Mapping[Place, set[ClipId]], where: str) -> list[Place]:
    """Splits that hold out every one of these solos."""
    out_of_place = {place: [solo for solo in solos if solo.clip_id not in clips] for place, clips in held.items()}
    places = [place for place, wrong in out_of_place.items() if not wrong]
    if not places:
        if not held:
            raise DatasetError(f"{where}: the data set has no splits, so nothing is held out; give it splits first.")
        nearest = min(out_of_place, key=lambda place: len(out_of_place[place]))
        _check_held_out(solos, nearest, held[nearest], where)
    return places


def _check_held_out(solos: Sequence[Solo], place: Place, held: set[ClipId], where: str) -> None:
    wrong = [solo.clip_id for solo in solos if solo.clip_id not in held]
    if wrong:
        raise DatasetError(
            f"{where}: {_listed(wrong)} not in the validation or test subset of split {place[1]} of {place[0]}, which "
            "training may see; name clips that one split holds out, or give each its split in a "
            "column 'split'."
        )


def _listed(clips: Sequence[ClipId]) -> str:
    names = ", ".join(clips[:_SHOWN])
    more = f" and {len(clips) - _SHOWN} more" if len(clips) > _SHOWN else ""
    return f"{names}{more} {'is' if len(clips) == 1 else 'are'}"
