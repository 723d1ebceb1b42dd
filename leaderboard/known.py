"""Data sets that entries may be scored on: their index, clips, recordings and splits, a small JSON file an index.

An index hash alone tells that two results are about the same sounds; the lists tell which clips each split asks for,
which recording each was cut from, and which clips a method must not have been trained on.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.media.files import write_json
from fairplay_bench.records import SUBSETS, ClipId, Subset
from fairplay_bench.results.files import read_versioned, validated
from fairplay_bench.results.schema import Record, Sha256

KNOWN = 1  # version of the files written today
_BITS = {subset: 1 << place for place, subset in enumerate(SUBSETS)}


class KnownData(Record):
    """One prepared data set.

    Attributes:
        known: version of this format.
        name: of the data set.
        version: of the data set.
        index_sha256: its index hash.
        splits_sha256: its hash of the splits.
        clips: every clip that is prepared or listed, ascending.
        videos: the recording of each of these clips; empty where each clip is one.
        split_sets: for each split set and number of a split a digit a clip: 1 train + 2 val + 4 test, 0 for none.
    """

    known: Literal[1] = 1
    name: str
    version: str
    index_sha256: Sha256
    splits_sha256: Sha256
    clips: list[ClipId]
    videos: list[str]
    split_sets: dict[str, dict[str, str]]

    @cached_property
    def video_of(self) -> Mapping[ClipId, str]:
        """The recording of each clip."""
        return dict(zip(self.clips, self.videos or self.clips, strict=True))

    def listed(self, split_set: str, split: int, subsets: Iterable[Subset]) -> set[ClipId]:
        """Clips of some subsets of a split; none of a split that is not known."""
        digits = self.split_sets.get(split_set, {}).get(str(split), "")
        wanted = sum(_BITS[subset] for subset in set(subsets))
        return {clip for clip, digit in zip(self.clips, digits, strict=False) if int(digit) & wanted}


def known_of(data: PreparedDataset) -> KnownData:
    """Describe a prepared data set."""
    clips = sorted({*data.clips, *(row.clip_id for row in data.split_rows)})
    place = {clip: number for number, clip in enumerate(clips)}
    split_sets: dict[str, dict[str, list[int]]] = {}
    for row in data.split_rows:
        digits = split_sets.setdefault(row.split_set, {}).setdefault(str(row.split), [0] * len(clips))
        digits[place[row.clip_id]] |= _BITS[row.subset]
    videos = [data.clips[clip].video_id if clip in data.clips else clip for clip in clips]
    return KnownData(
        name=data.name,
        version=data.version,
        index_sha256=data.index_sha256,
        splits_sha256=str(data.description["splits_sha256"]),
        clips=clips,
        videos=[] if videos == clips else videos,
        split_sets={
            name: {split: "".join(map(str, digits)) for split, digits in splits.items()}
            for name, splits in split_sets.items()
        },
    )


def read_known(folder: Path) -> dict[str, KnownData]:
    """Read what is known, by index hash.

    Raises:
        ResultError: if a file is damaged.
    """
    known = {}
    for path in sorted(folder.glob("*.json")):
        content = read_versioned(path, "known", KNOWN, "list of a known data set", "leaderboard add")
        one = validated(path, content, KnownData)
        known[one.index_sha256] = one
    return known


def write_known(folder: Path, known: KnownData) -> Path:
    """Write one, whole or not at all.

    Returns:
        The file.
    """
    path = folder / f"{known.name}-{known.index_sha256[:12]}.json"
    write_json(path, known.model_dump(mode="json"))
    return path
