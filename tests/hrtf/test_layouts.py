"""Layouts are the designs they claim to be, and symmetric about the median plane."""

import numpy as np
import pytest
from scipy.special import eval_legendre

from hrtf.ambisonics import spherical_harmonics
from hrtf.directions import unit_vectors
from hrtf.errors import DecoderError, UnknownNameError
from hrtf.layouts import layout, layout_names
from hrtf.virtual_speakers import max_re_weights, speaker_gains

COUNTS = {"octagon": 8, "octahedron": 6, "cube": 8, "icosahedron": 12, "dodecahedron": 20, "football": 60}


def vectors(name):
    chosen = layout(name)
    return unit_vectors(chosen.azimuth_deg, chosen.elevation_deg)


def test_all_layouts():
    assert {name: len(vectors(name)) for name in layout_names()} == COUNTS


@pytest.mark.parametrize("name", [name for name in COUNTS if name != "octagon"])
def test_spherical_designs(name):
    """The mean of every harmonic of degree 1 to t vanishes, and one of degree t + 1 does not."""
    points = vectors(name)
    cosines = points @ points.T
    strength = layout(name).strength
    for degree in range(1, strength + 1):
        assert abs(eval_legendre(degree, cosines).mean()) < 1e-9
    assert abs(eval_legendre(strength + 1, cosines).mean()) > 1e-3


@pytest.mark.parametrize("name", COUNTS)
def test_symmetry_about_the_median_plane(name):
    points = vectors(name)
    nearest = (points @ (points * [1, -1, 1]).T).max(axis=1)
    np.testing.assert_allclose(nearest, 1.0, atol=1e-9)


def test_unknown_layouts_come_with_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"did you mean 'cube'\? Known: cube, dodecahedron"):
        layout("cubes")


@pytest.mark.parametrize(
    ("name", "order"), [("octagon", 1), ("octagon", 3), ("cube", 1), ("icosahedron", 2), ("football", 4)]
)
@pytest.mark.parametrize("max_re", [False, True])
def test_projection_and_pseudo_inverse_agree_on_regular_layouts(name, order, max_re):
    one, other = (speaker_gains(layout(name), order, method, max_re) for method in ("projection", "pseudo-inverse"))
    np.testing.assert_allclose(one, other, atol=1e-9)


@pytest.mark.parametrize("name", ["octagon", "cube", "icosahedron"])
def test_a_plane_waves_gains_sum_to_one(name):
    gains = speaker_gains(layout(name), 1, max_re=True)
    np.testing.assert_allclose(gains.sum(axis=0), [1, 0, 0, 0], atol=1e-12)


def test_max_re_lengthens_the_energy_vector():
    chosen = layout("football")
    points = vectors("football")
    lengths = []
    for max_re in (False, True):
        power = np.square(speaker_gains(chosen, 2, max_re=max_re) @ _front(2))
        lengths.append((power @ points)[0] / power.sum())
    assert lengths[0] == pytest.approx(2 / 3, abs=1e-6)
    assert lengths[1] == pytest.approx(0.775, abs=0.002)  # the largest zero of the Legendre polynomial of degree 3


def _front(order):
    return spherical_harmonics(order, 0, 0)


def test_max_re_weights_first_order():
    np.testing.assert_allclose(max_re_weights(1), [1, 0.577], atol=5e-3)
    np.testing.assert_allclose(max_re_weights(1, flat=True), [1, np.sqrt(0.5)])


@pytest.mark.parametrize(("name", "order"), [("cube", 2), ("octahedron", 2), ("icosahedron", 3), ("octagon", 4)])
def test_too_coarse_layouts(name, order):
    with pytest.raises(DecoderError, match="too coarse"):
        speaker_gains(layout(name), order)


def test_unknown_methods():
    with pytest.raises(DecoderError, match="unknown method"):
        speaker_gains(layout("cube"), 1, "vbap")
