"""Sounds as scripts, pictures as one image, level differences over time."""

import io
import json
from base64 import b64decode

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.scoring.ild import ild_error
from leaderboard.page.soundfiles import ild_track, write_film, write_sound

from ...scoring.prepared_sets import rooms, write_set
from ...scoring.sounds import panned


def test_a_sound_is_a_script_that_hands_over_a_16_bit_wav(tmp_path):
    ears = torch.from_numpy(panned(1, 6, 4000))
    write_sound(tmp_path / "a.js", 'k"</script>', ears)
    text = (tmp_path / "a.js").read_text("ascii")
    key, content = json.loads(f"[{text.removeprefix('fairplaySound(').removesuffix(');' + chr(10))}]")
    assert key == 'k"</script>'
    file = io.BytesIO(b64decode(content))
    info = soundfile.info(file)
    assert (info.subtype, info.samplerate, info.channels) == ("PCM_16", 16_000, 2)
    file.seek(0)
    np.testing.assert_allclose(soundfile.read(file)[0].T, ears, atol=2**-15)


def test_a_film_holds_all_pictures_row_after_row(tmp_path):
    data = open_prepared(write_set(tmp_path / "set", rooms("a", samples=19_200)))
    film = write_film(tmp_path / "film.jpg", "film.jpg", data, data.clips["a"])
    assert (film.columns, film.count, film.width, film.height, film.per_s) == (10, 12, 480, 240, 10)
    image = np.asarray(Image.open(tmp_path / "film.jpg"))
    assert image.shape == (480, 4800, 3)
    for number in range(12):  # picture n of the set is a grey of level 10 n
        row, column = divmod(number, 10)
        tile = image[240 * row : 240 * row + 240, 480 * column : 480 * column + 480]
        assert abs(float(tile.mean()) - 10 * number) < 2
    assert image[240:, 960:].max() < 3  # JPEG


def test_level_differences_over_time():
    left, right = panned(1, 10, 16_000), panned(2, -10, 16_000)
    ears = torch.from_numpy(np.concatenate([left, np.zeros((2, 16_000), np.float32), right], axis=1))
    track = ild_track(ears, ears)
    assert len(track) == 31  # 301 spectra of 10 ms
    assert track[2:9] == pytest.approx([10] * 7, abs=0.05)
    assert track[12:19] == [None] * 7
    assert track[22:29] == pytest.approx([-10] * 7, abs=0.05)


def test_where_the_target_sounds_counts_and_silence_of_a_method_is_no_difference():
    target = torch.from_numpy(panned(1, 10, 8000))
    assert all(value == 0 for value in ild_track(torch.zeros(2, 8000), target))
    assert all(value is None for value in ild_track(target, torch.zeros(2, 8000)))


def test_its_mean_is_what_the_metric_measures():
    """Against a target without level differences the metric is the mean size of the track's parts."""
    target, ears = torch.from_numpy(panned(1, 0, 16_000)), torch.from_numpy(panned(1, 8, 16_000))
    track = ild_track(ears, target)
    assert np.mean(track) == pytest.approx(float(ild_error(ears, target)), abs=0.05)
