"""Ranks: 1 + the number of methods significantly better, all pairs of a table corrected together by Holm."""

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.scoring.summary import (
    Array,
    cluster_totals,
    small_sample,
    split_weights,
    two_way_variance,
)
from leaderboard.clip_scores import Cells
from leaderboard.statistics import ALPHA, Estimates, estimate, holm, students

_PAIRS_AT_ONCE = 4_096


def ranks(cells: Cells, higher_is_better: bool) -> NDArray[np.intp]:
    """Rank methods on one metric.

    Args:
        cells: a column a method.
        higher_is_better: the direction.

    Returns:
        ``(methods,)``: 1 + how many methods are significantly better.
    """
    methods = cells.values.shape[1]
    one, other = np.triu_indices(methods, k=1)
    if not len(one):
        return np.ones(methods, dtype=np.intp)
    pairs = pairwise(cells)
    significant = holm(pairs.p) <= ALPHA
    first_better = (pairs.mean > 0) == higher_is_better
    worse = np.where(first_better, other, one)[significant]
    return 1 + np.bincount(worse, minlength=methods)


def pairwise(cells: Cells) -> Estimates:
    """Estimate the difference of every pair of methods, in the order of ``numpy.triu_indices(methods, k=1)``."""
    one, other = np.triu_indices(cells.values.shape[1], k=1)
    if cells.n_splits > 1 and cells.n_units > 1:
        return _clustered(cells)
    blocks = [slice(start, start + _PAIRS_AT_ONCE) for start in range(0, len(one), _PAIRS_AT_ONCE)]
    parts = [
        estimate(cells.values[:, one[at]] - cells.values[:, other[at]], cells.units, cells.splits) for at in blocks
    ]
    return Estimates(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("mean", "half", "p")))


def _clustered(cells: Cells) -> Estimates:
    """Clustered variances of all differences at once.

    What a clip pulls a mean by is linear in the scores, so the sums of squares of all differences follow from the
    inner products of the methods' own pulls: |a - b|² = |a|² + |b|² - 2ab.
    """
    centred = cells.values - cells.values.mean(axis=1, keepdims=True)  # differences stay; rounding shrinks
    weights = split_weights(cells.splits)
    means = weights @ centred
    influence = weights[:, None] * (centred - means)
    by_unit, by_split, by_cell = (
        _squared_distances(totals) * small_sample(len(totals))
        for totals in (
            cluster_totals(influence, cells.units),
            cluster_totals(influence, cells.splits),
            influence,
        )
    )
    one, other = np.triu_indices(cells.values.shape[1], k=1)
    variance = two_way_variance(by_unit, by_split, by_cell)[one, other]
    return students(means[one] - means[other], np.sqrt(variance), cells.n_splits - 1)


def _squared_distances(columns: Array) -> Array:
    products = columns.T @ columns
    squares = np.diag(products)
    return np.maximum(squares[:, None] + squares[None, :] - 2 * products, 0)
