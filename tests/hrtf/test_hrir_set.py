"""HRIR sets: what they keep, what they interpolate, what they refuse."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from hrtf.errors import DirectionError, RateMismatchError, ShapeError
from hrtf.hrir_set import HrirSet
from hrtf.interaural import itd_s
from hrtf.sphere import spherical_head_responses

from .sofa_files import part_of


def toy(**changes):
    values = {
        "name": "toy",
        "sample_rate": 48000,
        "azimuth_deg": [0.0, 90.0],
        "elevation_deg": [0.0, 0.0],
        "responses": np.ones((2, 2, 8)),
        "delays_samples": np.zeros((2, 2)),
    }
    return HrirSet(**(values | changes))


def decibels(difference, reference):
    return 20 * np.log10(np.linalg.norm(difference, axis=-1) / np.linalg.norm(reference, axis=-1))


def test_a_set_cannot_be_changed():
    hrirs = toy()
    with pytest.raises(ValueError, match="read-only"):
        hrirs.responses[0] = 0
    with pytest.raises(FrozenInstanceError):
        hrirs.sample_rate = 1


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"responses": np.ones((2, 3, 8))}, r"must be \(directions, 2, taps\)"),
        ({"responses": np.ones((3, 2, 8))}, "3 responses, but azimuths"),
        ({"responses": np.full((2, 2, 8), np.nan)}, "not finite"),
        ({"delays_samples": -np.ones((2, 2))}, "negative"),
        ({"sample_rate": 0}, "sample rate"),
    ],
)
def test_arrays_that_do_not_fit(changes, match):
    with pytest.raises(ShapeError, match=match):
        toy(**changes)


def test_an_elevation_that_is_none():
    with pytest.raises(DirectionError, match="outside -90"):
        toy(elevation_deg=[0.0, 100.0])


def test_nearest(sphere):
    index, angle = sphere.nearest([91.0, -3.0], [1.0, 88.9])
    assert sphere.azimuth_deg[index[0]] == 90
    assert sphere.elevation_deg[index].tolist() == [0, 90]
    assert angle == pytest.approx([np.sqrt(2), 1.1], abs=1e-3)


def test_measured_directions_come_out_as_measured(sphere):
    pick = np.arange(0, 2522, 97)
    shapes, delays = sphere.interpolate(sphere.azimuth_deg[pick], sphere.elevation_deg[pick])
    np.testing.assert_array_equal(shapes, sphere.responses[pick])
    assert not delays.any()


def test_interpolation_against_the_exact_sphere(sphere):
    """Within -20 dB but near the far ear's axis, where the waves around the head meet and 5 degrees are coarse."""
    rng = np.random.default_rng(0)
    azimuth, elevation = rng.uniform(-180, 180, 300), np.degrees(np.arcsin(rng.uniform(-1, 1, 300)))
    exact = spherical_head_responses(azimuth, elevation, sample_rate=48000)
    error_db = decibels(sphere.impulse_responses(azimuth, elevation) - exact, exact)
    side = np.sin(np.radians(azimuth)) * np.cos(np.radians(elevation))
    assert np.median(error_db) < -36
    assert error_db[np.abs(side) < np.cos(np.radians(25))].max() < -20
    assert error_db.max() < -10


def test_interpolation_is_symmetric(sphere):
    rng = np.random.default_rng(1)
    azimuth, elevation = rng.uniform(-180, 180, 100), np.degrees(np.arcsin(rng.uniform(-1, 1, 100)))
    one, other = (sphere.impulse_responses(sign * azimuth, elevation) for sign in (1, -1))
    np.testing.assert_allclose(one, other[:, ::-1], atol=1e-12)


def test_interpolation_does_not_comb(sphere):
    """Averaging without aligning first would lose most of the level at high frequencies between the grid's points."""
    ears = sphere.impulse_responses(47.5, 2.5)[0]
    exact = spherical_head_responses(47.5, 2.5, sample_rate=48000)[0]
    level, wanted = (np.abs(np.fft.rfft(x))[:, 80:100].mean() for x in (ears, exact))
    assert 20 * np.log10(level / wanted) == pytest.approx(0, abs=0.5)


def test_delays_and_shapes_are_handled_apart(sphere):
    """The same head with its interaural delay moved into the delays interpolates to the same ears."""
    horizon = np.flatnonzero(np.abs(sphere.elevation_deg) <= 30)
    taps = np.arange(256)
    onset = np.floor(sphere.onsets_samples[horizon]).astype(int) - 40
    aligned = np.take_along_axis(sphere.responses[horizon], (taps + onset[..., None]) % 256, axis=2)
    apart = HrirSet("apart", 48000, sphere.azimuth_deg[horizon], sphere.elevation_deg[horizon], aligned, onset)
    azimuth = np.arange(-178.0, 180.0, 7.0)
    got = apart.impulse_responses(azimuth, 2.0)
    expected = sphere.impulse_responses(azimuth, 2.0)
    np.testing.assert_allclose(got[..., :256], expected, atol=0.02)
    np.testing.assert_allclose(itd_s(got, 48000), itd_s(expected, 48000), atol=5e-6)
    _, delays = apart.interpolate(azimuth, 2.0)
    assert delays.max() > 30  # the delays are given apart, not put into the shapes


def test_left_out_directions_of_a_real_head(nh2):
    """A tenth of the measured directions left out and interpolated back: far closer than the nearest one left."""
    kept = np.random.default_rng(0).random(len(nh2.azimuth_deg)) > 0.1
    rest = part_of(nh2, kept)
    asked = np.flatnonzero(~kept)
    nearest, gap = rest.nearest(nh2.azimuth_deg[asked], nh2.elevation_deg[asked])
    asked, nearest = asked[gap < 8], nearest[gap < 8]
    truth = nh2.responses[asked]
    mixed = rest.impulse_responses(nh2.azimuth_deg[asked], nh2.elevation_deg[asked])
    error_db = decibels(mixed - truth, truth)
    assert np.median(error_db) < -12
    assert np.median(error_db) < np.median(decibels(rest.responses[nearest] - truth, truth)) - 9


def test_neighbouring_onsets_of_a_real_head_do_not_jump(nh2):
    horizon = np.flatnonzero(nh2.elevation_deg == 0)
    horizon = horizon[np.argsort(nh2.azimuth_deg[horizon])]
    steps = np.abs(np.diff(nh2.onsets_samples[horizon], axis=0))
    assert steps.max() < 3.6  # a step of 5 degrees; the onsets taken singly jump by 4.5 and by 20 samples


def test_a_hole_in_the_grid_is_not_spanned(nh2):
    with pytest.raises(DirectionError, match=r"elevation -60 deg is .* from the nearest measured direction"):
        nh2.interpolate(20.0, -60.0)
    shapes, _ = nh2.interpolate(20.0, -60.0, beyond="nearest")
    np.testing.assert_array_equal(shapes[0], nh2.responses[nh2.nearest(20.0, -60.0)[0]])


def test_just_below_the_grid_the_nearest_direction_is_taken(nh2):
    shapes, _ = nh2.interpolate(45.0, -35.3)
    np.testing.assert_array_equal(shapes[0], nh2.responses[nh2.nearest(45.0, -35.3)[0]])


def test_a_horizontal_set_interpolates_along_its_circle(sphere):
    ring = np.flatnonzero(sphere.elevation_deg == 0)
    flat = part_of(sphere, ring)
    got = flat.impulse_responses([12.5, 47.0], 0.0)
    exact = spherical_head_responses(np.array([12.5, 47.0]), 0.0, sample_rate=48000)
    assert decibels(got - exact, exact).max() < -20
    with pytest.raises(DirectionError, match="nearest measured"):
        flat.interpolate(0.0, 20.0)


def test_one_direction_is_a_set(sphere):
    single = HrirSet("one", 48000, [0.0], [0.0], sphere.responses[:1], np.zeros((1, 2)))
    np.testing.assert_array_equal(single.impulse_responses(3.0, 1.0), sphere.responses[:1])


@pytest.mark.parametrize("rate", [16000, 44100, 96000])
def test_resampling_keeps_gain_and_time(sphere, rate):
    some = replace(part_of(sphere, [900, 1200]), delays_samples=np.full((2, 2), 6.0))
    other = some.resampled(rate)
    assert other.sample_rate == rate
    np.testing.assert_allclose(other.delays_samples, 6.0 * rate / 48000)
    frequency_hz = 3000.0
    for a, b in zip(some.responses.reshape(4, -1), other.responses.reshape(4, -1), strict=True):
        one = np.exp(-2j * np.pi * frequency_hz * np.arange(len(a)) / 48000) @ a
        two = np.exp(-2j * np.pi * frequency_hz * np.arange(len(b)) / rate) @ b
        assert abs(two - one) < 0.02 * abs(one)


def test_resampling_to_the_same_rate_is_the_same_set(sphere):
    assert sphere.resampled(48000) is sphere


def test_another_rate_is_refused(sphere):
    with pytest.raises(RateMismatchError, match="spherical-head is at 48000 Hz but the signal at 16000 Hz"):
        sphere.check_rate(16000)
