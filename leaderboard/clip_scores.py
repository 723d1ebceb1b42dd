"""Scores of several results as arrays: the same clips in the same order, a column a result."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.errors import ResultError
from fairplay_bench.results.schema import Result
from fairplay_bench.scoring.summary import Array, Integers, numbered


@dataclass(frozen=True, slots=True)
class Cells:
    """One metric: the mean of each unit in each split it is in.

    Attributes:
        values: ``(cells, results)``.
        units: ``(cells,)``: number of each cell's unit.
        splits: ``(cells,)``: number of each cell's split, 0 and up.
        dropped: clips that only some of the results have a score for.
    """

    values: Array
    units: Integers
    splits: Integers
    dropped: int = 0

    @property
    def n_units(self) -> int:
        """Number of source recordings."""
        return len(np.unique(self.units))

    @property
    def n_splits(self) -> int:
        """Number of splits."""
        return len(np.unique(self.splits))

    def of(self, results: NDArray[np.bool_]) -> "Cells":
        """The same cells of some of the results."""
        return replace(self, values=self.values[:, results])


class ClipScoreArrays:
    """Scores of results on the clips that all of them list.

    Args:
        results: of one data set, split set and protocol.
        metrics: the keys wanted.

    Raises:
        ResultError: if there is no clip that all of them list.
    """

    def __init__(self, results: Sequence[Result], metrics: Sequence[str]) -> None:
        self.metrics = tuple(metrics)
        rows = [{(clip.split, clip.clip_id): clip for clip in result.clips} for result in results]
        common = sorted(set(rows[0]).intersection(*rows[1:])) if rows else []
        if not common:
            raise ResultError("the results have no test clip in common; compare results of the same splits.")
        self.unshared = len(set().union(*rows)) - len(common)
        self._splits = np.array([split for split, _ in common])
        self._units = numbered(rows[0][key].video_id for key in common)
        self._cells = self._splits * len(common) + self._units  # by split, then by unit
        nan = float("nan")
        self._scores = np.empty((len(results), len(common), len(self.metrics)))
        for number, row in enumerate(rows):
            for place, key in enumerate(common):
                scores = row[key].scores
                self._scores[number, place] = [nan if (v := scores.get(m)) is None else v for m in self.metrics]

    def cells(self, metric: str) -> Cells | None:
        """Means over the clips of each unit in each split.

        Args:
            metric: one of the keys.

        Returns:
            The cells of the clips that every result has a score for; None without any.
        """
        scores = self._scores[:, :, self.metrics.index(metric)].T
        there = ~np.isnan(scores)
        kept = there.all(axis=1)
        if not kept.any():
            return None
        _, first, cells = np.unique(self._cells[kept], return_index=True, return_inverse=True)
        totals = np.zeros((len(first), scores.shape[1]))
        np.add.at(totals, cells, scores[kept])
        values = totals / np.bincount(cells)[:, None]
        units, splits = (np.unique(names[kept][first], return_inverse=True)[1] for names in (self._units, self._splits))
        return Cells(values, units, splits, dropped=int((there.any(axis=1) & ~kept).sum()))


def unit_means_of(result: Result, metric: str) -> dict[str, float]:
    """Mean score of each source recording over its clips and splits; those without a score are left out."""
    groups: dict[str, list[float]] = {}
    for clip in result.clips:
        value = clip.scores.get(metric)
        if value is not None:
            groups.setdefault(clip.video_id, []).append(value)
    return {unit: sum(group) / len(group) for unit, group in groups.items()}
