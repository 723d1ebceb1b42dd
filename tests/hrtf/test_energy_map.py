"""The power of beams over the sphere."""

import numpy as np
import pytest

from hrtf.ambisonics import encode, rotate_yaw
from hrtf.energy_map import beam_power, covariances
from hrtf.errors import AmbisonicsError, ShapeError

AZIMUTH, ELEVATION = np.meshgrid(np.arange(-180, 180, 10), np.arange(-80, 90, 10))


def noise(seed=0, samples=2400):
    return np.random.default_rng(seed).normal(size=samples)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 0), (90, 0), (-120, 40), (170, -70)])
def test_a_plane_wave_is_loudest_where_it_comes_from_and_as_loud_as_it_is(order, azimuth, elevation):
    sound = noise()
    (power,) = beam_power(covariances(encode(sound, azimuth, elevation, order), 2400), AZIMUTH, ELEVATION)
    place = np.unravel_index(power.argmax(), power.shape)
    assert (AZIMUTH[place], ELEVATION[place]) == (azimuth, elevation)
    assert power.max() == pytest.approx(np.mean(sound**2), rel=1e-9)


def test_power_is_that_of_the_beam_made_sample_by_sample():
    """At first order the beam is the channel W and the velocities, weighted 1 : 3 cos(137.9° / 2.51)."""
    field = encode(noise(1), 30, 20, 1) + encode(noise(2), -100, -40, 1)
    w, y, z, x = field
    weight = 3 * np.cos(np.radians(137.9 / 2.51))
    (power,) = beam_power(covariances(field, 2400), AZIMUTH, ELEVATION)
    for row, column in ((3, 5), (10, 20), (0, 35)):
        azimuth, elevation = np.radians(AZIMUTH[row, column]), np.radians(ELEVATION[row, column])
        towards = np.cos(elevation) * (np.cos(azimuth) * x + np.sin(azimuth) * y) + np.sin(elevation) * z
        assert power[row, column] == pytest.approx(np.mean(((w + weight * towards) / (1 + weight)) ** 2), rel=1e-9)


def test_what_comes_from_behind_is_soft_and_higher_orders_are_narrower():
    behind, beside = [], []
    for order in (1, 2, 3):
        covariance = covariances(encode(noise(), 0, 0, order), 2400)[0]
        front, back, side = beam_power(covariance, [0, 180, 60], 0)
        behind.append(10 * np.log10(back / front))
        beside.append(side / front)
    assert behind[0] == pytest.approx(-11.5, abs=0.1)
    assert max(behind) < -11
    assert beside[0] > beside[1] > beside[2]


def test_a_turned_field_is_a_turned_map():
    field = encode(noise(1), 30, 20, 1) + encode(noise(2), -100, -40, 1)
    one, other = (beam_power(covariances(f, 2400)[0], AZIMUTH, ELEVATION) for f in (field, rotate_yaw(field, 50)))
    np.testing.assert_allclose(other, np.roll(one, 5, axis=1), rtol=1e-9)


def test_frames_are_taken_in_order_and_a_rest_is_left_out():
    field = np.concatenate([encode(noise(1, 100), 0, 0, 1), encode(noise(2, 150), 90, 0, 1)], axis=1)
    found = covariances(field, 100)
    assert found.shape == (2, 4, 4)
    np.testing.assert_allclose(found[1], field[:, 100:200] @ field[:, 100:200].T / 100)
    assert beam_power(found, [0, 90], 0).argmax(axis=1).tolist() == [0, 1]


def test_what_is_no_field_is_refused():
    with pytest.raises(AmbisonicsError, match="3 channels are no full-sphere ambisonics"):
        covariances(np.zeros((3, 100)), 10)
    with pytest.raises(AmbisonicsError, match="5 channels"):
        beam_power(np.eye(5), 0, 0)
    with pytest.raises(ShapeError, match="9 samples are less than a frame of 10"):
        covariances(np.zeros((4, 9)), 10)
