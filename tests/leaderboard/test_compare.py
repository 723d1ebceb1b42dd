"""Comparing methods: the interval decides, the sentence says so, and what cannot be compared is refused."""

import numpy as np
import pytest
import scipy.stats

from fairplay_bench.errors import ResultError
from fairplay_bench.records import ModelCard
from fairplay_bench.results.schema import DatasetRef
from leaderboard.clip_scores import unit_means_of
from leaderboard.compare import compare, compare_all, compare_pair
from leaderboard.statistics import estimate

from .boards import CLIPS, made
from .simulation import overlapping_splits

ONE = {1: CLIPS}


def test_one_split():
    a, b = made("A", better=4.0, seed=1, tests=ONE), made("B", seed=2, tests=ONE)
    found = compare(a, b, "stft")
    scores = [[clip.scores["stft"] for clip in one.clips] for one in (a, b)]
    difference = np.subtract(*scores)
    assert found.difference == pytest.approx(difference.mean())
    expected = estimate(difference[:, None], np.arange(20), np.zeros(20, dtype=int))
    assert (found.low, found.high) == pytest.approx(
        (found.difference - expected.half[0], found.difference + expected.half[0])
    )
    assert found.p == expected.p[0] == found.p_holm
    assert found.p_wilcoxon == pytest.approx(scipy.stats.wilcoxon(difference).pvalue)
    assert (found.units, found.splits, found.better, found.left_out) == (20, 1, "a", 0)
    assert found.sentence == (
        f"A is better than B in stft: lower by {-found.difference:.4g} (95 % interval {-found.high:.4g} to "
        f"{-found.low:.4g}; 1 split; 20 recordings)."
    )


def test_wilcoxon_is_on_the_means_of_the_units():
    a, b = made("A", better=0.5, seed=1), made("B", seed=2)
    means = [np.array(list(unit_means_of(one, "stft").values())) for one in (a, b)]
    found = compare(a, b, "stft")
    assert found.units == len(means[0]) == 12
    assert found.p_wilcoxon == pytest.approx(scipy.stats.wilcoxon(means[0] - means[1]).pvalue)


def test_the_other_way_round():
    a, b = made("A", better=4.0, seed=1), made("B", seed=2)
    one, other = compare(a, b, "snr"), compare(b, a, "snr")
    assert (one.better, other.better) == ("a", "b")
    assert one.difference == pytest.approx(-other.difference)
    assert one.difference > 0
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert one.sentence == other.sentence
    assert one.sentence.startswith("A is better than B in snr: higher by ")


def test_no_difference_is_said_so():
    found = compare(made("A", seed=1), made("B", seed=2), "env")
    assert found.better is None
    assert found.low < 0 < found.high
    assert found.sentence.startswith("env does not tell A and B apart: they differ by ")
    assert found.sentence.endswith("2 splits; 12 recordings).")


def test_a_method_and_itself():
    for found in compare_pair(made("A"), made("A")):
        assert (found.difference, found.p, found.p_wilcoxon, found.better) == (0.0, 1.0, 1.0, None)


def with_scores(name, values, units, splits):
    """A result of the protocol gao2019 whose every score is given."""
    tests = {split + 1: [f"{unit:06d}" for unit in sorted(units[splits == split])] for split in np.unique(splits)}
    result = made(name, tests=tests, protocol="gao2019")
    score = {(split + 1, f"{unit:06d}"): value for unit, split, value in zip(units, splits, values, strict=True)}
    clips = [
        clip.model_copy(update={"scores": dict.fromkeys(clip.scores, float(score[clip.split, clip.clip_id]))})
        for clip in result.clips
    ]
    return result.model_copy(update={"clips": clips})


def test_what_is_simulated_is_what_is_compared():
    """The false positives of the simulation are those of this function: same interval, same p, same decision."""
    rng = np.random.default_rng(12)
    values, units, splits = overlapping_splits(rng, 3, 0.3, clips=150, splits=4, size=40)
    shared = rng.normal(size=len(units))
    expected = estimate(values, units, splits)
    for run in range(3):
        a, b = (with_scores("x", scores, units, splits) for scores in (10 + shared + values[:, run], 10 + shared))
        found = compare(a, b, "stft")
        assert found.p == pytest.approx(expected.p[run], rel=1e-9)
        assert (found.high - found.low) / 2 == pytest.approx(expected.half[run], rel=1e-9)
        assert (found.better is not None) == (expected.p[run] <= 0.05)


def test_clips_of_one_recording_are_one_unit():
    def cut(name, seed):
        result = made(name, seed=seed, tests=ONE)
        clips = [clip.model_copy(update={"video_id": f"v{int(clip.clip_id) // 4}"}) for clip in result.clips]
        return result.model_copy(update={"clips": clips})

    a, b = cut("A", 1), cut("B", 2)
    found = compare(a, b, "stft")
    assert found.units == 5
    means = [np.array(list(unit_means_of(one, "stft").values())) for one in (a, b)]
    expected = estimate((means[0] - means[1])[:, None], np.arange(5), np.zeros(5, dtype=int))
    assert found.difference == pytest.approx(expected.mean[0])
    assert found.p == pytest.approx(expected.p[0])


def test_three_methods_are_corrected_by_holm():
    results = [
        made(name, better=better, seed=seed) for seed, (name, better) in enumerate([("A", 0.6), ("B", 0), ("C", 0)])
    ]
    found = [one for one in compare_all(results, metrics=["stft", "snr"]) if one.metric == "stft"]
    assert [(one.a, one.b) for one in found] == [("A", "B"), ("A", "C"), ("B", "C")]
    p = np.array([one.p for one in found])
    order = np.argsort(p)
    stepped = np.minimum(1, np.maximum.accumulate(p[order] * [3, 2, 1]))
    np.testing.assert_allclose([found[place].p_holm for place in order], stepped)
    assert all("after Holm's correction for 3 pairs" in one.sentence for one in found)
    assert all((one.better is None) == (one.p_holm > 0.05) for one in found)


def test_clips_that_only_one_has_are_left_out_and_told():
    a, b = made("A", seed=1, failed={(1, "000002")}), made("B", seed=2, tests={1: CLIPS[:8], 2: CLIPS[4:11]})
    found = compare(a, b, "stft")
    assert found.left_out == 2
    assert found.sentence.endswith("2 clips left out that only one of them has).")


def test_few_recordings_have_no_interval():
    found = compare(made("A", seed=1, tests={1: CLIPS[:1]}), made("B", seed=2, tests={1: CLIPS[:1]}), "stft")
    assert (found.p, found.better) == (1.0, None)
    assert "too few recordings for an interval" in found.sentence


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"task": "ambisonics"}, "A and B: task 'binaural' and 'ambisonics'; only results of the same one"),
        ({"split_set": "xu2021"}, "A and B: split set 'gao2019' and 'xu2021'"),
        (
            {"dataset": DatasetRef(name="fair-play", version="2019.1", index_sha256="3" * 64)},
            r"A and B: scored on other data \(index 111111111111 and 333333333333\)",
        ),
    ],
)
def test_what_cannot_be_compared(fields, reason):
    with pytest.raises(ResultError, match=reason):
        compare_pair(made("A"), made("B", **fields))


def test_other_protocols_versions_and_metrics_cannot_be_compared():
    with pytest.raises(ResultError, match="protocol 'v1' and 'xu2021'"):
        compare_pair(made("A"), made("B", protocol="xu2021"))
    with pytest.raises(ResultError, match="mag: not in both results; they share stft, env"):
        compare(made("A"), made("B"), "mag")
    old = made("B")
    metrics = old.metrics | {"env": old.metrics["env"].model_copy(update={"version": 0})}
    with pytest.raises(ResultError, match="env: versions 1 and 0; score the older result again"):
        compare_pair(made("A"), old.model_copy(update={"metrics": metrics}))
    with pytest.raises(ResultError, match="no test clip in common"):
        compare_pair(made("A", tests={1: CLIPS[:4]}), made("B", tests={1: CLIPS[4:8]}))


def test_names_of_strangers_are_one_line():
    hostile = made("x", card=ModelCard(name="a\n\u202eb\x1b[31m"))
    assert compare(hostile, made("B", seed=2), "stft").sentence.startswith("stft does not tell a b[31m and B apart")
