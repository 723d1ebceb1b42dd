"""Pictures are drawn, without a screen, and the description has the figures that they show."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hrtf.ambisonics import encode
from hrtf.describe import describe
from hrtf.errors import DirectionError
from hrtf.plots import plot_head, plot_sound_direction
from hrtf.sound_direction import intensity_direction

from .sofa_files import part_of

ROOT = Path(__file__).parents[2]


def png_size(path):
    header = path.read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    return struct.unpack(">II", header[16:24])


@pytest.mark.parametrize("head", ["sphere", "nh2", "kemar"])
def test_heads(head, request, tmp_path):
    path = plot_head(request.getfixturevalue(head), tmp_path / "head.png")
    assert png_size(path) == (1440, 1080)
    assert path.stat().st_size > 100_000


def test_a_small_set_at_a_low_rate(small_sphere, tmp_path):
    assert png_size(plot_head(small_sphere, tmp_path / "a.png"))


def test_a_set_without_a_horizon(sphere, tmp_path):
    with pytest.raises(DirectionError, match="nearest measured"):
        plot_head(part_of(sphere, sphere.elevation_deg > 40), tmp_path / "a.png")


def test_other_formats(small_sphere, tmp_path):
    assert plot_head(small_sphere, tmp_path / "a.svg").read_text().startswith("<?xml")


def test_direction_over_time(tmp_path):
    noise = np.random.default_rng(0).standard_normal(16000)
    field = encode(noise, np.linspace(-100, 100, 16000), 20.0, 1)
    found = intensity_direction(np.concatenate([field, np.zeros((4, 1600))], axis=1), 800)
    assert png_size(plot_sound_direction(found, 0.05, tmp_path / "a.png", "a circle"))


def test_silence_over_time(tmp_path):
    assert png_size(plot_sound_direction(intensity_direction(np.zeros((4, 1600)), 800), 0.05, tmp_path / "a.png"))


def test_no_screen_and_no_global_state(tmp_path):
    code = (
        "import sys; from hrtf import spherical_head; from hrtf.plots import plot_head; "
        f"plot_head(spherical_head(16000), {str(tmp_path / 'a.png')!r}); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False\n"


def test_description_of_nh2(nh2):
    told = describe(nh2)
    assert (told.directions, told.taps, told.sample_rate, told.distance_m) == (1550, 256, 48000, 1.2)
    assert told.elevation_deg == (-30.0, 80.0)
    assert 15 < told.left_ild_db < 20
    assert 600 < told.left_itd_us < 800
    assert not told.delays_apart
    assert len(told.sha256) == 64
    assert json.loads(json.dumps(told.as_dict()))["name"] == "ari-nh2"


def test_description_of_the_sphere(sphere):
    told = describe(sphere)
    assert told.sha256 == ""
    assert told.distance_m is None
    assert told.bulk_delay_ms == pytest.approx(1.5, abs=0.02)
