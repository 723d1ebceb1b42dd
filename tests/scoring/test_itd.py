"""Time differences that were put in come out, and only windows that have one count."""

import numpy as np
import pytest
import scipy.signal
import torch

from fairplay_bench.scoring.itd import _peak, _unambiguous, _Windows, itd_error

from .sounds import delayed, doubled, noise, one_sided, tone

SAMPLE_US = 1e6 / 16_000


def error(predicted, target):
    return float(itd_error(torch.from_numpy(predicted), torch.from_numpy(target)))


@pytest.mark.parametrize("target_lag", [-12, -5, 0, 1, 8, 14])
@pytest.mark.parametrize("predicted_lag", [-7, 0, 3])
def test_error_of_whole_lags(target_lag, predicted_lag):
    wanted = abs(target_lag - predicted_lag) * SAMPLE_US
    assert error(delayed(1, predicted_lag), delayed(2, target_lag)) == pytest.approx(wanted, abs=4)


@pytest.mark.parametrize("lag", [-3.5, -0.25, 0.5, 6.3, 10.75])
def test_the_parabola_finds_parts_of_a_sample(lag):
    assert error(delayed(3, 0), delayed(4, lag)) == pytest.approx(abs(lag) * SAMPLE_US, abs=6)


def test_side_counts():
    assert error(delayed(5, 6), delayed(5, -6)) == pytest.approx(12 * SAMPLE_US, abs=4)
    assert error(delayed(5, -6), delayed(5, -6)) == 0


def test_lags_end_at_16():
    """A delay beyond a millisecond is read as the limit, at most half a sample more."""
    target = delayed(6, 0)
    assert error(delayed(7, 17), target) <= 16.5 * SAMPLE_US + 4
    assert error(delayed(7, 17), target) >= 15.5 * SAMPLE_US - 4


@pytest.mark.parametrize("ear", [0, 1])
def test_a_one_sided_prediction_errs_by_1000(ear):
    assert error(one_sided(delayed(8, 3), ear), delayed(9, 3)) == 1000


def test_a_silent_prediction_errs_by_1000():
    assert error(np.zeros((2, 8000), np.float32), delayed(10, 3)) == 1000


def test_a_prediction_silent_for_a_while_errs_by_1000_there():
    predicted = delayed(11, 0, samples=16_000)
    predicted[:, 8000:] = 0
    target = delayed(12, 0, samples=16_000)
    assert 1000 * 16 / 39 <= error(predicted, target) <= 1000 * 19 / 39 + 10  # but where the filter still rings


def test_two_equal_ears_arrive_together():
    target = delayed(13, 4.0)
    assert error(doubled(target), target) == pytest.approx(4 * SAMPLE_US, abs=4)


def test_independent_ears_have_none():
    assert np.isnan(error(delayed(14, 0), noise(15, 2, 8000)))


def test_a_target_with_one_ear_has_none():
    assert np.isnan(error(delayed(16, 0), one_sided(delayed(16, 0))))


def test_a_tone_that_fits_twice_has_none():
    """1 kHz comes back after 16 samples: its second peak is nearly as high as the first."""
    assert np.isnan(error(delayed(17, 0), tone(1000)))
    assert error(tone(400), tone(400, delay_samples=5)) == pytest.approx(5 * SAMPLE_US, abs=10)


def test_a_second_peak_within_two_lags_does_not_matter():
    """Of a low tone the correlation is flat near its peak, but it has no other peak."""
    assert error(tone(150), tone(150)) == pytest.approx(0, abs=1)


def test_only_windows_within_40_db_of_the_loudest_count():
    near, far = delayed(18, 2, samples=16_000), delayed(19, -9, samples=16_000)
    target = near.copy()
    target[:, 8000:] = 10 ** (-55 / 20) * far[:, 8000:]
    assert error(near, target) == pytest.approx(0, abs=8)
    target[:, 8000:] = 10 ** (-25 / 20) * far[:, 8000:]
    assert error(near, target) == pytest.approx(11 * SAMPLE_US / 2, rel=0.2)


def test_only_100_to_1500_hz_matter():
    high = scipy.signal.butter(8, 4000, "highpass", fs=16_000, output="sos")
    hiss = scipy.signal.sosfilt(high, noise(20, 2, 8000, level=0.5)).astype(np.float32)
    target = delayed(21, 6)
    assert error(delayed(22, 6) + hiss, target + hiss[::-1]) == pytest.approx(0, abs=10)


@pytest.mark.parametrize("samples", [1, 257, 799])
def test_less_than_a_window_has_none(samples):
    assert np.isnan(error(noise(23, 2, samples), noise(24, 2, samples)))


def test_a_faint_target_has_none():
    assert np.isnan(error(delayed(25, 0), delayed(25, 0, level=0.9e-4)))
    assert error(delayed(25, 0), delayed(25, 0, level=1.1e-4)) < 1e-3


def test_samples_beyond_the_last_whole_window_do_not_count():
    """1999 samples hold the windows at 0, 400 and 800; from 1600 on nothing counts but through the filter."""
    target, predicted = delayed(26, 0, 4000)[:, :1999], delayed(26, 0, 4000)[:, :1999].copy()
    predicted[:, 1950:] = delayed(27, 12, 4000)[:, 1950:1999]
    assert error(predicted, target) < 1


@pytest.mark.parametrize(("lags", "nearest"), [((-5, 9), -5), ((5, -9), 5), ((-16, 0, 16), 0), ((17, 16), 16)])
def test_of_equal_peaks_the_nearer_counts(lags, nearest):
    correlation = np.zeros((1, 35))
    correlation[0, [17 + lag for lag in lags]] = 1.0
    assert _peak(correlation) == [17 + nearest]


@pytest.mark.parametrize(
    ("peaks", "counts"),
    [
        ({0: 1.0}, True),
        ({0: 0.6}, True),
        ({0: 0.59}, False),
        ({-16: 1.0}, True),
        ({0: 1.0, 2: 0.99}, True),  # no farther than two lags
        ({0: 1.0, 3: 0.81}, False),
        ({0: 1.0, -3: 0.81}, False),
        ({0: 1.0, 3: 0.8}, True),
        ({0: 1.0, 16: 0.81}, False),
        ({0: 1.0, 17: 0.81}, True),  # beyond the last lag; known for the parabola alone
        ({-5: 1.0, -7: 0.95, -8: 0.79}, True),
        ({-5: 0.7, 9: 0.57}, False),  # four fifths of the first, whatever that is
        ({0: -0.1}, False),
    ],
)
def test_which_windows_have_one(peaks, counts):
    correlation = np.full((1, 35), -0.5)
    for lag, height in peaks.items():
        correlation[0, 17 + lag] = height
    assert _unambiguous(_Windows(np.ones((1, 2)), correlation)) == [counts]


def test_a_slope_is_no_second_peak():
    """What is high three lags away on the flank of the first peak is no peak of its own."""
    correlation = 1 - 0.01 * np.abs(np.arange(-17, 18))[None]
    assert _unambiguous(_Windows(np.ones((1, 2)), correlation)) == [True]


def test_the_peak_is_measured_by_the_energies_of_both_ears():
    correlation = np.full((2, 35), -0.5)
    correlation[:, 17] = 1.0
    energy = np.array([[0.5, 5.0], [0.6, 6.0]])  # square roots of the products: 1.58, 1.9
    assert _unambiguous(_Windows(energy, correlation)).tolist() == [True, False]


@pytest.mark.parametrize(("faint", "counts"), [(1.01e-4, True), (0.99e-4, False)])
def test_windows_are_counted_down_to_40_db(faint, counts):
    correlation = np.full((2, 35), -0.5)
    correlation[:, 17] = 1.0, faint
    energy = np.array([[1.0, 1.0], [faint, faint]])
    assert _unambiguous(_Windows(energy, correlation)).tolist() == [True, counts]
