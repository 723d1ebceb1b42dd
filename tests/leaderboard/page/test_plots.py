"""Plots as paths: bars that add up, places that follow from values."""

import re

import numpy as np
import pytest

from fairplay_bench.results.schema import SplitSummary
from leaderboard.board import Cell, Comparison
from leaderboard.page.plots import by_split, extremes, histogram, interval, scatter


def comparison(difference, low, high):
    numbers = {"p": 0.1, "p_holm": 0.1, "p_wilcoxon": 0.1, "units": 9, "splits": 1}
    return Comparison("stft", "a", "b", difference, low, high, better=None, sentence="", **numbers)


def test_the_tallest_bar_fills_the_field_and_empty_ones_are_left_out():
    scores = np.array([1.0] * 50 + [2.0] * 25 + [1.5])
    plot = histogram("stft", scores)
    heights = [int(height) for height in re.findall(r"v-(\d+)h", plot.path)]
    assert heights == [68, round(68 / 50), 34]
    assert (plot.low, plot.high) == (1, 2)
    assert plot.mean_x == round(240 * (scores.mean() - 1))
    assert "stft of 76 clips" in plot.label


def test_a_few_far_scores_do_not_squeeze_the_others():
    plot = histogram("snr", np.append(np.linspace(0, 1, 999), 1e9))
    assert plot.high < 1.01
    assert plot.mean_x == 240


def test_too_few_or_equal_scores():
    assert histogram("stft", np.array([1.0])) is None
    plot = histogram("stft", np.array([3.0, 3.0]))
    assert (plot.low, plot.high, plot.mean_x) == (2.5, 3.5, 120)


def test_splits_stand_in_order_and_higher_is_higher():
    parts = {str(k): SplitSummary(mean=float(k), se=0.5, n=9, failed=0) for k in (1, 2, 3)}
    plot = by_split("stft", Cell(2.0, splits=parts))
    places = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h0", plot.dots)]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert [y for _, y in places] == [99, 66, 33]
    assert plot.mean_y == 66
    assert [split for _, split in plot.ticks] == ["1", "2", "3"]
    assert by_split("stft", Cell(2.0, splits={"1": parts["1"]})) is None


def test_points_of_recordings_that_both_have():
    plot = scatter("stft", {"x": 0.0, "y": 10.0, "only-a": 5.0}, {"x": 10.0, "y": 0.0, "only-b": 5.0})
    assert plot.path == "M0 0h0M300 300h0"
    assert "B is above A in 1 of them" in plot.label
    assert scatter("stft", {"x": 1.0}, {"x": 1.0}) is None


def test_intervals_are_drawn_around_zero():
    bar = interval(comparison(0.5, 0.25, 1.0))
    assert (bar.low_x, bar.x, bar.high_x) == (108, 128, 168)
    assert (interval(comparison(-1.0, -2.0, 0.0)).low_x, interval(comparison(0.0, 0.0, 0.0)).x) == (8, 88)
    alone = interval(comparison(0.5, float("nan"), float("nan")))
    assert alone.low_x == alone.high_x == alone.x > 88


@pytest.mark.parametrize(("higher", "best", "worst"), [(False, [2, 0], [1, 3]), (True, [1, 3], [2, 0])])
def test_best_and_worst(higher, best, worst):
    scores = [2.0, 9.0, 1.0, 5.0]
    assert extremes(scores, higher, 5) == [best, worst]
    assert extremes(scores[:1], higher, 5) == []
