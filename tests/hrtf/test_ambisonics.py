"""Spherical harmonics against scipy's, and the conversions against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import sph_harm_y

from hrtf.ambisonics import (
    AMBIX,
    FUMA,
    AmbisonicFormat,
    convert,
    degrees_and_indices,
    encode,
    format_of,
    norm_weights,
    order_of,
    rotate_yaw,
    spherical_harmonics,
)
from hrtf.errors import AmbisonicsError, ShapeError

azimuths = st.floats(-360, 360)
elevations = st.floats(-90, 90)


@given(azimuths, elevations)
def test_against_scipys_complex_harmonics(azimuth, elevation):
    real = spherical_harmonics(4, azimuth, elevation, "n3d")
    for channel, (n, m) in enumerate(degrees_and_indices(4)):
        complex_one = sph_harm_y(n, abs(m), np.radians(90 - elevation), np.radians(azimuth)) * np.sqrt(4 * np.pi)
        part = complex_one.real if m >= 0 else complex_one.imag
        expected = part * (np.sqrt(2) * (-1) ** m if m else 1)  # scipy's carry the Condon-Shortley phase
        assert real[channel] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("azimuth", "elevation", "expected"),
    [(0, 0, [1, 0, 0, 1]), (90, 0, [1, 1, 0, 0]), (0, 90, [1, 0, 1, 0]), (-90, 0, [1, -1, 0, 0])],
)
def test_first_order_is_w_y_z_x(azimuth, elevation, expected):
    np.testing.assert_allclose(spherical_harmonics(1, azimuth, elevation), expected, atol=1e-15)


def test_n3d_is_orthonormal():
    heights, weights = np.polynomial.legendre.leggauss(10)
    azimuth = np.arange(20) * 18.0
    grid = spherical_harmonics(4, azimuth[:, None], np.degrees(np.arcsin(heights)), "n3d")
    gram = np.einsum("aec,aed,e->cd", grid, grid, weights) / 2 / len(azimuth)
    np.testing.assert_allclose(gram, np.eye(25), atol=1e-12)


def test_fuma_peaks_are_one_but_for_w():
    """What FuMa's weights are for: each channel's largest gain over all directions is 1, that of W is -3 dB."""
    azimuth, elevation = np.meshgrid(np.arange(0, 360, 1.0), np.arange(-90, 90.5, 0.5))
    peaks = np.abs(spherical_harmonics(3, azimuth, elevation, "fuma")).max(axis=(0, 1))
    assert peaks[0] == pytest.approx(np.sqrt(0.5))
    np.testing.assert_allclose(peaks[1:], 1.0, atol=1e-3)


def test_fuma_letters():
    """W X Y Z R S T U V K L M N O P Q, by the formulas of their table (Malham 2003)."""
    azimuth, elevation = 0.7, -0.4
    a, e, s, c = azimuth, elevation, np.sin(elevation), np.cos(elevation)
    letters = [
        np.sqrt(0.5),
        np.cos(a) * c,
        np.sin(a) * c,
        s,
        1.5 * s**2 - 0.5,
        np.cos(a) * np.sin(2 * e),
        np.sin(a) * np.sin(2 * e),
        np.cos(2 * a) * c**2,
        np.sin(2 * a) * c**2,
        s * (5 * s**2 - 3) / 2,
        np.sqrt(135 / 256) * np.cos(a) * c * (5 * s**2 - 1),
        np.sqrt(135 / 256) * np.sin(a) * c * (5 * s**2 - 1),
        np.sqrt(27 / 4) * np.cos(2 * a) * s * c**2,
        np.sqrt(27 / 4) * np.sin(2 * a) * s * c**2,
        np.cos(3 * a) * c**3,
        np.sin(3 * a) * c**3,
    ]
    ours = convert(encode(np.ones(1), np.degrees(azimuth), np.degrees(elevation), 3), AMBIX, FUMA)
    np.testing.assert_allclose(ours[:, 0], letters, atol=1e-12)


@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.parametrize("target", [FUMA, AmbisonicFormat("acn", "n3d"), AmbisonicFormat("fuma", "sn3d")])
def test_conversions_come_back(order, target):
    signal = np.random.default_rng(order).standard_normal(((order + 1) ** 2, 7))
    there = convert(signal, AMBIX, target)
    np.testing.assert_allclose(convert(there, target, AMBIX), signal, atol=1e-12)
    if order > 0:
        assert np.abs(there - signal).max() > 0.1


def test_sn3d_to_n3d():
    np.testing.assert_allclose(norm_weights(2, "n3d"), np.sqrt([1, 3, 3, 3, 5, 5, 5, 5, 5]))


def test_fourth_order_has_no_fuma():
    with pytest.raises(AmbisonicsError, match="up to order 3"):
        convert(np.zeros((25, 4)), AMBIX, FUMA)
    with pytest.raises(AmbisonicsError, match="up to order 3"):
        convert(np.zeros((25, 4)), AMBIX, AmbisonicFormat("fuma", "sn3d"))
    np.testing.assert_allclose(convert(np.ones((25, 1)), AMBIX, AmbisonicFormat("acn", "n3d"))[-1], 3.0)


@pytest.mark.parametrize(
    ("ordering", "norm", "expected"),
    [
        (None, None, AMBIX),
        ("fuma", None, FUMA),
        (None, "fuma", FUMA),
        ("fuma", "fuma", FUMA),
        ("acn", "n3d", AmbisonicFormat("acn", "n3d")),
        (None, "n3d", AmbisonicFormat("acn", "n3d")),
    ],
)
def test_what_a_user_means(ordering, norm, expected):
    assert format_of(ordering, norm) == expected


@pytest.mark.parametrize(("ordering", "norm"), [("acn", "fuma"), ("fuma", "sn3d"), ("fuma", "n3d")])
def test_contradictions(ordering, norm):
    with pytest.raises(AmbisonicsError, match="contradicts"):
        format_of(ordering, norm)


@pytest.mark.parametrize(("ordering", "norm"), [("wxyz", "sn3d"), ("acn", "maxn")])
def test_unknown_words(ordering, norm):
    with pytest.raises(AmbisonicsError, match="unknown"):
        AmbisonicFormat(ordering, norm)


@pytest.mark.parametrize("channels", [0, 2, 3, 5, 8, 36])
def test_channels_that_are_no_sphere(channels):
    with pytest.raises(AmbisonicsError, match=f"{channels} channels are no full-sphere"):
        order_of(channels)


@pytest.mark.parametrize("order", [-1, 5])
def test_orders_out_of_range(order):
    with pytest.raises(AmbisonicsError, match=r"must be 0 \.\.\. 4"):
        spherical_harmonics(order, 0, 0)


@given(st.integers(1, 4), azimuths, elevations, azimuths)
def test_yaw_turns_the_source(order, azimuth, elevation, angle):
    turned = rotate_yaw(encode(np.ones(1), azimuth, elevation, order), angle)
    np.testing.assert_allclose(turned, encode(np.ones(1), azimuth + angle, elevation, order), atol=1e-10)


def test_yaw_in_any_weights():
    signal = encode(np.ones(1), 20, 30, 3, "fuma")
    np.testing.assert_allclose(rotate_yaw(signal, 50), encode(np.ones(1), 70, 30, 3, "fuma"), atol=1e-12)


def test_encoding_a_moving_source():
    azimuth = np.linspace(0, 90, 5)
    signal = encode(np.full(5, 2.0), azimuth, 10.0, 2)
    np.testing.assert_allclose(signal.T, 2 * spherical_harmonics(2, azimuth, 10.0))


def test_encoding_refuses_what_does_not_fit():
    with pytest.raises(ShapeError, match=r"must be \(samples,\)"):
        encode(np.zeros((2, 5)), 0, 0, 1)
    with pytest.raises(ShapeError, match="give one, or one a sample"):
        encode(np.zeros(5), np.zeros(4), 0, 1)
