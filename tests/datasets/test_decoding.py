"""Drawing where the sound of an ambisonic file comes from; decoding itself is tested through its command."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from fairplay_bench.datasets import decoding
from fairplay_bench.errors import MediaError
from hrtf.ambisonics import AMBIX, FUMA, convert, encode

RATE = 44_100


@pytest.mark.parametrize("stored", [AMBIX, FUMA], ids=["acn", "fuma"])
def test_the_plot_shows_the_side_a_sound_was_encoded_at(stored, tmp_path: Path, monkeypatch) -> None:
    drawn = []
    monkeypatch.setattr("hrtf.plots.plot_sound_direction", lambda direction, *rest: drawn.append((direction, rest)))
    sound = np.random.default_rng(0).normal(size=2 * RATE + 100) * 0.1
    field = convert(encode(sound, 90.0, 30.0, 1), AMBIX, stored)
    soundfile.write(tmp_path / "left.wav", field.T, RATE, subtype="FLOAT")
    decoding.plot_direction(tmp_path / "left.wav", stored, tmp_path / "left.png")
    (direction, (frame_s, out, title)) = drawn[0]
    assert direction.azimuth_deg.shape == (20,)
    np.testing.assert_allclose(direction.azimuth_deg, 90.0, atol=1e-3)
    np.testing.assert_allclose(direction.elevation_deg, 30.0, atol=1e-3)
    assert (frame_s, out, title) == (0.1, tmp_path / "left.png", "left.wav")


def test_stereo_has_no_direction_to_draw(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "stereo.wav", np.zeros((RATE, 2)), RATE)
    with pytest.raises(MediaError, match=r"2 channels are no full-sphere ambisonics"):
        decoding.plot_direction(tmp_path / "stereo.wav", AMBIX, tmp_path / "no.png")
    assert not (tmp_path / "no.png").exists()
