"""Level differences that were put in come out."""

import numpy as np
import pytest
import torch

from fairplay_bench.scoring.ild import band_energies, ild_error

from .sounds import noise, one_sided, panned, tone


def error(predicted, target):
    return float(ild_error(torch.from_numpy(predicted), torch.from_numpy(target)))


@pytest.mark.parametrize("left_db", [-20, -6, 0, 3, 15])
@pytest.mark.parametrize("predicted_db", [-10, 0, 8])
def test_error_is_the_difference_of_the_levels(left_db, predicted_db):
    wanted = abs(predicted_db - left_db)
    # the floor of 1e-6 bends faint band-frames a little
    assert error(panned(1, predicted_db), panned(2, left_db)) == pytest.approx(wanted, abs=0.2)


def test_side_counts():
    assert error(panned(1, 6), panned(1, -6)) == pytest.approx(12, abs=0.1)
    assert error(panned(1, -6), panned(1, -6)) == 0


def test_levels_are_clipped_at_40_db():
    # 10 log10 1e6 = 60 dB at the loudest, 40 dB at most; band-frames 20 dB below it reach it still
    assert error(panned(1, 0), panned(2, 100)) == pytest.approx(40, abs=0.5)
    assert error(one_sided(panned(1, 0), 1), one_sided(panned(1, 0), 0)) == pytest.approx(80, abs=0.5)


def test_a_silent_prediction_errs_by_40_db():
    for left_db in (-30, 0, 30):
        assert error(np.zeros((2, 8000), np.float32), panned(3, left_db)) == 40


def test_a_prediction_silent_for_half_the_clip_errs_by_40_db_there():
    predicted = panned(4, 0)
    predicted[:, 4000:] = 0
    target = panned(4, 0)
    frames = 1 + 8000 // 160
    silent = sum(not predicted[:, max(0, 160 * f - 200) : 160 * f + 200].any() for f in range(frames))
    assert error(predicted, target) == pytest.approx(40 * silent / frames, rel=0.03)


def test_only_what_lies_within_40_db_of_the_loudest_counts():
    loud, faint = panned(5, 0), panned(6, 20)
    target = loud.copy()
    target[:, 4000:] = 10 ** (-60 / 20) * faint[:, 4000:]
    assert error(loud, target) == pytest.approx(0, abs=0.3)
    target[:, 4000:] = 10 ** (-20 / 20) * faint[:, 4000:]
    assert error(loud, target) == pytest.approx(10, rel=0.1)


def test_the_loudest_is_taken_over_all_bands():
    """A band far below the loudest one does not count, however steady it is."""
    target = tone(1000, 0.3, 0.3) + 10 ** (-55 / 20) * tone(4000, 0.3, 0.03)
    predicted = tone(1000, 0.3, 0.3) + 10 ** (-55 / 20) * tone(4000, 0.03, 0.3)
    assert error(predicted, target) < 0.5
    nearer = 10 ** (-20 / 20)
    target = tone(1000, 0.3, 0.3) + nearer * tone(4000, 0.3, 0.03)
    predicted = tone(1000, 0.3, 0.3) + nearer * tone(4000, 0.03, 0.3)
    assert error(predicted, target) > 5


@pytest.mark.parametrize("level", [0.0, 5e-5, 0.99e-4])
def test_a_faint_target_has_none(level):
    target = np.full((2, 4000), level, np.float32)
    assert np.isnan(error(noise(7, 2, 4000), target))


def test_a_target_just_loud_enough_has_one():
    assert error(panned(8, 0, level=1.1e-4), panned(8, 5, level=1.1e-4)) == pytest.approx(5, abs=0.1)


def test_bands_are_third_octaves_from_250_hz_to_6_3_khz():
    def loudest_band(frequency_hz):
        return int(band_energies(torch.from_numpy(tone(frequency_hz))).sum(dim=(0, 2)).argmax())

    centres = [1000 * 2 ** (k / 3) for k in range(-6, 9)]
    assert centres[0] == 250
    assert centres[-1] == pytest.approx(6349.6, abs=0.1)
    assert [loudest_band(centre) for centre in centres] == list(range(15))


def test_bins_of_the_bands_by_hand():
    """White spectra: each band holds as many bins as lie in it, and none is counted twice."""
    click = torch.zeros(2, 320)
    click[:, 160] = 1  # |X| is the same in all bins of the frame over it
    energies = band_energies(click)[0, :, 1]
    bins = [sum(edge * 2 ** (-1 / 6) <= 31.25 * b < edge * 2 ** (1 / 6) for b in range(257)) for edge in
            (1000 * 2 ** (k / 3) for k in range(-6, 9))]  # fmt: skip
    torch.testing.assert_close(energies / energies[0] * bins[0], torch.tensor(bins, dtype=torch.float32))
