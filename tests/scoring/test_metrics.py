"""Every metric equals an independent reading of the protocols on sounds of every kind."""

import numpy as np
import pytest
import torch

from fairplay_bench.errors import ShapeError
from fairplay_bench.records import PROTOCOLS
from fairplay_bench.scoring.metrics import METRICS
from fairplay_bench.scoring.pair import score_ears

from . import reference
from .sounds import PAIRS, noise, room


def ours(key, predicted, target):
    return float(METRICS[key].function(torch.from_numpy(predicted), torch.from_numpy(target)))


@pytest.mark.parametrize("pair", sorted(PAIRS))
@pytest.mark.parametrize("key", sorted(reference.METRICS))
def test_equals_the_independent_reading(key, pair):
    wanted, got, metric = reference.METRICS[key](*PAIRS[pair]), ours(key, *PAIRS[pair]), METRICS[key]
    # in float32 the angles and levels of near silence are those of rounding
    tolerance = {"phase": {"abs": 2e-4}, "ild": {"abs": 1e-4}}.get(key, {"rel": 1e-5, "abs": 1e-6})
    assert got == pytest.approx(wanted, nan_ok=True, **tolerance)
    assert metric.may_be_undefined if np.isnan(got) else metric.least <= got <= metric.most * (1 + 1e-6)


@pytest.mark.parametrize("pair", ["noise", "a room for another", "faded target", "silence predicted", "silent target"])
@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
@pytest.mark.parametrize("normalize", [True, False])
def test_protocols_equal_the_independent_reading(protocol, pair, normalize):
    wanted = {
        "gao2019": ("stft", "env"),
        "xu2021": ("stft", "env", "mag", "phase", "snr"),
        "v1": ("stft", "env", "phase", "snr", "wav", "ild", "itd", "stft_raw", "env_raw"),
    }
    predicted, target = PAIRS[pair]
    scores = score_ears(torch.from_numpy(predicted), torch.from_numpy(target), PROTOCOLS[protocol], normalize)
    assert tuple(scores) == wanted[protocol]
    for key, value in scores.items():
        raw = not normalize or key.endswith("_raw")
        pair_given = (predicted, target) if raw else tuple(map(reference.peak_normalized, (predicted, target)))
        metric = reference.METRICS[key.removesuffix("_raw")]
        expected = metric(*pair_given)
        if key in ("ild", "itd") and np.isnan(metric(predicted, target)):
            assert value is None
        else:
            assert value == pytest.approx(expected, rel=1e-4, abs=1e-3 if key in ("phase", "ild") else 1e-9)


@pytest.mark.parametrize("key", sorted(METRICS))
def test_the_target_itself_scores_best(key):
    target = room(50)
    wanted = reference.snr(target, target) if key == "snr" else 0.0
    assert ours(key, target, target) == pytest.approx(wanted, rel=1e-6)
    if key != "snr":
        assert ours(key, target, target) == 0
    worse = ours(key, room(51), target)
    assert worse < wanted if METRICS[key].higher_is_better else worse > wanted


def test_mag_is_exactly_twice_stft():
    for predicted, target in (PAIRS["noise"], PAIRS["a room for another"], PAIRS["silent target"]):
        assert ours("mag", predicted, target) == 2 * ours("stft", predicted, target)


def test_mono_has_no_phase_to_compare():
    target = room(52, 40_000)
    mono = np.repeat(target[:1], 2, axis=0)
    assert ours("phase", mono, target) == pytest.approx(np.pi / 2, abs=0.02)
    assert ours("phase", mono, np.zeros_like(target)) == 0  # the angle of zero is zero, on both sides


def test_phase_of_opposed_difference_is_pi():
    target = room(53)
    assert ours("phase", target[::-1].copy(), target) == pytest.approx(np.pi, abs=1e-3)


def test_waveform_metrics_by_hand():
    predicted = torch.tensor([[0.1, 0.1, 0.1, 0.1], [0.0, 0.0, 0.0, 0.0]])
    target = torch.tensor([[0.3, 0.3, 0.3, 0.3], [0.1, -0.1, 0.1, -0.1]])
    assert float(METRICS["wav"].function(predicted, target)) == pytest.approx(1000 * (0.04 + 0.01))
    assert float(METRICS["snr"].function(predicted, target)) == pytest.approx(
        10 * np.log10((0.05 + 1e-4) / (0.025 + 1e-4))
    )


@pytest.mark.parametrize("key", ["stft", "env", "mag", "phase", "snr", "wav"])
def test_batches_score_like_their_members(key):
    predicted, target = (torch.from_numpy(noise(seed, 3, 4, 2, 1000)) for seed in (60, 61))
    scores = METRICS[key].function(predicted, target)
    assert tuple(scores.shape) == (3, 4)
    torch.testing.assert_close(scores[1, 2], METRICS[key].function(predicted[1, 2], target[1, 2]))


@pytest.mark.parametrize("key", sorted(METRICS))
@pytest.mark.parametrize(
    ("predicted", "target", "message"),
    [
        ((2, 900), (2, 901), r"^expected one shape, got predicted \(2, 900\), target \(2, 901\)\.$"),
        ((2, 900), (1, 900), r"^expected one shape, got predicted \(2, 900\), target \(1, 900\)\.$"),
        ((1, 900), (1, 900), r"^expected \(\.\.\., 2, samples\), got \(1, 900\)\.$"),
        ((900, 2), (900, 2), r"^expected \(\.\.\., 2, samples\), got \(900, 2\)\.$"),
        ((900,), (900,), r"^expected \(\.\.\., 2, samples\), got \(900,\)\.$"),
        ((2, 0), (2, 0), r"^expected \(\.\.\., 2, samples\), got \(2, 0\)\.$"),
    ],
)
def test_other_shapes_are_refused(key, predicted, target, message):
    with pytest.raises(ShapeError, match=message):
        METRICS[key].function(torch.zeros(predicted), torch.zeros(target))


@pytest.mark.parametrize("key", ["ild", "itd"])
def test_interaural_differences_take_no_batches(key):
    with pytest.raises(ShapeError, match=r"^expected \(2, samples\), got \(3, 2, 900\)\.$"):
        METRICS[key].function(torch.ones(3, 2, 900), torch.ones(3, 2, 900))


def test_every_metric_has_a_version_and_a_protocol():
    used = {key for protocol in PROTOCOLS.values() for key in protocol.metrics}
    assert used == set(METRICS)
    assert all(metric.version >= 1 and metric.key == key for key, metric in METRICS.items())
    assert [key for key, metric in METRICS.items() if metric.higher_is_better] == ["snr"]
