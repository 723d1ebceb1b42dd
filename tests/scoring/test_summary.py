"""Means over clips and splits, and standard errors that hold when splits overlap."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from fairplay_bench.results.schema import ClipScores
from fairplay_bench.scoring.summary import bootstrap_se, clustered_se, summarize, unit_means


def clip(split, clip_id, value, video=None, failed=None, key="stft"):
    scores = {} if failed else {key: value}
    return ClipScores(split=split, clip_id=clip_id, video_id=video or clip_id, scores=scores, failed=failed)


def plain_clustered_variance(cells):
    """Cameron, Gelbach and Miller (2011) for a mean of split means, term by term."""
    splits = sorted({split for _, split in cells})
    units = sorted({unit for unit, _ in cells})
    sizes = {s: sum(1 for _, split in cells if split == s) for s in splits}
    weight = {cell: 1 / len(splits) / sizes[cell[1]] for cell in cells}
    mean = sum(weight[cell] * value for cell, value in cells.items())
    pull = {cell: weight[cell] * (value - mean) for cell, value in cells.items()}

    def one_way(groups):
        squares = 0.0
        for group in groups:
            squares += sum(pull[cell] for cell in group) ** 2
        return squares * len(groups) / (len(groups) - 1)

    by_unit = one_way([[c for c in cells if c[0] == unit] for unit in units])
    by_split = one_way([[c for c in cells if c[1] == split] for split in splits])
    by_both = one_way([[c] for c in cells])
    return by_unit, by_split, by_unit + by_split - by_both


def overlapping(rng, units, splits, size, split_effect=0.5):
    unit, split = rng.normal(size=units), split_effect * rng.normal(size=splits)
    return {
        (f"u{u}", s): unit[u] + split[s] + 0.5 * rng.normal()
        for s in range(splits)
        for u in rng.choice(units, size, replace=False)
    }


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 2**32 - 1), units=st.integers(3, 30), splits=st.integers(2, 6), data=st.data())
def test_clustered_se_equals_a_plain_loop(seed, units, splits, data):
    size = data.draw(st.integers(2, units))
    cells = overlapping(np.random.default_rng(seed), units, splits, size)
    by_unit, by_split, both = plain_clustered_variance(cells)
    wanted = both if both > 0 else max(by_unit, by_split)
    assert clustered_se(cells) == pytest.approx(np.sqrt(wanted), rel=1e-6, abs=1e-6)


def test_clustered_se_of_splits_of_different_sizes():
    cells = {("a", 1): 1.0, ("b", 1): 2.0, ("c", 1): 4.0, ("a", 2): 2.0, ("d", 2): 8.0}
    assert clustered_se(cells) == pytest.approx(np.sqrt(plain_clustered_variance(cells)[2]))


def test_clustered_se_does_not_mind_the_order_or_the_unit_of_measure():
    cells = overlapping(np.random.default_rng(1), 20, 4, 8)
    shuffled = dict(sorted(cells.items(), key=lambda item: item[1]))
    assert clustered_se(shuffled) == pytest.approx(clustered_se(cells))
    moved = {cell: 3 * value + 100 for cell, value in cells.items()}
    assert clustered_se(moved) == pytest.approx(3 * clustered_se(cells))


@pytest.mark.parametrize("cells", [{}, {("a", 1): 1.0, ("b", 1): 2.0}, {("a", 1): 1.0, ("a", 2): 2.0}])
def test_clustered_se_needs_two_of_each(cells):
    assert clustered_se(cells) is None


def test_clustered_se_of_equal_scores_is_zero():
    assert clustered_se({(unit, split): 0.7 for unit in "abc" for split in (1, 2)}) == pytest.approx(0, abs=1e-12)


def test_simulation():
    """Units and splits drawn anew: the variance is right on average, and t with splits - 1 covers."""
    rng = np.random.default_rng(5)
    splits, runs = 10, 600
    means, variances = [], []
    for _ in range(runs):
        cells = overlapping(rng, units=80, splits=splits, size=20)
        by_split = [np.mean([v for (_, s), v in cells.items() if s == split]) for split in range(splits)]
        means.append(np.mean(by_split))
        variances.append(clustered_se(cells) ** 2)
    assert np.mean(variances) == pytest.approx(np.var(means), rel=0.15)
    limit = scipy.stats.t.ppf(0.975, splits - 1)
    errs = np.mean(np.abs(means) > limit * np.sqrt(variances))
    assert 0.01 <= errs <= 0.08


def test_bootstrap_se_equals_a_real_bootstrap():
    rng = np.random.default_rng(6)
    values = [(f"u{n % 25}", float(rng.gamma(2.0))) for n in range(60)]
    units = np.array(list(unit_means(values).values()))
    draws = units[rng.integers(0, len(units), (40_000, len(units)))].mean(axis=1)
    assert bootstrap_se(values) == pytest.approx(draws.std(), rel=0.015)


def test_bootstrap_se_resamples_recordings_not_clips():
    """Ten clips of one recording say no more than one."""
    rng = np.random.default_rng(7)
    recordings = [(f"v{n}", float(rng.normal())) for n in range(12)]
    clips = [one for one in recordings for _ in range(10)]
    assert bootstrap_se(clips) == pytest.approx(bootstrap_se(recordings))


@pytest.mark.parametrize("values", [[], [("a", 1.0)], [("a", 1.0), ("a", 2.0)]])
def test_bootstrap_se_needs_two_units(values):
    assert bootstrap_se(values) is None


def test_mean_over_clips_then_over_splits():
    clips = [clip(1, "a", 1.0), clip(1, "b", 2.0), clip(1, "c", 6.0), clip(2, "a", 10.0)]
    summary = summarize(clips, [1, 2], ["stft"])["stft"]
    assert summary.splits["1"].mean == pytest.approx(3.0)
    assert summary.splits["2"].mean == pytest.approx(10.0)
    assert summary.mean == pytest.approx(6.5)  # not (1 + 2 + 6 + 10) / 4
    assert (summary.version, summary.unit) == (1, "")
    cells = {("a", 1): 1.0, ("b", 1): 2.0, ("c", 1): 6.0, ("a", 2): 10.0}
    assert summary.se == pytest.approx(clustered_se(cells))


def test_one_split_has_the_error_of_its_bootstrap():
    clips = [clip(4, name, value) for name, value in (("a", 1.0), ("b", 2.0), ("c", 6.0))]
    summary = summarize(clips, [4], ["stft"])["stft"]
    assert summary.mean == pytest.approx(3)
    assert summary.se == summary.splits["4"].se == pytest.approx(np.std([1, 2, 6]) / np.sqrt(3))


def test_clips_of_one_recording_are_one_unit():
    clips = [clip(1, "a1", 1.0, "a"), clip(1, "a2", 3.0, "a"), clip(1, "b1", 6.0, "b")]
    summary = summarize(clips, [1], ["stft"])["stft"]
    assert summary.mean == pytest.approx(10 / 3)  # the plain mean over clips
    assert summary.se == pytest.approx(np.std([2, 6]) / np.sqrt(2))


def test_failed_and_undefined_are_counted_apart():
    clips = [
        clip(1, "a", 1.0, key="ild"),
        clip(1, "b", None, key="ild"),
        clip(1, "c", None, failed="missing"),
        clip(2, "d", None, failed="missing"),
    ]
    summary = summarize(clips, [1, 2], ["ild"])["ild"]
    one, two = summary.splits["1"], summary.splits["2"]
    assert (one.mean, one.n, one.failed, one.undefined) == (1.0, 1, 1, 1)
    assert (two.mean, two.se, two.n, two.failed, two.undefined) == (None, None, 0, 1, 0)
    assert summary.mean == 1.0


def test_nothing_scored_has_no_mean():
    summary = summarize([clip(1, "a", None, failed="missing")], [1], ["stft", "env"])["env"]
    assert (summary.mean, summary.se) == (None, None)
