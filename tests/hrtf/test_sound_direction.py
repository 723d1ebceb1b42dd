"""Plane waves are found where they were encoded."""

import numpy as np
import pytest

from hrtf.ambisonics import encode
from hrtf.directions import angle_between, unit_vectors
from hrtf.errors import AmbisonicsError, ShapeError
from hrtf.sound_direction import energy_direction, intensity_direction

FINDERS = [intensity_direction, energy_direction]
RNG = np.random.default_rng(0)
NOISE = RNG.standard_normal(4000)


@pytest.mark.parametrize("find", FINDERS)
@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 0), (120, -40), (-90, 10), (17, 80)])
def test_one_plane_wave(find, order, azimuth, elevation):
    found = find(encode(NOISE, azimuth, elevation, order), 1000)
    assert found.azimuth_deg == pytest.approx(np.full(4, azimuth), abs=1e-6)
    assert found.elevation_deg == pytest.approx(np.full(4, elevation), abs=1e-6)
    np.testing.assert_allclose(found.concentration, 1.0, atol=1e-9)
    np.testing.assert_allclose(found.energy, np.square(NOISE.reshape(4, 1000)).mean(axis=1))


@pytest.mark.parametrize("find", FINDERS)
def test_sound_from_everywhere_is_not_concentrated(find):
    directions = RNG.uniform(-1, 1, (60, 2))
    field = sum(encode(RNG.standard_normal(8000), 180 * a, np.degrees(np.arcsin(z)), 1) for a, z in directions)
    assert find(field, 8000).concentration[0] < 0.35


@pytest.mark.parametrize("find", FINDERS)
def test_two_equal_waves_lie_in_the_middle(find):
    field = encode(NOISE, 60, 0, 2) + encode(RNG.standard_normal(4000), 0, 0, 2)
    found = find(field, 4000)
    assert found.azimuth_deg[0] == pytest.approx(30, abs=3)
    assert 0.5 < found.concentration[0] < 0.95


def test_both_agree_at_first_order():
    field = sum(encode(RNG.standard_normal(4000), a, e, 1) for a, e in [(10, 0), (100, 30), (-150, -20)])
    one, other = (find(field, 500) for find in FINDERS)
    angles = [unit_vectors(found.azimuth_deg, found.elevation_deg) for found in (one, other)]
    assert angle_between(*angles).max() < 1e-6


@pytest.mark.parametrize("find", FINDERS)
def test_silence_has_no_direction_and_no_warning(find):
    found = find(np.zeros((4, 100)), 50)
    np.testing.assert_array_equal(found.concentration, [0, 0])


def test_refusals():
    with pytest.raises(AmbisonicsError, match="one channel has no direction"):
        intensity_direction(np.zeros((1, 100)), 10)
    with pytest.raises(AmbisonicsError, match="3 channels"):
        intensity_direction(np.zeros((3, 100)), 10)
    with pytest.raises(ShapeError, match="hold no frame"):
        intensity_direction(np.zeros((4, 100)), 101)
    with pytest.raises(ShapeError, match="must be"):
        energy_direction(np.zeros(100), 10)
