"""Lists of the 360° sets (Morgado et al. 2018): which recordings, which splits, which lack height.

``<SET>.lst`` and ``<SET>.{train,test}.{1,2,3}.lst`` hold an id a line, ``audio_layouts.txt`` an id and ``WXYZ`` or
``WXY``. The published lists know no validation subset: ours is the tenth of the training recordings whose ids have the
smallest SHA-256.
"""

from hashlib import sha256
from pathlib import Path

from fairplay_bench.datasets.index import SplitRow
from fairplay_bench.datasets.split_sets import SplitSet
from fairplay_bench.errors import DatasetError
from fairplay_bench.records import Subset, check_clip_id

LAYOUTS_FILE = "audio_layouts.txt"
LIST_NAMES = {"rec-street": "REC-Street", "yt-clean": "YT-Clean", "yt-music": "YT-Music"}
_SPLITS = (1, 2, 3)


def read_ids(file: Path) -> list[str]:
    """Read a list of recordings; the last line may lack its newline.

    Raises:
        DatasetError: if the file is missing, no text, or holds an id that cannot name a file.
    """
    return [check_clip_id(line.split()[0], str(file)) for line in _lines(file)]


def read_without_height(folder: Path) -> frozenset[str]:
    """Recordings that lack the Z channel; none where there is no ``audio_layouts.txt``."""
    file = folder / LAYOUTS_FILE
    if not file.is_file():
        return frozenset()
    return frozenset(line.split()[0] for line in _lines(file) if line.split()[1:] == ["WXY"])


def read_morgado2018(folder: Path, dataset: str) -> SplitSet:
    """Read the published splits of one of the sets, by recording.

    Args:
        folder: the folder of the lists.
        dataset: ``"rec-street"``, ``"yt-clean"`` or ``"yt-music"``.

    Returns:
        The split set ``morgado2018`` with the splits there are; its rows name recordings.

    Raises:
        DatasetError: if no split of this set is there, or a file cannot be read.
    """
    name = LIST_NAMES[dataset]
    rows: list[SplitRow] = []
    problems: list[str] = []
    for split in _SPLITS:
        files = {part: folder / f"{name}.{part}.{split}.lst" for part in ("train", "test")}
        if not any(file.is_file() for file in files.values()):
            continue
        train, test = (list(dict.fromkeys(read_ids(file))) for file in files.values())
        problems += [f"morgado2018 split {split}: {one} is in both train and test" for one in train if one in test]
        held_out = set(sorted(train, key=_digest)[: round(len(train) / 10)])
        for one in train:
            subset: Subset = "val" if one in held_out else "train"
            rows.append(SplitRow("morgado2018", split, subset, one))
        rows += [SplitRow("morgado2018", split, "test", one) for one in test]
    if not rows:
        raise DatasetError(
            f"{folder}: no {name}.train.1.lst and {name}.test.1.lst in it; give their folder by --lists."
        )
    return SplitSet("morgado2018", True, tuple(rows), tuple(problems), by_recording=True)


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
    except FileNotFoundError as error:
        raise DatasetError(f"{file}: missing; give the folder of the published lists by --lists.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{file}: cannot be read as a list of ids ({error}); copy it again.") from error
