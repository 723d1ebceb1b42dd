"""Turning a recording is recording what was turned."""

import numpy as np
import pytest
import torch

from baselines.ambisonics.yaw import turned
from hrtf.ambisonics import encode

from .conftest import picture_of

WIDTH = 96


def field(sources, turn_deg=0.0):
    """Some sources, ``(azimuth, elevation)`` each, as they are encoded after a turn: W, Y, Z, X."""
    sounds = [np.random.default_rng(seed).uniform(-1, 1, 500) for seed in range(len(sources))]
    encoded = [
        encode(sound, azimuth + turn_deg, elevation, 1)
        for sound, (azimuth, elevation) in zip(sounds, sources, strict=True)
    ]
    return torch.from_numpy(np.sum(encoded, axis=0) / len(sources)).float()


@pytest.mark.parametrize("columns", [0, 1, 24, 37, 95])
def test_turning_the_field_is_encoding_each_source_at_azimuth_plus_theta(columns):
    sources = [(0.0, 0.0), (90.0, 10.0), (-137.5, -60.0), (12.25, 85.0)]
    rotated, _ = turned(field(sources), [torch.zeros(3, 2, WIDTH)], columns)
    torch.testing.assert_close(rotated, field(sources, 360 * columns / WIDTH), atol=1e-6, rtol=0)


@pytest.mark.parametrize("azimuth_deg", [0.0, 90.0, -45.0])
def test_the_picture_turns_with_it(azimuth_deg):
    columns = 20
    picture = torch.from_numpy(picture_of(azimuth_deg)).permute(2, 0, 1)
    sound, (shown, twice) = turned(field([(azimuth_deg, 0.0)]), [picture, picture], columns)
    after = azimuth_deg + 360 * columns / WIDTH
    torch.testing.assert_close(shown, torch.from_numpy(picture_of(after)).permute(2, 0, 1))
    torch.testing.assert_close(sound, field([(after, 0.0)]), atol=1e-6, rtol=0)
    assert torch.equal(shown, twice)
