"""Plots as paths of whole pixels, small enough that a page of many stays small."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.board import Cell, Comparison
from leaderboard.text import number

_BINS = 24
_TAIL = 1.0  # percent at each end that share the outermost bars
_MOST_POINTS = 2000  # of a scatter plot


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot that a macro draws.

    Attributes:
        title: above it.
        label: what it shows, in words, for those who cannot see it.
        path: of its bars or points.
        low: value at the lower end of its axis.
        high: value at the upper end.
        mean_x: place of the mean from the left.
    """

    title: str
    label: str
    path: str
    low: float
    high: float
    mean_x: int = 0


@dataclass(frozen=True, slots=True)
class SplitPlot:
    """Means by split with their standard errors.

    Attributes:
        title: above it.
        label: what it shows, in words.
        dots: path of the means.
        whiskers: path of the standard errors.
        ticks: place and number of each split.
        low: value at the bottom.
        high: value at the top.
        mean_y: place of the mean over splits from the top.
    """

    title: str
    label: str
    dots: str
    whiskers: str
    ticks: tuple[tuple[int, str], ...]
    low: float
    high: float
    mean_y: int


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval around a difference; zero is in the middle.

    Attributes:
        label: the same in words.
        x: place of the difference.
        low_x: place of the lower end.
        high_x: place of the upper end.
    """

    label: str
    x: int
    low_x: int
    high_x: int


def histogram(title: str, scores: NDArray[np.float64]) -> Plot | None:
    """Distribution of scores over the clips; None for fewer than two.

    Args:
        title: name of the metric.
        scores: ``(clips,)``, finite.

    Returns:
        Bars in a field 240 wide and 70 high; the farthest percent at each end is counted in the outermost bars.
    """
    if len(scores) < 2:
        return None
    low, high = (float(value) for value in np.percentile(scores, [_TAIL, 100 - _TAIL]))
    if high <= low:
        low, high = low - 0.5, high + 0.5
    counts, _ = np.histogram(np.clip(scores, low, high), bins=_BINS, range=(low, high))
    width, tallest = 240 // _BINS, counts.max()
    bars = (
        f"M{i * width} 70v-{round(68 * count / tallest)}h{width - 1}V70z" for i, count in enumerate(counts) if count
    )
    mean = float(scores.mean())
    label = f"{title} of {len(scores)} clips: from {number(low)} to {number(high)}, mean {number(mean)}"
    return Plot(title, label, "".join(bars), low, high, round(240 * min(max((mean - low) / (high - low), 0), 1)))


def by_split(title: str, cell: Cell) -> SplitPlot | None:
    """Means of the splits; None for fewer than two."""
    known = [(split, part.mean, part.se or 0.0) for split, part in cell.splits.items() if part.mean is not None]
    if len(known) < 2 or cell.mean is None:
        return None
    low, high = min(mean - se for _, mean, se in known), max(mean + se for _, mean, se in known)
    if high <= low:
        low, high = low - 0.5, high + 0.5

    def y(value: float) -> int:
        return round(116 - 100 * (value - low) / (high - low))

    xs = [round(40 + 436 * (i + 0.5) / len(known)) for i in range(len(known))]
    label = f"{title} by split: " + ", ".join(f"split {split} {number(mean)}" for split, mean, _ in known)
    return SplitPlot(
        title=f"{title}: mean and standard error of each split; dashed, the mean over splits",
        label=label,
        dots="".join(f"M{x} {y(mean)}h0" for x, (_, mean, _) in zip(xs, known, strict=True)),
        whiskers="".join(f"M{x} {y(mean - se)}V{y(mean + se)}" for x, (_, mean, se) in zip(xs, known, strict=True)),
        ticks=tuple((x, split) for x, (split, _, _) in zip(xs, known, strict=True)),
        low=low,
        high=high,
        mean_y=y(cell.mean),
    )


def scatter(title: str, a: Mapping[str, float], b: Mapping[str, float]) -> Plot | None:
    """Two methods' means of each source recording against each other; None for fewer than two in common.

    Args:
        title: name of the metric.
        a: by recording, to the right.
        b: by recording, upwards.

    Returns:
        Points in a square of 300, both axes alike.
    """
    shared = sorted(a.keys() & b.keys())
    if len(shared) < 2:
        return None
    chosen = shared[:: -(-len(shared) // _MOST_POINTS)]
    points = np.array([(a[unit], b[unit]) for unit in chosen])
    low, high = float(points.min()), float(points.max())
    places = np.round(300 * (points - low) / ((high - low) or 1)).astype(int)
    path = "".join(f"M{x} {300 - y}h0" for x, y in sorted({(int(x), int(y)) for x, y in places}))
    above = int((points[:, 1] > points[:, 0]).sum())
    label = f"{title} of {len(chosen)} recordings; B is above A in {above} of them"
    return Plot(title, label, path, low, high)


def interval(comparison: Comparison) -> Bar:
    """An interval in a field 176 wide whose middle is zero; without one, where it is not known, its point alone."""
    if math.isnan(comparison.low):
        return Bar(number(comparison.difference), *[88 + round(math.copysign(40, comparison.difference))] * 3)
    reach = max(abs(comparison.low), abs(comparison.high), abs(comparison.difference)) or 1.0

    def x(value: float) -> int:
        return round(88 + 80 * value / reach)

    label = f"{number(comparison.difference)}, from {number(comparison.low)} to {number(comparison.high)}"
    return Bar(label, x(comparison.difference), x(comparison.low), x(comparison.high))


def extremes(scores: Sequence[float], higher_is_better: bool, count: int) -> list[list[int]]:
    """Places of the best and the worst of some scores, the most extreme first; never the same in both."""
    order = sorted(range(len(scores)), key=lambda i: scores[i], reverse=higher_is_better)
    half = min(count, len(order) // 2)
    return [order[:half], order[: -half - 1 : -1]] if half else []
