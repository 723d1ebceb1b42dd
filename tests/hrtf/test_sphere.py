"""The rigid sphere, against other ways to compute it and against what is known of it."""

import numpy as np
import pytest
from scipy.special import eval_legendre, spherical_jn, spherical_yn

from hrtf.errors import ShapeError
from hrtf.interaural import ild_db, itd_s
from hrtf.sphere import (
    BULK_DELAY_S,
    HEAD_RADIUS_M,
    SPEED_OF_SOUND_M_S,
    bulk_delay_samples,
    spherical_head,
    spherical_head_responses,
)

RATE = 48000


def pressure(mu, cosine):
    """The total pressure of a plane wave on the sphere as incident plus scattered wave, term by term."""
    total = 0
    for m in range(int(mu) + 25):
        hankel = spherical_jn(m, mu) - 1j * spherical_yn(m, mu)
        slope = spherical_jn(m, mu, True) - 1j * spherical_yn(m, mu, True)
        wave = spherical_jn(m, mu) - spherical_jn(m, mu, True) / slope * hankel
        total += 1j**m * (2 * m + 1) * eval_legendre(m, cosine) * wave
    return total


@pytest.mark.parametrize("azimuth", [90.0, 40.0, 0.0, -30.0, -90.0])
def test_spectrum_against_incident_plus_scattered_wave(azimuth):
    responses = spherical_head_responses(azimuth, 0.0, sample_rate=RATE, n_taps=1024)
    spectrum = np.fft.rfft(responses[0, 0], 4096)
    for frequency_hz in (187.5, 1500.0, 6000.0, 12000.0):
        k = round(frequency_hz * 4096 / RATE)
        mu = 2 * np.pi * frequency_hz * HEAD_RADIUS_M / SPEED_OF_SOUND_M_S
        delay = np.exp(-2j * np.pi * frequency_hz * bulk_delay_samples(RATE) / RATE)
        expected = pressure(mu, np.cos(np.radians(90 - azimuth))) * delay
        assert spectrum[k] == pytest.approx(expected, abs=2e-3)


def test_mirror_symmetry_is_exact():
    azimuth = np.array([0.0, 10.0, 77.0, 90.0, 133.0, 180.0])
    elevation = np.array([0.0, -50.0, 20.0, 0.0, 60.0, 10.0])
    one = spherical_head_responses(azimuth, elevation, sample_rate=RATE)
    other = spherical_head_responses(-azimuth, elevation, sample_rate=RATE)
    np.testing.assert_array_equal(one, other[:, ::-1])


def test_gain_at_zero_frequency_is_one():
    responses = spherical_head_responses(np.arange(0, 360, 30), 0.0, sample_rate=RATE)
    np.testing.assert_allclose(responses.sum(axis=-1), 1.0, atol=2e-3)


def test_low_frequency_itd_is_three_halves_of_the_path():
    """Kuhn (1977): 3 a/c sin(azimuth) far below the wavelength of the head."""
    ears = spherical_head_responses(np.array([30.0, 90.0]), 0.0, sample_rate=RATE, n_taps=1024)
    expected = 3 * HEAD_RADIUS_M / SPEED_OF_SOUND_M_S * np.sin(np.radians([30, 90]))
    np.testing.assert_allclose(itd_s(ears, RATE, (60, 200)), expected, rtol=0.03)


def test_high_frequency_itd_is_woodworths():
    angle = np.radians(45)
    ears = spherical_head_responses(45.0, 0.0, sample_rate=RATE)
    onset = np.argmax(np.abs(ears[0]) > 0.15 * np.abs(ears[0]).max(axis=1, keepdims=True), axis=1)
    expected = HEAD_RADIUS_M / SPEED_OF_SOUND_M_S * (angle + np.sin(angle))
    assert (onset[1] - onset[0]) / RATE == pytest.approx(expected, abs=60e-6)


def test_bulk_delay_is_the_travel_time_to_the_centre():
    ears = spherical_head_responses(90.0, 0.0, sample_rate=RATE)
    expected = BULK_DELAY_S - HEAD_RADIUS_M / SPEED_OF_SOUND_M_S
    assert np.argmax(ears[0, 0]) / RATE == pytest.approx(expected, abs=2 / RATE)


def test_the_end_and_the_beginning_are_quiet():
    responses = spherical_head_responses(np.arange(0, 360, 15), 0.0, sample_rate=RATE)
    peak = np.abs(responses).max()
    assert np.abs(responses[..., :20]).max() < 1e-3 * peak
    assert np.abs(responses[..., -20:]).max() < 1e-3 * peak


def test_a_far_source_is_a_plane_wave():
    azimuth = np.array([0.0, 50.0, 90.0, 150.0])
    plane = spherical_head_responses(azimuth, 0.0, sample_rate=RATE)
    far = spherical_head_responses(azimuth, 0.0, sample_rate=RATE, distance_m=2000.0)
    np.testing.assert_allclose(far, plane, atol=1e-3)


def test_a_near_source_has_a_larger_level_difference():
    """Duda and Martens (1998), figure 8: the level difference grows at low frequencies as the source comes near."""
    levels = [
        ild_db(spherical_head_responses(90.0, 0.0, sample_rate=RATE, distance_m=d), RATE, (200, 500))[0]
        for d in (0.11, 0.2, 0.5, 2.0)
    ]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] > 15
    assert levels[-1] < 5


@pytest.mark.parametrize("rate", [16000, 44100, 96000])
def test_the_same_head_at_every_rate(rate):
    ears = spherical_head_responses(60.0, 10.0, sample_rate=rate, n_taps=rate // 100)
    reference = spherical_head_responses(60.0, 10.0, sample_rate=RATE, n_taps=RATE // 100)
    assert itd_s(ears, rate)[0] == pytest.approx(itd_s(reference, RATE)[0], abs=5e-6)
    assert ild_db(ears, rate, (200, 6000))[0] == pytest.approx(ild_db(reference, RATE, (200, 6000))[0], abs=0.05)


def test_the_set(sphere):
    assert sphere.responses.shape == (2522, 2, 256)
    assert sphere.elevation_deg.min() == -90
    assert sphere.elevation_deg.max() == 90
    assert sphere.bulk_delay_samples == pytest.approx(bulk_delay_samples(RATE), abs=1.0)
    index, _ = sphere.nearest(35, -20)
    expected = spherical_head_responses(35.0, -20.0, sample_rate=RATE)[0]
    np.testing.assert_array_equal(sphere.responses[index], expected)


@pytest.mark.parametrize(
    ("options", "match"),
    [({"n_taps": 64}, "under 4 ms"), ({"head_radius_m": 0.0}, "head radius"), ({"distance_m": 0.05}, "lies inside")],
)
def test_refusals(options, match):
    with pytest.raises(ShapeError, match=match):
        spherical_head_responses(0.0, 0.0, sample_rate=RATE, **options)


def test_finite_distance_is_recorded():
    assert spherical_head(16000, distance_m=1.4).distance_m == 1.4
