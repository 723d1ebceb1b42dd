"""Resampling keeps what lies below the new limit and lets nothing above it back in."""

import numpy as np
import pytest

from fairplay_bench.dsp.resample import resample


def tone(frequency_hz, rate, duration_s=1.0):
    return np.sin(2 * np.pi * frequency_hz * np.arange(round(duration_s * rate)) / rate).astype(np.float32)


def middle_db(signal):
    """Level away from the ends, dB re full scale."""
    inner = signal[len(signal) // 4 : -len(signal) // 4].astype(np.float64)
    return 10 * np.log10(2 * np.mean(inner**2) + 1e-30)


@pytest.mark.parametrize("frequency_hz", [8500, 9000, 12_000, 20_000])
def test_no_alias(frequency_hz):
    assert middle_db(resample(tone(frequency_hz, 48_000), 48_000, 16_000)) < -110  # scipy's default leaves -30 at 9 kHz


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("frequency_hz", [50, 1000, 6000])
def test_passes_what_is_below(rate, frequency_hz):
    wanted, got = tone(frequency_hz, 16_000), resample(tone(frequency_hz, rate), rate, 16_000)
    assert len(got) == len(wanted)
    np.testing.assert_allclose(got[2000:-2000], wanted[2000:-2000], rtol=0, atol=5e-4)  # no delay, no gain


def test_channels_do_not_mix():
    ears = np.stack([tone(500, 48_000), np.zeros(48_000, np.float32)], axis=1)
    got = resample(ears, 48_000, 16_000)
    assert got.shape == (16_000, 2)
    assert got.dtype == np.float32
    assert not got[:, 1].any()
    assert middle_db(got[:, 0]) == pytest.approx(0, abs=0.01)


def test_the_same_rate_changes_nothing():
    signal = tone(500, 16_000)
    assert resample(signal, 16_000, 16_000) is signal


@pytest.mark.parametrize(("samples", "wanted"), [(480_256, 160_085), (479_232, 159_744)])
def test_lengths_of_fair_play(samples, wanted):
    assert len(resample(np.zeros((samples, 2), np.float32), 48_000, 16_000)) == wanted
