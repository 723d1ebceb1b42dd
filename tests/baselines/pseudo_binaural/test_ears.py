"""Rendering: against a plain convolution in each mode, levels, rates, and any head."""

import numpy as np
import pytest

from baselines.pseudo_binaural.ears import EarFilters, lead_in, render
from hrtf.catalogue import load_head
from hrtf.decoder import decode
from hrtf.sphere import spherical_head_responses
from hrtf.virtual_speakers import virtual_speakers

SAMPLES = 10_080


def segments(filters, count=2):
    samples = lead_in(filters, SAMPLES) + SAMPLES
    return [np.random.default_rng(k).normal(size=samples).astype(np.float32) for k in range(count)]


def convolved(sound, ears):
    return np.stack([np.convolve(sound.astype(float), ear)[: len(sound)][-SAMPLES:] for ear in ears])


def at_level(sounds):
    return [0.1 * sound / np.sqrt(np.mean(sound[-SAMPLES:].astype(float) ** 2)) for sound in sounds]


def close(ears, expected):
    expected = expected * 0.1 / np.sqrt(np.mean(expected.sum(axis=0) ** 2))
    assert np.abs(ears - expected).max() < 1e-5


def test_direct_is_a_convolution_with_the_responses_of_the_direction():
    filters = EarFilters("direct")
    sounds, places = segments(filters), [(31.0, 7.0), (-48.0, -12.0)]
    expected = sum(
        convolved(sound, spherical_head_responses(*place, sample_rate=16_000, n_taps=85)[0])
        for sound, place in zip(at_level(sounds), places, strict=True)
    )
    close(render(sounds, places, filters, SAMPLES), expected)


def test_directions_are_rounded_to_whole_degrees():
    filters = EarFilters("direct")
    assert np.array_equal(filters(30.6, 6.7), filters(31.0, 7.0))
    assert not np.array_equal(filters(30.4, 7.0), filters(31.0, 7.0))


def test_ambisonic_is_first_order_through_eight_speakers():
    filters = EarFilters("ambisonic")
    sounds, places = segments(filters), [(31.5, 7.5), (-48.0, -12.0)]
    decoder = virtual_speakers(load_head("spherical-head", sample_rate=16_000), "octagon", method="projection")
    field = np.zeros((4, len(sounds[0])))
    for sound, place in zip(at_level(sounds), places, strict=True):
        azimuth, elevation = np.radians(place)
        field[0] += sound
        field[1] += sound * np.sin(azimuth) * np.cos(elevation)
        field[3] += sound * np.cos(azimuth) * np.cos(elevation)
    close(render(sounds, places, filters, SAMPLES), decode(field, decoder, 16_000)[:, -SAMPLES:])


def test_w_y_needs_no_head():
    filters = EarFilters("w-y", "no such head")
    (sound,) = segments(filters, 1)
    side = np.sin(np.radians(40)) * np.cos(np.radians(10))
    expected = np.stack([sound * (1 + side) / 2, sound * (1 - side) / 2])[:, -SAMPLES:]
    close(render([sound], [(40.0, 10.0)], filters, SAMPLES), expected)


def test_levels():
    filters = EarFilters("direct")
    loud, soft = segments(filters)
    ears = render([loud, soft], [(20.0, 0.0), (-20.0, 0.0)], filters, SAMPLES)
    same = render([loud, 0.01 * soft], [(20.0, 0.0), (-20.0, 0.0)], filters, SAMPLES)
    assert np.sqrt(np.mean(ears.sum(axis=0) ** 2)) == pytest.approx(0.1, rel=1e-5)
    assert np.abs(ears - same).max() < 1e-5
    assert not render([0 * loud], [(20.0, 0.0)], filters, SAMPLES).any()


def test_a_measured_head_at_its_own_rate_is_brought_to_16_khz(shared):
    file = str(shared / "data" / "sofa" / "MIT_KEMAR_normal_pinna.sofa")
    for mode in ("direct", "ambisonic"):
        filters = EarFilters(mode, file)
        head = load_head(file)
        assert head.sample_rate == 44_100
        assert filters.taps < 0.5 * head.total_taps
        for azimuth in (10.0, 30.0, 60.0, 120.0):
            left, right = np.mean(filters(azimuth, 0.0) ** 2, axis=1)
            mirrored = np.mean(filters(-azimuth, 0.0) ** 2, axis=1)
            assert left > right
            assert mirrored[1] > mirrored[0]
    assert np.isfinite(EarFilters("direct", file)(0.0, -80.0)).all()  # below what was measured: the nearest
