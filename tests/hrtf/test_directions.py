"""Angles, vectors, and triangles on the sphere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrtf.directions import angle_between, angles_of, triangulate, unit_vectors, wrap_azimuth
from hrtf.errors import DirectionError


def test_axes():
    np.testing.assert_array_equal(unit_vectors(0, 0), [1, 0, 0])
    np.testing.assert_array_equal(unit_vectors(90, 0), [0, 1, 0])
    np.testing.assert_array_equal(unit_vectors(-90, 0), [0, -1, 0])
    np.testing.assert_array_equal(np.abs(unit_vectors(180, 0)), [1, 0, 0])
    np.testing.assert_array_equal(unit_vectors(33, 90), [0, 0, 1])


@given(st.floats(-720, 720), st.floats(-89, 89))
def test_mirrored_directions_are_exact_mirrors(azimuth, elevation):
    np.testing.assert_array_equal(unit_vectors(-azimuth, elevation), unit_vectors(azimuth, elevation) * [1, -1, 1])


@given(st.floats(-179.9, 179.9), st.floats(-89, 89))
def test_angles_come_back(azimuth, elevation):
    back = angles_of(unit_vectors(azimuth, elevation))
    assert back[0] == pytest.approx(azimuth, abs=1e-9)
    assert back[1] == pytest.approx(elevation, abs=1e-9)


def test_wrapping():
    np.testing.assert_array_equal(wrap_azimuth([0, 180, -180, 270, 360, 540]), [0, -180, -180, -90, 0, -180])


def test_small_angles_are_exact():
    assert angle_between(unit_vectors(0, 0), unit_vectors(1e-6, 0)) == pytest.approx(1e-6, rel=1e-6)


@pytest.mark.parametrize(("azimuth", "elevation", "match"), [(np.nan, 0, "not finite"), (0, 91, "outside -90")])
def test_what_is_no_direction(azimuth, elevation, match):
    with pytest.raises(DirectionError, match=match):
        unit_vectors(azimuth, elevation)


def random_directions(count, seed):
    heights = np.random.default_rng(seed).uniform(-1, 1, (count, 2))
    return unit_vectors(180 * heights[:, 0], np.degrees(np.arcsin(heights[:, 1])))


def test_every_direction_lies_in_a_triangle_that_gives_it_back():
    triangles = triangulate(random_directions(200, 1))
    wanted = random_directions(300, 2)
    corners, weights = triangles.locate(wanted)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    mixed = np.einsum("pc,pcx->px", weights, triangles.vectors[corners])
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    np.testing.assert_allclose(mixed, wanted, atol=1e-9)


def test_a_ring_is_spanned_by_helpers():
    triangles = triangulate(unit_vectors(np.arange(0, 360, 30), 0))
    assert triangles.helpers == 2
    corners, weights = triangles.locate(unit_vectors([40.0], 0))
    used = corners[weights > 1e-9]
    assert sorted(used) == [1, 2]


def test_below_a_hemisphere_there_is_no_triangle():
    azimuth, elevation = np.meshgrid(np.arange(0, 360, 30), np.arange(0, 90, 30))
    triangles = triangulate(unit_vectors(azimuth.ravel(), elevation.ravel()))
    _, weights = triangles.locate(unit_vectors([10.0, 10.0], [-40.0, 40.0]))
    assert np.isnan(weights[0]).all()
    assert np.isfinite(weights[1]).all()


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_points_have_no_triangles(count):
    assert len(triangulate(unit_vectors(np.arange(count) * 50.0, 0)).faces) == 0
