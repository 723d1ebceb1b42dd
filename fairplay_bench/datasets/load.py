"""A prepared data set as a ``datasets.DatasetDict``."""

import os
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from fairplay_bench.datasets.index import IndexRow, columns_of
from fairplay_bench.datasets.prepared import open_prepared

if TYPE_CHECKING:
    from datasets import DatasetDict

_HF_NAMES = {"train": "train", "val": "validation", "test": "test"}


def load_dataset(data: str | os.PathLike[str], split_set: str | None = None, split: int = 1) -> "DatasetDict":
    """Load one split of a prepared data set.

    Each row is that of the index (see ``docs/data-format.md``), with ``audio`` and ``frames`` as full paths. Sound is
    not decoded, because ``datasets.Audio`` would mix the two ears down to one channel: read it with ``soundfile``.

    Args:
        data: the prepared data set, such as ``"data/fair-play"``.
        split_set: such as ``"gao2019"``; the data set's own by default.
        split: number of the split.

    Returns:
        ``train``, ``validation`` and ``test``. Clips that are listed but not there are left out with a warning.

    Raises:
        OptionError: if there is no prepared data set, split set or split.
    """
    import pandas as pd
    from datasets import Dataset, DatasetDict

    prepared = open_prepared(Path(data))
    chosen = prepared.split_set(split_set)
    columns = columns_of(prepared.clips.values(), IndexRow)
    parts = {}
    for subset, name in _HF_NAMES.items():
        listed = prepared.listed(chosen, split, subset)  # type: ignore[arg-type]
        rows = [asdict(prepared.clips[clip]) for clip in listed if clip in prepared.clips]
        if len(rows) < len(listed):
            warnings.warn(f"{len(listed) - len(rows)} of {len(listed)} {subset} clips are not there.", stacklevel=2)
        for row in rows:
            paths = ("audio", "frames", "ambisonics") if row["ambisonics"] else ("audio", "frames")
            row |= {key: str(prepared.folder.absolute() / row[key]) for key in paths}
        parts[name] = Dataset.from_pandas(pd.DataFrame(rows, columns=columns), preserve_index=False)
    return DatasetDict(parts)
