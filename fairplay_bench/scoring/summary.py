"""Means over clips and splits, and how sure they are.

The unit is the source recording: clips cut from one recording are averaged first. One split: the standard error that
a bootstrap of the units converges to. Several splits, whose test sets overlap: variance clustered both by unit and
by split (Cameron, Gelbach and Miller 2011), because neither alone keeps its error rate.
"""

from collections.abc import Iterable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.results.schema import ClipScores, MetricSummary, SplitSummary
from fairplay_bench.scoring.metrics import DECLARED

Array = NDArray[np.float64]
Integers = NDArray[np.intp]


def summarize(clips: Sequence[ClipScores], splits: Sequence[int], keys: Iterable[str]) -> dict[str, MetricSummary]:
    """Summarise every metric.

    Args:
        clips: the scores of all splits.
        splits: numbers of the splits.
        keys: the metrics.

    Returns:
        A summary for each metric.
    """
    return {key: _summary(key, clips, splits) for key in keys}


def _summary(key: str, clips: Sequence[ClipScores], splits: Sequence[int]) -> MetricSummary:
    parts: dict[str, SplitSummary] = {}
    cells: dict[tuple[str, int], float] = {}
    for split in splits:
        listed = [clip for clip in clips if clip.split == split]
        scored = [clip for clip in listed if clip.failed is None]
        values = [(clip.video_id, value) for clip in scored if (value := clip.scores[key]) is not None]
        cells |= {(unit, split): mean for unit, mean in unit_means(values).items()}
        scores = [value for _, value in values]
        parts[str(split)] = SplitSummary(
            mean=float(np.mean(scores)) if scores else None,
            se=bootstrap_se(values),
            n=len(scores),
            failed=len(listed) - len(scored),
            undefined=len(scored) - len(scores),
        )
    means = [part.mean for part in parts.values() if part.mean is not None]
    se = next(iter(parts.values())).se if len(parts) == 1 else clustered_se(cells)
    metric = DECLARED[key]
    mean = float(np.mean(means)) if means else None
    return MetricSummary(version=metric.version, unit=metric.unit, mean=mean, se=se, splits=parts)


def unit_means(values: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Average the scores of each unit."""
    groups: dict[str, list[float]] = {}
    for unit, value in values:
        groups.setdefault(unit, []).append(value)
    return {unit: float(np.mean(group)) for unit, group in groups.items()}


def bootstrap_se(values: Iterable[tuple[str, float]]) -> float | None:
    """Standard error of the mean of one split when its units are drawn anew with replacement.

    Args:
        values: unit and score of each clip.

    Returns:
        The limit of infinitely many resamples, the population deviation of the unit means over the root of their
        number; None below two units.
    """
    means = list(unit_means(values).values())
    return float(np.std(means) / sqrt(len(means))) if len(means) > 1 else None


def clustered_se(cells: dict[tuple[str, int], float]) -> float | None:
    """Standard error of the mean over splits of split means, clustered by unit and by split.

    Args:
        cells: the score of each unit in each split it is in.

    Returns:
        The standard error; None below two splits or two units.

    References:
        Cameron, Gelbach and Miller, Robust inference with multiway clustering, J. Bus. Econ. Stat. 29(2), 2011.
    """
    units, splits = ([key[axis] for key in cells] for axis in (0, 1))
    if len(set(splits)) < 2 or len(set(units)) < 2:
        return None
    return float(clustered_errors(np.array(list(cells.values()))[:, None], numbered(units), numbered(splits))[1][0])


def numbered(names: Iterable[object]) -> Integers:
    """Return a number for each name, 0 and up, the same for the same name."""
    return np.unique([str(name) for name in names], return_inverse=True)[1]


def split_weights(splits: Integers) -> Array:
    """Weight of each cell in the mean over splits of split means, given the number of the split of each."""
    sizes = np.bincount(splits)
    return 1 / (len(sizes) * sizes[splits])


def clustered_errors(values: Array, units: Integers, splits: Integers) -> tuple[Array, Array]:
    """Means over splits of split means, and their standard errors clustered by unit and by split.

    Args:
        values: ``(cells, n)``: n quantities, such as differences of two methods, in the same cells.
        units: ``(cells,)``: number of each cell's unit; no unit is twice in a split.
        splits: ``(cells,)``: number of each cell's split; two at least.

    Returns:
        Means and standard errors, ``(n,)`` each.
    """
    weights = split_weights(splits)
    means = weights @ values
    influence = weights[:, None] * (values - means)
    by_cell = np.square(influence).sum(axis=0) * small_sample(len(values))
    by_unit, by_split = (
        np.square(cluster_totals(influence, clusters)).sum(axis=0) * small_sample(int(clusters.max()) + 1)
        for clusters in (units, splits)
    )
    return means, np.sqrt(two_way_variance(by_unit, by_split, by_cell))


def two_way_variance(by_unit: Array, by_split: Array, by_cell: Array) -> Array:
    """Join the variances clustered one way; their difference may fall below zero in small samples."""
    both = by_unit + by_split - by_cell
    return np.where(both > 0, both, np.maximum(by_unit, by_split))


def cluster_totals(influence: Array, clusters: Integers) -> Array:
    """Sum ``(cells, n)`` over the cells of each cluster: ``(clusters, n)``."""
    order = np.argsort(clusters, kind="stable")
    starts = np.searchsorted(clusters[order], np.arange(int(clusters.max()) + 1))
    return np.add.reduceat(influence[order], starts, axis=0)


def small_sample(clusters: int) -> float:
    """Factor of a variance that is clustered by so many clusters."""
    return clusters / (clusters - 1)
