"""What must hold for every sound."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fairplay_bench.scoring.metrics import METRICS

from .sounds import noise, room

KEYS = sorted(METRICS)
seeds = st.integers(0, 2**16)
lengths = st.integers(2000, 6000)
few = settings(deadline=None, max_examples=15)


def pair(seed, samples):
    return torch.from_numpy(room(seed, samples)), torch.from_numpy(room(seed + 1, samples))


def value(key, predicted, target):
    return float(METRICS[key].function(predicted, target))


@few
@given(seed=seeds, samples=lengths, gain=st.floats(0.01, 100.0))
@pytest.mark.parametrize(("key", "power"), [("stft", 2), ("mag", 2), ("wav", 2), ("env", 1), ("phase", 0)])
def test_grows_with_a_power_of_the_level(key, power, seed, samples, gain):
    predicted, target = pair(seed, samples)
    wanted = gain**power * value(key, predicted, target)
    assert value(key, gain * predicted, gain * target) == pytest.approx(wanted, rel=1e-3 if key == "phase" else 1e-4)


@few
@given(seed=seeds, samples=lengths, gain=st.floats(0.01, 100.0), other=st.floats(0.01, 100.0))
@pytest.mark.parametrize("key", ["ild", "itd"])
def test_interaural_differences_ignore_the_level_of_either_sound(key, seed, samples, gain, other):
    predicted, target = pair(seed, samples)
    wanted = value(key, predicted, target)
    assert value(key, gain * predicted, other * target) == pytest.approx(wanted, rel=1e-3, nan_ok=True)


@few
@given(seed=seeds, samples=lengths)
@pytest.mark.parametrize("key", KEYS)
def test_exchanging_the_ears_of_both_changes_nothing(key, seed, samples):
    predicted, target = pair(seed, samples)
    wanted = value(key, predicted, target)
    assert value(key, predicted.flip(0), target.flip(0)) == pytest.approx(wanted, rel=1e-4, nan_ok=True)


@few
@given(seed=seeds, samples=lengths)
@pytest.mark.parametrize("key", [key for key in KEYS if key not in ("snr", "ild", "itd")])
def test_distances_are_symmetric_and_not_negative(key, seed, samples):
    predicted, target = pair(seed, samples)
    there, back = value(key, predicted, target), value(key, target, predicted)
    assert there == pytest.approx(back, rel=1e-5)
    assert there > 0


@few
@given(seed=seeds, samples=lengths)
@pytest.mark.parametrize("key", KEYS)
def test_scoring_repeats_and_leaves_its_inputs_alone(key, seed, samples):
    predicted, target = pair(seed, samples)
    before = predicted.clone(), target.clone()
    assert value(key, predicted, target) == pytest.approx(value(key, predicted, target), rel=0, nan_ok=True)
    assert torch.equal(predicted, before[0])
    assert torch.equal(target, before[1])


@few
@given(seed=seeds, scale=st.floats(1.5, 4.0))
@pytest.mark.parametrize("key", ["stft", "env", "wav", "snr"])
def test_more_error_scores_worse(key, seed, scale):
    target = torch.from_numpy(room(seed, 4000))
    error = torch.from_numpy(noise(seed + 7, 2, 4000, level=0.02))
    sign = -1 if METRICS[key].higher_is_better else 1
    assert sign * value(key, target + scale * error, target) > sign * value(key, target + error, target)


def test_units_of_the_score_do_not_depend_on_length():
    """Distances are means: the same sound twice in a row scores as once, but at the seam."""
    predicted, target = room(1, 16_000), room(2, 16_000)
    twice = [torch.from_numpy(np.tile(ears, (1, 2))) for ears in (predicted, target)]
    once = [torch.from_numpy(ears) for ears in (predicted, target)]
    for key in ("stft", "env", "mag", "phase", "snr", "wav", "ild"):
        assert value(key, *twice) == pytest.approx(value(key, *once), rel=0.03)
