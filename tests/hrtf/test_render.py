"""Rendering: the sound comes from where it is put, and moves without clicks."""

import numpy as np
import pytest

from hrtf.errors import DirectionError, RateMismatchError, ShapeError
from hrtf.interaural import ild_db, itd_s
from hrtf.render import render, render_moving

RATE = 16000


def noise(samples=8000, seed=0):
    return np.random.default_rng(seed).standard_normal(samples)


def test_a_pulse_gives_the_response(small_sphere):
    pulse = np.zeros(200)
    pulse[10] = 1.0
    ears = render(pulse, 35.0, -20.0, small_sphere, RATE)
    expected = small_sphere.responses[small_sphere.nearest(35, -20)[0]]
    np.testing.assert_allclose(ears[:, 10 : 10 + expected.shape[1]], expected, atol=1e-12)
    assert ears.shape == (2, 200)


@pytest.mark.parametrize("azimuth", [20.0, 90.0, 160.0])
def test_left_is_louder_and_earlier(small_sphere, azimuth):
    left = render(noise(), azimuth, 0.0, small_sphere, RATE)
    right = render(noise(), -azimuth, 0.0, small_sphere, RATE)
    assert ild_db(left, RATE) > 0
    assert itd_s(left, RATE) > 0
    np.testing.assert_allclose(left, right[::-1], atol=1e-12)


def test_a_source_at_rest_sounds_as_rendered(small_sphere):
    moving = render_moving(noise(), np.full(50, 33.0), 12.0, small_sphere, RATE, 160)
    np.testing.assert_allclose(moving, render(noise(), 33.0, 12.0, small_sphere, RATE), atol=1e-12)


@pytest.mark.parametrize(("samples", "blocks"), [(1600, 10), (1600, 11), (1601, 11), (1599, 10), (1599, 11), (1, 1)])
def test_any_length_and_a_last_direction_more_or_less(small_sphere, samples, blocks):
    sound = noise(samples)
    moving = render_moving(sound, np.zeros(blocks), 0.0, small_sphere, RATE, 160)
    np.testing.assert_allclose(moving, render(sound, 0.0, 0.0, small_sphere, RATE), atol=1e-12)


def test_the_direction_holds_at_the_start_of_its_block(small_sphere):
    """Pulses at the blocks' first samples meet one direction alone."""
    azimuth = np.array([0.0, 40.0, 80.0, 120.0])
    sound = np.zeros(800)
    sound[::200] = 1.0
    moving = render_moving(sound, azimuth, 0.0, small_sphere, RATE, 200)
    for block in range(4):
        expected = small_sphere.impulse_responses(azimuth[block], 0.0)[0]
        taps = expected.shape[1]
        np.testing.assert_allclose(moving[:, 200 * block : 200 * block + taps], expected, atol=1e-12)


def test_halfway_both_directions_have_half(small_sphere):
    sound = np.zeros(400)
    sound[100] = 1.0
    moving = render_moving(sound, [0.0, 30.0], 0.0, small_sphere, RATE, 200)
    expected = small_sphere.impulse_responses([0.0, 30.0], 0.0).mean(axis=0)
    np.testing.assert_allclose(moving[:, 100 : 100 + expected.shape[1]], expected, atol=1e-12)


def test_movement_makes_no_clicks(small_sphere):
    """A low tone that circles the head: between 2 and 8 kHz there is next to nothing."""
    tone = np.sin(2 * np.pi * 250 * np.arange(2 * RATE) / RATE) * np.hanning(2 * RATE)
    ears = render_moving(tone, np.linspace(0, 360, 200), 0.0, small_sphere, RATE, 160)
    spectrum = np.square(np.abs(np.fft.rfft(ears)))
    assert 10 * np.log10(spectrum[:, 8000 // 2 :].sum() / spectrum.sum()) < -60


def test_many_blocks_at_a_time_change_nothing(small_sphere, monkeypatch):
    azimuth = np.linspace(-170, 170, 40)
    sound = noise(40 * 80)
    one = render_moving(sound, azimuth, 5.0, small_sphere, RATE, 80)
    monkeypatch.setattr("hrtf.render.GRAINS_AT_ONCE", 3)
    np.testing.assert_allclose(render_moving(sound, azimuth, 5.0, small_sphere, RATE, 80), one, atol=1e-12)


def test_refusals(small_sphere, nh2):
    with pytest.raises(RateMismatchError, match="16000 Hz but the signal at 44100"):
        render(noise(), 0, 0, small_sphere, 44100)
    with pytest.raises(RateMismatchError):
        render_moving(noise(), np.zeros(50), 0, small_sphere, 44100, 160)
    with pytest.raises(ShapeError, match="mix it to mono"):
        render(np.zeros((2, 100)), 0, 0, small_sphere, RATE)
    with pytest.raises(ShapeError, match="not finite"):
        render(np.array([0.0, np.nan]), 0, 0, small_sphere, RATE)
    with pytest.raises(ShapeError, match="expected"):
        render_moving(noise(), np.zeros(49), 0, small_sphere, RATE, 160)
    with pytest.raises(ShapeError, match="hop of 0"):
        render_moving(noise(), np.zeros(50), 0, small_sphere, RATE, 0)
    with pytest.raises(DirectionError, match="nearest measured"):
        render(noise(), 0, -80, nh2, 48000)
