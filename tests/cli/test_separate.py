"""``separate``: two videos in, a WAV a source out."""

from fractions import Fraction

import av
import numpy as np
import pytest

from fairplay_bench.media.audio import read_sound, write_wav

from .running import run_here

METHODS = """
import torch

from fairplay_bench.models.interface import MonoClip


class Halves:
    condition = "mono"

    def separate(self, mixture, sample_rate, frames):
        brightness = [pictures.at(0.5).float().mean() for pictures in frames]
        return torch.stack([mixture * level / sum(brightness) for level in brightness])


class Doubled(Halves):
    condition = "mono-mono"


class Ears(Halves):
    condition = "binaural"


class Tilt:
    def binauralize(self, clip):
        return torch.stack([clip.mono, 0.5 * clip.mono])


class Predicted(Halves):
    condition = "predicted-binaural"
    binauralizer = Tilt()


class Raising(Halves):
    def separate(self, mixture, sample_rate, frames):
        raise RuntimeError("weights are\\n missing")


class Short(Halves):
    def separate(self, mixture, sample_rate, frames):
        if mixture.shape[-1] > 8000:
            raise RuntimeError("more than half a second")
        return super().separate(mixture, sample_rate, frames)


class Deaf(Tilt):
    def binauralize(self, clip):
        raise RuntimeError("no ears")


class DeafPredicted(Predicted):
    binauralizer = Deaf()
"""


def write_video(path, frequency_hz, grey, seconds=1.0, channels=2):
    """A grey video with a tone that is half as loud at the right ear."""
    layout = "stereo" if channels == 2 else "mono"
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=Fraction(10), options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 64, 32, "yuv420p"
        track = container.add_stream("pcm_s16le", rate=16_000, layout=layout)
        for number in range(round(10 * seconds)):
            image = np.full((32, 64, 3), grey, np.uint8)
            container.mux(picture.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            time = np.arange(number * 1600, (number + 1) * 1600) / 16_000
            tone = 8000 * np.sin(2 * np.pi * frequency_hz * time)[:, None] * np.array([1.0, 0.5])[:channels]
            frame = av.AudioFrame.from_ndarray(tone.astype(np.int16).reshape(1, -1), format="s16", layout=layout)
            frame.sample_rate, frame.pts = 16_000, number * 1600
            container.mux(track.encode(frame))
        for stream in (picture, track):
            container.mux(stream.encode(None))
    return path


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with two videos and a module of methods."""
    (tmp_path / "separators.py").write_text(METHODS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    write_video(tmp_path / "low.mov", 400, 60)
    write_video(tmp_path / "high.mov", 2000, 180)
    return tmp_path


def tones(seconds=1.0):
    time = np.arange(round(16_000 * seconds)) / 16_000
    return 8000 / 32768 * np.sin(2 * np.pi * np.array([[400], [2000]]) * time)


def separate(capsys, model, *more, videos=("low.mov", "high.mov"), out="out"):
    return run_here(capsys, "separate", *videos, "--model", f"separators:{model}", "--out", out, *more)


@pytest.mark.parametrize(
    ("model", "gains"),
    [("Halves", [0.75]), ("Doubled", [0.75, 0.75]), ("Ears", [1, 0.5]), ("Predicted", [0.75, 0.375])],
)
def test_a_file_a_source(here, capsys, model, gains):
    outcome = separate(capsys, model)
    assert outcome.status == 0
    assert outcome.out == ""
    mixture = tones().sum(axis=0)[:, None] * np.array(gains)
    for name, share in (("low", 0.25), ("high", 0.75)):
        sound = read_sound(here / "out" / f"{name}.wav")
        assert sound.rate == 16_000
        np.testing.assert_allclose(sound.samples, share * mixture, atol=0.01)


def test_a_mixture_can_be_given(here, capsys):
    write_wav(here / "both.wav", np.full((16_000, 2), [0.2, 0.4], np.float32), 16_000)
    assert separate(capsys, "Halves", "--mixture", "both.wav").status == 0
    np.testing.assert_allclose(read_sound(here / "out" / "low.wav").samples, 0.3 * 0.25, atol=0.01)


def test_videos_of_one_name(here, capsys):
    (here / "other").mkdir()
    write_video(here / "other" / "low.mov", 900, 60)
    assert separate(capsys, "Halves", videos=("low.mov", "other/low.mov")).status == 0
    assert sorted(path.name for path in (here / "out").iterdir()) == ["low-a.wav", "low-b.wav"]


def test_what_is_there_is_kept(here, capsys):
    assert separate(capsys, "Halves").status == 0
    before = (here / "out" / "low.wav").read_bytes()
    again = separate(capsys, "Doubled")
    assert again.status == 1
    assert "low.wav: exists; choose another --out, or --overwrite to replace it." in again.error
    assert (here / "out" / "low.wav").read_bytes() == before
    assert separate(capsys, "Doubled", "--overwrite").status == 0


def test_a_file_in_the_place_of_the_folder_is_refused_before_work(here, capsys):
    (here / "out").write_text("mine")
    refused = separate(capsys, "Nobody")
    assert refused.status == 1
    assert "out is no folder that can be written; choose another --out." in refused.error
    assert (here / "out").read_text() == "mine"


@pytest.mark.parametrize(
    ("model", "videos", "more", "status", "message"),
    [
        ("Halves", ("low.mov", "long.mov"), (), 1, "low.mov lasts 1.00 s and long.mov 2.00 s"),
        ("Ears", ("low.mov", "mono.mov"), (), 2, "mono.mov: one channel, and this method hears two ears"),
        ("Predicted", ("low.mov", "high.mov"), ("--mixture", "low.mov"), 2, "leave --mixture out"),
        ("Halves", ("low.mov", "none.mov"), (), 1, "none.mov"),
        ("Tilt", ("low.mov", "high.mov"), (), 1, "gave a Tilt without separate"),
        (
            "Raising",
            ("none.mov", "low.mov"),
            (),
            1,
            "the rehearsal on noise ended in RuntimeError: weights are missing",
        ),
        ("Short", ("low.mov", "high.mov"), (), 1, "separators:Short raised RuntimeError: more than half a second."),
        ("DeafPredicted", ("low.mov", "high.mov"), (), 1, "low.mov: Deaf raised RuntimeError: no ears."),
    ],
)
def test_refusals(here, capsys, model, videos, more, status, message):
    write_video(here / "long.mov", 400, 60, seconds=2.0)
    write_video(here / "mono.mov", 400, 60, channels=1)
    outcome = separate(capsys, model, *more, videos=videos)
    assert outcome.status == status
    assert message in outcome.error
    assert not (here / "out").exists()
