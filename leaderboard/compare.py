"""Comparing methods on the clips they share: the interval of the mean difference decides."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import isfinite
from typing import Literal

import numpy as np

from fairplay_bench.errors import ResultError
from fairplay_bench.results.schema import Result
from fairplay_bench.scoring.summary import Array
from leaderboard.board import Column, Comparison
from leaderboard.clip_scores import Cells, ClipScoreArrays
from leaderboard.columns import column_of, columns_of
from leaderboard.statistics import ALPHA, estimate, holm
from leaderboard.text import number, one_line

CAVEAT = (
    "This is about these trained models on these clips; training anew, with another seed, varies too and is not in the "
    "interval unless several seeds were run."
)


def compare(a: Result, b: Result, metric: str, names: tuple[str, str] | None = None) -> Comparison:
    """Compare two results on one metric; see :func:`compare_pair`.

    Raises:
        ResultError: also if no clip has a score of that metric in both.
    """
    for comparison in compare_pair(a, b, names, [metric]):
        return comparison
    raise ResultError(f"no clip has a {metric} score in both results; compare another metric.")


def compare_pair(
    a: Result, b: Result, names: tuple[str, str] | None = None, metrics: Sequence[str] | None = None
) -> list[Comparison]:
    """Compare two results.

    Args:
        a: the first.
        b: the second.
        names: what to call them; the names on their cards by default.
        metrics: all they share by default.

    Returns:
        A comparison for each metric that clips of both have scores of.

    Raises:
        ResultError: if they are of other data, split sets, protocols or versions of a metric, or share no clip.
        UnknownNameError: if there is no metric of a given name.
    """
    columns = _shared_columns(a, b, metrics)
    arrays = ClipScoreArrays([a, b], [column.key for column in columns])
    called = names or (a.card.name, b.card.name)
    found = ((column, arrays.cells(column.key)) for column in columns)
    return [_comparison(column, cells, called, arrays.unshared) for column, cells in found if cells is not None]


def compare_all(
    results: Sequence[Result], names: Sequence[str] | None = None, metrics: Sequence[str] | None = None
) -> list[Comparison]:
    """Compare every pair; on each metric the pairs are corrected together by Holm.

    Raises:
        ResultError: as :func:`compare_pair`.
        UnknownNameError: likewise.
    """
    called = names or [result.card.name for result in results]
    found = [
        comparison
        for one, other in combinations(range(len(results)), 2)
        for comparison in compare_pair(results[one], results[other], (called[one], called[other]), metrics)
    ]
    for metric in {comparison.metric for comparison in found}:
        places = [place for place, comparison in enumerate(found) if comparison.metric == metric]
        corrected = holm(np.array([found[place].p for place in places]))
        for place, p in zip(places, corrected, strict=True):
            found[place] = _corrected(found[place], float(p), len(places))
    return found


def _shared_columns(a: Result, b: Result, metrics: Sequence[str] | None) -> list[Column]:
    for key in metrics or ():
        column_of(key)  # a misspelt name is told from a metric that one of them lacks
    who = f"{one_line(a.card.name)} and {one_line(b.card.name)}"
    for what in ("task", "protocol", "split_set"):
        one, other = getattr(a, what), getattr(b, what)
        if one != other:
            raise ResultError(
                f"{who}: {what.replace('_', ' ')} {one!r} and {other!r}; only results of the same one can be compared."
            )
    if (a.dataset.name, a.dataset.index_sha256) != (b.dataset.name, b.dataset.index_sha256):
        one, other = a.dataset.index_sha256[:12], b.dataset.index_sha256[:12]
        raise ResultError(f"{who}: scored on other data (index {one} and {other}); score one of them again.")
    there = {column.key: column for column in columns_of(a)}
    others = {column.key: column for column in columns_of(b)}
    wanted = [key for key in there if key in others] if metrics is None else list(metrics)
    for key in wanted:
        if key not in there or key not in others:
            raise ResultError(f"{key}: not in both results; they share {', '.join(k for k in there if k in others)}.")
        if there[key].version != others[key].version:
            raise ResultError(
                f"{key}: versions {there[key].version} and {others[key].version}; score the older result again."
            )
    return [there[key] for key in wanted]


def _comparison(column: Column, cells: Cells, names: tuple[str, str], unshared: int) -> Comparison:
    differences = cells.values[:, :1] - cells.values[:, 1:]
    found = estimate(differences, cells.units, cells.splits)
    mean, half, p = float(found.mean[0]), float(found.half[0]), float(found.p[0])
    comparison = Comparison(
        metric=column.key,
        a=names[0],
        b=names[1],
        difference=mean,
        low=mean - half,
        high=mean + half,
        p=p,
        p_holm=p,
        p_wilcoxon=_wilcoxon(differences[:, 0], cells),
        units=cells.n_units,
        splits=cells.n_splits,
        better=_better(mean, p, column.higher_is_better),
        sentence="",
        higher_is_better=column.higher_is_better,
        left_out=cells.dropped + unshared,
    )
    return replace(comparison, sentence=_sentence(comparison))


def _better(difference: float, p: float, higher_is_better: bool) -> Literal["a", "b"] | None:
    if p > ALPHA:
        return None
    return "a" if (difference > 0) == higher_is_better else "b"


def _wilcoxon(differences: Array, cells: Cells) -> float:
    """Signed-rank test on the means of the units over the splits they are in."""
    import scipy.stats

    means = np.bincount(cells.units, weights=differences) / np.bincount(cells.units)
    if not means.any():
        return 1.0
    return float(scipy.stats.wilcoxon(means).pvalue)


def _corrected(comparison: Comparison, p: float, pairs: int) -> Comparison:
    better = _better(comparison.difference, p, comparison.higher_is_better)
    changed = replace(comparison, p_holm=p, better=better)
    return replace(changed, sentence=_sentence(changed, pairs))


def _sentence(comparison: Comparison, pairs: int = 1) -> str:
    a, b = one_line(comparison.a), one_line(comparison.b)
    low, high = comparison.low, comparison.high
    size = comparison.difference
    if comparison.better is None:
        outcome = f"{comparison.metric} does not tell {a} and {b} apart: they differ by {number(size)}"
    else:
        winner, loser = (a, b) if comparison.better == "a" else (b, a)
        direction = "higher" if comparison.higher_is_better else "lower"
        outcome = f"{winner} is better than {loser} in {comparison.metric}: {direction} by {number(abs(size))}"
        low, high = (low, high) if size > 0 else (-high, -low)
    splits = "1 split" if comparison.splits == 1 else f"{comparison.splits} splits"
    told = isfinite(low) and isfinite(high)
    interval = f"95 % interval {number(low)} to {number(high)}" if told else "too few recordings for an interval"
    details = [interval, splits, f"{comparison.units} recordings"]
    if pairs > 1:
        details.append(f"p {comparison.p_holm:.2g} after Holm's correction for {pairs} pairs")
    if comparison.left_out:
        details.append(f"{comparison.left_out} clips left out that only one of them has")
    return f"{outcome} ({'; '.join(details)})."
