"""``spherical-map`` from the command line: pictures of recordings, and what cannot be mapped."""

import json

import numpy as np
import pytest
import soundfile
from PIL import Image

from fairplay_bench.media.sound_stream import sound_info
from fairplay_bench.media.video import take_frames, video_duration_s

from ..spherical_sources import RATE, noise, numbered, plane_wave, write_aac_download, write_av, write_beside
from .running import run_here

SMALL = (96, 48)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Two seconds, at the left and then at the right: a WAV beside a video, and a download."""
    root = tmp_path_factory.mktemp("recordings")
    sound = noise(2)
    field = np.concatenate([plane_wave(sound[:RATE], 90, 20), plane_wave(sound[RATE:], -90, -20)], axis=1)
    write_beside(root, "beside", field, numbered(20, SMALL))
    write_aac_download(root, "download", field, numbered(20, SMALL))
    write_av(root / "bare.mp4", numbered(20, SMALL))
    return root


@pytest.fixture
def run(capsys, tmp_path):
    def start(video, out="map.png", *arguments):
        return run_here(capsys, "spherical-map", video, "--out", tmp_path / out, *arguments)

    return start


def loudest(outcome):
    assert (outcome.status, outcome.err) == (0, "")
    found = json.loads(outcome.out)
    return found["azimuth_deg"], found["elevation_deg"]


@pytest.mark.parametrize(
    ("name", "at_s", "azimuth", "elevation"),
    [("beside", 0.4, 90, 20), ("beside", 1.6, -90, -20), ("download", 1.6, -90, -20)],
)
def test_the_loudest_direction_of_a_moment(run, recordings, tmp_path, name, at_s, azimuth, elevation):
    found = loudest(run(recordings / f"{name}.mp4", "map.png", "--at", at_s, "--json"))
    assert found == (pytest.approx(azimuth, abs=3), pytest.approx(elevation, abs=3))
    with Image.open(tmp_path / "map.png") as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (1320, 672))


def warmth(image, column):
    """How much redder than blue the middle rows are near a column, of a picture that was grey."""
    part = np.asarray(image).astype(float)[190:290, column - 20 : column + 20]
    return float((part[..., 0] - part[..., 2]).mean())


def test_a_film_shows_it_moving(run, recordings, tmp_path):
    outcome = run(recordings / "beside.mp4", "map.mp4")
    assert outcome.status == 0
    assert outcome.out.startswith(f"{tmp_path / 'map.mp4'}: 2.0 s, loudest at azimuth ")
    frames = list(take_frames(tmp_path / "map.mp4", 20, 960, 480))
    for number, left_is_warmer in ((3, True), (8, True), (11, False), (16, False)):
        left, right = (warmth(frames[number], column) for column in (240, 720))
        assert (left > right + 20) == left_is_warmer
        assert (right > left + 20) != left_is_warmer
    info = sound_info(tmp_path / "map.mp4")
    assert (info.channels, info.rate) == (2, RATE)
    assert video_duration_s(tmp_path / "map.mp4") == pytest.approx(2, abs=0.05)


def test_predicted_channels_over_the_picture_of_the_video(run, recordings, tmp_path):
    soundfile.write(tmp_path / "predicted.wav", plane_wave(noise(2), 45, 10).T, RATE, subtype="FLOAT")
    for name in ("beside", "bare"):
        found = loudest(run(recordings / f"{name}.mp4", f"{name}.png", "--sound", tmp_path / "predicted.wav", "--json"))
        assert found == (pytest.approx(45, abs=2), pytest.approx(10, abs=2))


def test_a_recording_without_pictures_and_in_fuma_order(run, tmp_path):
    w, y, z, x = plane_wave(noise(1), -60, 30)
    soundfile.write(tmp_path / "fuma.wav", np.stack([w / np.sqrt(2), x, y, z], axis=-1), 44_100, subtype="FLOAT")
    found = loudest(run(tmp_path / "fuma.wav", "map.png", "--order", "fuma", "--json"))
    assert found == (pytest.approx(-60, abs=2), pytest.approx(30, abs=2))


def test_a_recording_without_height(run, tmp_path):
    w, y, _, x = plane_wave(noise(1), 120)
    write_av(tmp_path / "flat.mp4", numbered(10, SMALL))
    soundfile.write(tmp_path / "flat.wav", np.stack([w, y, x], axis=-1), RATE, subtype="FLOAT")
    assert "3 channel(s) of pcm, but first-order ambisonic sound has 4" in run(tmp_path / "flat.mp4").error
    found = loudest(run(tmp_path / "flat.mp4", "map.png", "--no-height", "--json"))
    assert found == (pytest.approx(120, abs=2), pytest.approx(0, abs=2))


def test_the_real_recording_agrees_with_its_intensity(run, shared):
    """The loudest beam lies where the mean active intensity of the whole recording points."""
    path = shared / "data" / "foa" / "jsamb_BF_rec2.ogg"
    w, x, y, z = soundfile.read(path)[0].T
    vector = np.array([np.mean(w * axis) for axis in (x, y, z)])
    azimuth, elevation = np.degrees([np.arctan2(vector[1], vector[0]), np.arctan2(vector[2], np.hypot(*vector[:2]))])
    found = loudest(run(path, "map.png", "--order", "fuma", "--json"))
    assert found == (pytest.approx(azimuth, abs=12), pytest.approx(elevation, abs=12))


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        (noise(1)[None], "1 channel(s) of pcm, but first-order ambisonic sound has 4"),
        (np.tile(noise(1), (2, 1)), "2 channel(s) of pcm, but first-order ambisonic sound has 4"),
        (np.zeros((4, RATE)), "silent throughout; there is nothing to map"),
        (plane_wave(noise(1), 90) * [[0], [1], [1], [1]], "its first channel, W, is silent and others are not"),
        (plane_wave(noise(0.05), 90), "lasts less than 0.1 s; there is nothing to map"),
    ],
    ids=["mono", "stereo", "silent", "silent W", "short"],
)
@pytest.mark.parametrize("out", ["map.png", "map.mp4"])
def test_sound_that_cannot_be_mapped(run, recordings, tmp_path, sound, reason, out):
    soundfile.write(tmp_path / "sound.wav", sound.T, RATE, subtype="FLOAT")
    outcome = run(recordings / "bare.mp4", out, "--sound", tmp_path / "sound.wav")
    assert (outcome.status, reason in outcome.error) == (1, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sound.wav"]


def test_pictures_that_are_not_2_to_1(run, tmp_path):
    write_beside(tmp_path, "square", plane_wave(noise(1), 90), numbered(10, (90, 60)))
    outcome = run(tmp_path / "square.mp4")
    assert outcome.status == 1
    assert "is 90 x 60, not 2:1; name it with --projection equirectangular|eac|cubemap" in outcome.error
    assert run(tmp_path / "square.mp4", "map.png", "--projection", "eac").status == 0


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (("map.gif",), 2, "map.gif: give a .png, or an .mp4 for a map over time"),
        (("map.mp4", "--at", 1), 2, "--at: is for a PNG"),
        (("map.png", "--at", 9), 2, "--at 9: the recording lasts 2.0 s"),
        (("map.png", "--order", "fuma", "--norm", "n3d"), 2, "--order, --norm: channel order fuma contradicts"),
        (("map.png", "--order", "fuma", "--no-height"), 2, "--no-height: W, Y, X is ACN order"),
        (("map.png", "--projection", "eca"), 2, "unknown projection 'eca'. Did you mean 'eac'"),
        (("map.png", "--sound", "nowhere.wav"), 1, "nowhere.wav: missing"),
    ],
)
def test_wrong_options(run, recordings, tmp_path, arguments, status, reason):
    outcome = run(recordings / "beside.mp4", *arguments)
    assert (outcome.status, reason in outcome.error) == (status, True)
    assert not list(tmp_path.iterdir())


def test_a_map_that_is_there_stays(run, recordings, tmp_path):
    (tmp_path / "map.png").write_text("mine")
    assert "map.png" in run(recordings / "beside.mp4").error
    assert (tmp_path / "map.png").read_text() == "mine"
    assert run(recordings / "beside.mp4", "map.png", "--overwrite").status == 0
