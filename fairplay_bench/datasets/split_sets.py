"""Split sets: which clips train, validate and test, in each of several splits.

Published ones are read, never invented: a split that is not on disk does not exist. Seeded ones are ours and say so.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from fairplay_bench.datasets.index import SplitRow
from fairplay_bench.errors import DatasetError
from fairplay_bench.media.files import check_is_content
from fairplay_bench.records import SUBSETS, ClipId, Subset, check_clip_id

_SPLIT_FOLDER = re.compile(r"split(\d+)")


@dataclass(frozen=True, slots=True)
class SplitSet:
    """Several splits of one data set.

    Attributes:
        name: such as ``"gao2019"``.
        published: False for one that we drew.
        rows: every listed clip once for each subset it is in.
        problems: what is wrong with the lists, a line each.
        by_recording: whether the rows name recordings, each of which stands for all of its clips.
    """

    name: str
    published: bool
    rows: tuple[SplitRow, ...]
    problems: tuple[str, ...] = ()
    by_recording: bool = False

    @property
    def splits(self) -> list[int]:
        """Numbers of the splits there are, ascending."""
        return sorted({row.split for row in self.rows})


def read_gao2019(folder: Path, name: str = "gao2019", published: bool = True) -> SplitSet:
    """Read ``split*/{train,val,test}.h5``; of each entry's path only the stem counts.

    Args:
        folder: the folder ``splits`` of FAIR-Play.
        name: name of the split set.
        published: see :class:`SplitSet`.

    Returns:
        The split set, with the splits there are.

    Raises:
        DatasetError: if a file is missing in a split, is no HDF5, or lacks the data set ``audio``.
        MediaError: if a file is empty or a git-LFS pointer.
    """
    return _read(folder, name, published, ".h5", _entries_of_h5)


def read_xu2021(folder: Path) -> SplitSet:
    """Read the text splits of PseudoBinaural, ``split*/{train,val,test}.txt``, a file name a line.

    The files lack a final newline, so lines are split, never cut.

    Args:
        folder: the folder that holds ``split1`` and on.

    Returns:
        The split set ``xu2021``.

    Raises:
        DatasetError: if there is no split, or a file is missing or no text.
        MediaError: if a file is empty or a git-LFS pointer.
    """
    return _read(folder, "xu2021", True, ".txt", _entries_of_text)


def draw_seeded(
    clips: Sequence[ClipId], groups: Sequence[str], seed: int, splits: int = 10, by_recording: bool = False
) -> SplitSet:
    """Draw random splits of 8:1:1, keeping the clips of one group together.

    Args:
        clips: the clips.
        groups: for each clip its recording; a recording is never divided.
        seed: of the draw.
        splits: how many.
        by_recording: see :class:`SplitSet`.

    Returns:
        The split set ``seeded``; without any split where there are fewer than three recordings.
    """
    names = sorted(set(groups))
    if len(names) < len(SUBSETS):
        return SplitSet("seeded", False, (), by_recording=by_recording)
    tenth = max(1, round(len(names) / 10))
    rows = []
    for split in range(1, splits + 1):
        order = [names[i] for i in np.random.default_rng([seed, split]).permutation(len(names))]
        subset_of: dict[str, Subset] = dict.fromkeys(order, "train")
        subset_of |= dict.fromkeys(order[:tenth], "test") | dict.fromkeys(order[tenth : 2 * tenth], "val")
        rows += [SplitRow("seeded", split, subset_of[group], clip) for clip, group in zip(clips, groups, strict=True)]
    return SplitSet("seeded", False, tuple(rows), by_recording=by_recording)


def _read(folder: Path, name: str, published: bool, suffix: str, entries_of: Callable[[Path], list[str]]) -> SplitSet:
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no such folder; give the folder that holds the splits.")
    found = {int(match[1]): path for path in sorted(folder.iterdir()) if (match := _SPLIT_FOLDER.fullmatch(path.name))}
    if not found:
        raise DatasetError(f"{folder}: no folder split1, split2, … in it; give the folder that holds the splits.")
    rows: list[SplitRow] = []
    problems: list[str] = []
    for split, path in sorted(found.items()):
        subset_of: dict[ClipId, Subset] = {}
        for subset in SUBSETS:
            file = path / f"{subset}{suffix}"
            if not file.is_file():
                raise DatasetError(f"{file}: missing; a split needs train, val and test. Copy the split again.")
            listed: set[ClipId] = set()
            for entry in entries_of(file):
                clip = _clip_of(entry, file)
                if clip in listed:
                    problems.append(f"{name} split {split}: {clip} is listed twice in {subset}")
                    continue
                if clip in subset_of:
                    problems.append(f"{name} split {split}: {clip} is in both {subset_of[clip]} and {subset}")
                listed.add(clip)
                subset_of.setdefault(clip, subset)
                rows.append(SplitRow(name, split, subset, clip))
    return SplitSet(name, published, tuple(rows), tuple(problems))


def _clip_of(entry: str, file: Path) -> ClipId:
    return check_clip_id(PurePosixPath(entry.strip().replace("\\", "/")).stem, str(file))


def _entries_of_h5(file: Path) -> list[str]:
    import h5py

    check_is_content(file)
    try:
        with h5py.File(file, "r") as opened:
            if not isinstance(opened.get("audio"), h5py.Dataset):
                raise DatasetError(f"{file}: holds no data set 'audio'; this is not a FAIR-Play split file.")
            values = opened["audio"][()]
    except (OSError, KeyError, RuntimeError, TypeError, ValueError) as error:  # h5py raises them all on damaged files
        raise DatasetError(f"{file}: not an HDF5 file that can be read; copy or download it again.") from error
    entries = [bytes(value) if isinstance(value, np.bytes_ | bytes) else value for value in np.ravel(values)]
    if not all(isinstance(entry, bytes | str) for entry in entries):
        raise DatasetError(f"{file}: 'audio' holds no file names; this is not a FAIR-Play split file.")
    return [entry.decode("utf-8", "replace") if isinstance(entry, bytes) else entry for entry in entries]


def _entries_of_text(file: Path) -> list[str]:
    check_is_content(file)
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{file}: not a text file; a list of file names, one a line, is expected.") from error
    return [line for line in text.splitlines() if line.strip()]
