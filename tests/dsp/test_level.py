"""Levels: the RMS rule of the protocols and the joint peak."""

import pytest
import torch

from fairplay_bench.dsp.level import peak_normalized, rms, window_gain


def test_rms_pools_channels():
    assert rms(torch.tensor([[3.0, 0.0], [0.0, 4.0]])) == pytest.approx((25 / 4) ** 0.5)
    assert rms(torch.zeros(2, 5)) == 0


@pytest.mark.parametrize(
    ("level", "gain"),
    [(0.1, 1.0), (0.4, 0.25), (1e-4, 1000.0), (1e-5, 1000.0), (0.0, 1000.0)],
)
def test_gain_is_bounded_by_the_floor(level, gain):
    assert window_gain(level, 0.1) == pytest.approx(gain)


def test_gain_brings_a_window_to_its_level():
    sound = 0.03 * torch.randn(1000, generator=torch.Generator().manual_seed(0))
    assert rms(sound * window_gain(rms(sound), 0.1)) == pytest.approx(0.1, rel=1e-6)


def test_peak_is_joint_over_the_ears_and_of_either_sign():
    ears = torch.tensor([[0.1, -0.5, 0.2], [0.05, 0.25, 0.0]])
    torch.testing.assert_close(peak_normalized(ears), ears / 0.5)


def test_peak_of_each_sound_of_a_batch_is_its_own():
    ears = torch.randn(4, 2, 50, generator=torch.Generator().manual_seed(1))
    for sound, normalized in zip(ears, peak_normalized(ears), strict=True):
        torch.testing.assert_close(normalized, sound / sound.abs().max())


def test_silence_stays_silence_and_the_floor_is_1e_20():
    assert not peak_normalized(torch.zeros(2, 10)).any()
    tiny = torch.full((2, 4), 1e-22, dtype=torch.float64)
    torch.testing.assert_close(peak_normalized(tiny), torch.full((2, 4), 1e-2, dtype=torch.float64))
