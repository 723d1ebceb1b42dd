"""What preparing a data set depends on, and what comes of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.datasets.index import SplitRow
from fairplay_bench.datasets.separation import Mixture
from fairplay_bench.datasets.spec import DatasetSpec
from fairplay_bench.datasets.split_sets import SplitSet
from fairplay_bench.datasets.units import Failure, PreparedUnit, Unit
from fairplay_bench.records import ClipId

MixturesOf = Callable[[Iterable[ClipId], Sequence[SplitRow]], list[Mixture]]
UnitWorker = Callable[[Unit, Path, Path], PreparedUnit]


@dataclass(frozen=True, slots=True)
class PreparePlan:
    """Everything that preparing a data set depends on.

    Attributes:
        spec: the data set.
        units: the recordings to prepare, in order.
        worker: a picklable callable that prepares one: ``worker(unit, out, scratch)``.
        split_sets: its split sets.
        parameters: whatever else the outcome depends on; goes into ``dataset.json``.
        root: the source folder; reasons name files relative to it.
        limited: whether only some of the clips were asked for, so that absent ones are not missed.
        refused: recordings already known to be unusable.
        problems: what else is wrong, a line each.
        expected_rate: rate of the published sound, Hz; others are recorded.
        lengths_s: lengths of the recordings where they are not the data set's clip length, for the estimate.
        hrtf: the head that ambisonic sound was decoded with; None elsewhere.
        decoder: name and parameters of the decoder; None elsewhere.
        mixtures: makes the test set of separation from the clips and what each split lists; None leaves it as it is.
        filters: of that decoder, ``(2, channels, taps)``, at 48 kHz; None elsewhere.
        bytes_per_clip_s: what a second of sound and frames takes on the disk at most.
    """

    spec: DatasetSpec
    units: Sequence[Unit]
    worker: UnitWorker
    split_sets: Sequence[SplitSet]
    parameters: dict[str, Any]
    root: Path
    limited: bool = False
    refused: Sequence[Failure] = ()
    problems: Sequence[str] = ()
    expected_rate: int = 48_000
    lengths_s: Mapping[str, float] = field(default_factory=dict)
    hrtf: dict[str, Any] | None = None
    decoder: dict[str, Any] | None = None
    mixtures: MixturesOf | None = None
    filters: NDArray[np.float64] | None = None
    bytes_per_clip_s: int = 700_000  # two ears, and frames of rich natural scenes


@dataclass(frozen=True, slots=True)
class PrepareOutcome:
    """What came of it.

    Attributes:
        folder: the prepared data set.
        clips: number of clips in it.
        failures: what could not be prepared.
        missing: clips that are listed in a split and have no media.
        problems: what is wrong with the lists or the manifest.
    """

    folder: Path
    clips: int
    failures: tuple[Failure, ...]
    missing: tuple[str, ...]
    problems: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        """Whether nothing is amiss."""
        return not (self.failures or self.missing or self.problems)
