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
    sizes = {split: splits.count(split) for split in set(splits)}
    weights = np.array([1 / (len(sizes) * sizes[split]) for split in splits])
    scores = np.array(list(cells.values()))
    influence = weights * (scores - weights @ scores)
    by_unit, by_split = _cluster_variance(influence, units), _cluster_variance(influence, splits)
    both = by_unit + by_split - _cluster_variance(influence, range(len(cells)))
    return sqrt(both if both > 0 else max(by_unit, by_split))  # the difference may fall below zero in small samples


def _cluster_variance(influence: Array, clusters: Iterable[object]) -> float:
    _, numbers = np.unique([str(cluster) for cluster in clusters], return_inverse=True)
    count = int(numbers.max()) + 1
    totals = np.bincount(numbers, weights=influence)
    return float(np.square(totals).sum() * count / (count - 1))
