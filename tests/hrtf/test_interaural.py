"""Level and time differences of signals whose differences are known."""

import numpy as np
import pytest

from hrtf.errors import ShapeError
from hrtf.interaural import ild_db, itd_s
from hrtf.onsets import onset_samples, shifted

RATE = 48000


def two_ears(delay_samples, gain, seed=0):
    left = np.random.default_rng(seed).standard_normal(4096)
    return np.stack([left, gain * shifted(left, np.array(delay_samples))])


@pytest.mark.parametrize("delay", [0.0, 7.0, -7.0, 12.3, -30.6])
def test_time(delay):
    assert itd_s(two_ears(delay, 0.5), RATE) == pytest.approx(delay / RATE, abs=2e-6)


@pytest.mark.parametrize("gain", [0.1, 1.0, 3.0])
def test_level(gain):
    assert ild_db(two_ears(0.0, gain), RATE) == pytest.approx(-20 * np.log10(gain), abs=1e-9)


def test_level_is_taken_in_its_band():
    time_s = np.arange(RATE) / RATE
    low, high = (np.sin(2 * np.pi * f * time_s) for f in (1000, 15000))
    ears = np.stack([low, low + 5 * high])
    assert abs(ild_db(ears, RATE)) < 0.05


def test_silence():
    ears = np.zeros((2, 2, 100))
    ears[0, 0, 10] = 1.0
    assert np.isposinf(ild_db(ears, RATE)[0])
    assert np.isnan(ild_db(ears, RATE)[1])
    np.testing.assert_array_equal(itd_s(ears, RATE), [0, 0])


def test_one_ear_is_refused():
    with pytest.raises(ShapeError, match="two ears"):
        ild_db(np.zeros((3, 100)), RATE)
    with pytest.raises(ShapeError, match="two ears"):
        itd_s(np.zeros(100), RATE)


@pytest.mark.parametrize("delay", [0.0, 3.0, 40.5])
def test_onset_of_a_delayed_minimum_phase_response(delay):
    response = 0.8 ** np.arange(256.0)
    assert onset_samples(shifted(response, np.array(delay))) == pytest.approx(delay, abs=0.1)


def test_whole_shifts_are_exact():
    row = np.random.default_rng(0).standard_normal(64)
    np.testing.assert_allclose(shifted(row, np.array(5.0))[5:], row[:-5], atol=1e-12)
    np.testing.assert_allclose(shifted(row, np.array(-5.0))[:-5], row[5:], atol=1e-12)
