"""SDR, SIR and SAR are mir_eval's own, ear by ear; what it cannot score is named."""

import warnings

import mir_eval.separation
import numpy as np
import pytest
import torch

from fairplay_bench.errors import PredictionError, ShapeError
from fairplay_bench.scoring.separation import quality
from fairplay_bench.scoring.separation.quality import separation_scores

SAMPLES = 3000


def sounds(seed, ears=2):
    return np.random.default_rng(seed).normal(size=(2, ears, SAMPLES)).astype(np.float32)


def leaking(sources, share=0.3, noise=0.1):
    """Estimates that hold some of the other source and some of neither."""
    return (sources + share * sources[::-1] + noise * sounds(9, sources.shape[1])).astype(np.float32)


def scored(predicted, target):
    return separation_scores(torch.from_numpy(predicted), torch.from_numpy(target))


def called(function, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return [np.asarray(value) for value in function(*arguments, compute_permutation=False)]


@pytest.mark.parametrize("ears", [1, 2])
def test_they_are_mir_evals_own(ears):
    target = sounds(0, ears)
    predicted = leaking(target)
    target, mixture = target.astype(np.float64), target.astype(np.float64).sum(axis=0)
    values, before = [], []
    for ear in range(ears):
        args = target[:, ear], predicted[:, ear].astype(np.float64)
        values.append(called(mir_eval.separation.bss_eval_sources, *args)[:3])
        unparted = np.stack([mixture[ear]] * 2)
        before.append(called(mir_eval.separation.bss_eval_sources, target[:, ear], unparted)[0])
    ours = scored(predicted, target.astype(np.float32))
    for place, key in enumerate(("sdr", "sir", "sar")):
        assert abs(ours[key] - np.mean([ear[place] for ear in values])) < 1e-9
    assert abs(ours["sdr_mixture"] - np.mean(before)) < 1e-9
    assert abs(ours["sdr_improvement"] - (np.mean([ear[0] for ear in values]) - np.mean(before))) < 1e-9


def test_images_are_mir_evals_own_and_hear_a_wrong_side():
    target = sounds(1)
    predicted = leaking(target)
    layout = [np.moveaxis(sound.astype(np.float64), 1, 2) for sound in (target, predicted)]
    wanted = called(mir_eval.separation.bss_eval_images, *layout)[0].mean()
    assert abs(scored(predicted, target)["sdr_images"] - wanted) < 1e-9
    panned = predicted * np.array([[1.0], [0.3]], np.float32)
    assert scored(panned, target)["sdr_images"] < wanted - 3
    assert scored(panned, target)["sdr"] == pytest.approx(scored(predicted, target)["sdr"], abs=1e-3)


def test_one_ear_has_no_images():
    target = sounds(2, 1)
    assert scored(leaking(target), target)["sdr_images"] is None


def test_the_mixture_itself_gains_nothing():
    target = sounds(3)
    mixture = np.broadcast_to(target.sum(axis=0), target.shape).copy()
    assert scored(mixture, target)["sdr_improvement"] == pytest.approx(0, abs=1e-4)


def test_the_order_of_the_sources_counts():
    target = sounds(4)
    estimates = leaking(target, share=0.1)
    assert scored(estimates, target)["sdr"] > 5
    assert scored(estimates[::-1].copy(), target)["sdr"] < -5


@pytest.mark.parametrize(
    ("silenced", "message"),
    [("target", "its true source 2 is silent at the left ear"), ("predicted", "the estimate of source 2 is silent")],
)
def test_silence_is_unscorable(silenced, message):
    given = {"target": sounds(5), "predicted": leaking(sounds(5))}
    given[silenced][1, 0] = 0
    with pytest.raises(PredictionError, match=f"unscorable: {message}"):
        scored(given["predicted"], given["target"])


def test_what_mir_eval_refuses_is_unscorable(monkeypatch):
    def refuse(*_, **__):
        raise ValueError("too many\nsources")

    monkeypatch.setattr(mir_eval.separation, "bss_eval_sources", refuse)
    with pytest.raises(PredictionError, match="unscorable: too many sources"):
        scored(leaking(sounds(6)), sounds(6))


def test_a_score_that_is_not_finite_is_unscorable(monkeypatch):
    endless = (np.full(2, np.inf), np.zeros(2), np.zeros(2), np.arange(2))
    monkeypatch.setattr(mir_eval.separation, "bss_eval_sources", lambda *_, **__: endless)
    with pytest.raises(PredictionError, match="unscorable: its sdr is not finite"):
        scored(leaking(sounds(7)), sounds(7))


@pytest.mark.parametrize(
    ("predicted", "target"), [((2, 2, 900), (2, 2, 901)), ((2, 3, 900), (2, 3, 900)), ((3, 2, 900), (3, 2, 900))]
)
def test_shapes_that_are_refused(predicted, target):
    with pytest.raises(ShapeError, match="expected"):
        separation_scores(torch.ones(predicted), torch.ones(target))


def test_no_other_warning_of_mir_eval_is_hidden(monkeypatch):
    def warn(*_, **__):
        warnings.warn("something else", FutureWarning, stacklevel=1)

    monkeypatch.setattr(mir_eval.separation, "bss_eval_sources", warn)
    with pytest.raises(FutureWarning, match="something else"):
        quality._evaluated("bss_eval_sources", sounds(8)[:, 0], sounds(8)[:, 0])
