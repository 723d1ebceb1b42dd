"""Reading a prepared data set."""

import json
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.datasets.index import (
    DATASET_FILE,
    DECODER_FILE,
    FORMAT_VERSION,
    INDEX_FILE,
    SPLITS_FILE,
    IndexRow,
    SplitRow,
)
from fairplay_bench.datasets.separation import SEPARATION_FILE, Mixture
from fairplay_bench.errors import DatasetError, OptionError, UnknownNameError
from fairplay_bench.records import SUBSETS, ClipId, Protocol, Subset

Row = TypeVar("Row", IndexRow, SplitRow, Mixture)

_KEYS = {"format", "name", "version", "split_sets", "counts", "missing", "failures", "limited"}
_HASHES = {"index_sha256", "splits_sha256"}


@dataclass(frozen=True)
class PreparedDataset:
    """A prepared data set on disk; opening reads ``dataset.json`` alone.

    Attributes:
        folder: where it is.
        description: the content of ``dataset.json``.
    """

    folder: Path
    description: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the data set."""
        return str(self.description["name"])

    @property
    def version(self) -> str:
        """Version of the data set."""
        return str(self.description["version"])

    @property
    def index_sha256(self) -> str:
        """The index hash."""
        return str(self.description["index_sha256"])

    @cached_property
    def clips(self) -> dict[ClipId, IndexRow]:
        """Every prepared clip by its id."""
        return {row.clip_id: row for row in _rows(self.folder / INDEX_FILE, IndexRow)}

    @property
    def has_ambisonics(self) -> bool:
        """Whether it keeps the first-order sound of its clips."""
        return any(row.ambisonics for row in self.clips.values())

    @cached_property
    def filters(self) -> NDArray[np.float64] | None:
        """Filters ``(2, channels, taps)`` that its ambisonic sound was decoded with; None where it keeps none.

        Raises:
            DatasetError: if their file is damaged.
        """
        file = self.folder / DECODER_FILE
        if not file.is_file():
            return None
        try:
            filters: NDArray[np.float64] = np.load(file)
        except (OSError, ValueError, EOFError) as error:
            raise DatasetError(f"{file}: cannot be read ({error}); prepare the data set again.") from error
        if filters.ndim != 3 or len(filters) != 2 or filters.dtype != np.float64 or not np.isfinite(filters).all():
            raise DatasetError(f"{file}: no filters (2, channels, taps) to two ears; prepare the data set again.")
        return filters

    @cached_property
    def split_rows(self) -> list[SplitRow]:
        """Every listed clip, once for each subset it is in."""
        return _rows(self.folder / SPLITS_FILE, SplitRow)

    @cached_property
    def mixtures(self) -> list[Mixture]:
        """The test set of separation.

        Raises:
            OptionError: if the data set was prepared without one.
        """
        file = self.folder / SEPARATION_FILE
        if not file.is_file():
            raise OptionError(
                f"{self.folder}: no {SEPARATION_FILE}; prepare the data set again, naming its solo clips by --solos."
            )
        return _rows(file, Mixture)

    def split_set(self, name: str | None, protocol: Protocol | None = None) -> str:
        """Choose a split set: the named one, else the protocol's, else the data set's own.

        Raises:
            UnknownNameError: if the data set has no such split set.
        """
        known = list(self.description["split_sets"])
        wanted = name or (protocol.split_set_of(self.name) if protocol else None) or (known[0] if known else "any")
        if wanted not in known:
            raise UnknownNameError(f"split set of {self.folder}", wanted, known)
        return wanted

    def splits(self, split_set: str) -> list[int]:
        """Numbers of the splits that are there, ascending."""
        return [int(split) for split in self.description["split_sets"][split_set]["splits"]]

    def listed(self, split_set: str, split: int, subset: Subset) -> list[ClipId]:
        """Clips that a subset lists, ascending, whether they are there or not.

        Raises:
            OptionError: if the split is not on disk.
            UnknownNameError: if there is no such subset.
        """
        if subset not in SUBSETS:
            raise UnknownNameError("subset", subset, SUBSETS)
        if split not in self.splits(split_set):
            there = ", ".join(map(str, self.splits(split_set))) or "none"
            raise OptionError(f"{self.folder}: split {split} of {split_set} is not on disk; usable: {there}.")
        return sorted(
            row.clip_id
            for row in self.split_rows
            if (row.split_set, row.split, row.subset) == (split_set, split, subset)
        )


def open_prepared(folder: Path) -> PreparedDataset:
    """Open a prepared data set.

    Args:
        folder: the folder that holds ``dataset.json``.

    Returns:
        The data set.

    Raises:
        OptionError: if the folder holds no prepared data set.
        DatasetError: if its description is damaged or of a later format.
    """
    file = folder / DATASET_FILE
    try:
        description = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise OptionError(f"{folder}: no prepared data set there; run `fairplay-bench prepare` first.") from error
    except (OSError, ValueError) as error:
        raise DatasetError(f"{file}: cannot be read ({error}); prepare the data set again.") from error
    if not isinstance(description, dict) or not description.keys() >= _KEYS | _HASHES:
        raise DatasetError(f"{file}: not the description of a prepared data set; prepare the data set again.")
    version = description["format"]
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise DatasetError(f"{file}: format {version} is later than this version knows; update the tool.")
    return PreparedDataset(folder, description)


def _rows(file: Path, kind: type[Row]) -> list[Row]:
    import pandas as pd

    try:
        rows = pd.read_parquet(file).to_dict("records")
        return [kind(**{str(key): value for key, value in row.items()}) for row in rows]
    except FileNotFoundError as error:
        raise DatasetError(f"{file}: missing; prepare the data set again.") from error
    except TypeError as error:  # of the record, which is given other fields than it has
        wanted = ", ".join(field.name for field in fields(kind))
        raise DatasetError(f"{file}: other columns than {wanted}; prepare the data set again.") from error
    except (OSError, ValueError) as error:  # pyarrow's errors descend from these
        reason = str(error).partition("\n")[0]
        raise DatasetError(f"{file}: cannot be read ({reason}); prepare the data set again.") from error
