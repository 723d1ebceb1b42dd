"""``binauralize``: videos and sounds in, two ears out."""

import shutil
from fractions import Fraction

import av
import numpy as np
import pytest
import soundfile
import torch
from click.testing import CliRunner
from PIL import Image

from baselines.mono2binaural.network import Mono2BinauralNet, NetworkSize
from baselines.mono2binaural.weights import described, save_network
from fairplay_bench.cli.binauralize import binauralize_command
from fairplay_bench.errors import BenchError, MediaError, MethodError, OptionError, OutputError
from fairplay_bench.media.audio import read_sound, write_wav
from fairplay_bench.records import ModelCard
from fairplay_bench.training.run_folder import RunDescription, write_run

DURATION_S = 2.0
TINY = NetworkSize(audio_width=4, visual_width=4, picture=(32, 64))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    torch.manual_seed(0)
    save_network(Mono2BinauralNet(TINY), folder)
    write_run(folder, RunDescription("mono2binaural", described(TINY), ModelCard("Mono2Binaural")))
    return folder


@pytest.fixture(scope="module")
def ears():
    return (0.1 * np.random.default_rng(0).normal(size=(int(16_000 * DURATION_S), 2))).astype(np.float32)


@pytest.fixture
def sound(tmp_path, ears):
    write_wav(tmp_path / "two.wav", ears, 16_000)
    return tmp_path / "two.wav"


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(1, int(10 * DURATION_S) + 1):
        Image.fromarray(np.full((32, 64, 3), 10 * number, np.uint8)).save(folder / f"{number:06d}.png")
    return folder


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "in.mp4"
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=Fraction(30), options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 64, 32, "yuv420p"
        track = container.add_stream("aac", rate=44_100, layout="stereo")
        for number in range(int(30 * DURATION_S)):
            image = np.full((32, 64, 3), 4 * number, np.uint8)
            container.mux(picture.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            time = np.arange(number * 1470, (number + 1) * 1470) / 44_100
            tone = np.repeat(0.2 * np.sin(2 * np.pi * 440 * time), 2).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(tone[None], format="flt", layout="stereo")
            frame.sample_rate, frame.pts = 44_100, number * 1470
            container.mux(track.encode(frame))
        container.mux(picture.encode(None))
        container.mux(track.encode(None))
    return path


def call(*arguments):
    return CliRunner().invoke(binauralize_command, list(map(str, arguments)), standalone_mode=False)


def made(*arguments):
    outcome = call(*arguments)
    assert outcome.exception is None, outcome.exception
    return outcome


def options(run, *more):
    return ("--model", "mono2binaural", "--weights", run, *more)


def packets(path):
    with av.open(str(path)) as container:
        track = container.streams.video[0]
        return [(packet.pts * packet.time_base, bytes(packet)) for packet in container.demux(track) if packet.size]


def test_mono_in_gives_the_same_bytes_as_stereo_in(run, sound, pictures, ears, tmp_path):
    write_wav(tmp_path / "one.wav", ears.mean(axis=1, keepdims=True), 16_000)
    for name in ("two", "one"):
        out = tmp_path / f"{name}-3d.wav"
        made(tmp_path / f"{name}.wav", "--frames", pictures, *options(run, "--protocol", "xu2021", "--out", out))
    assert (tmp_path / "two-3d.wav").read_bytes() == (tmp_path / "one-3d.wav").read_bytes()
    written = read_sound(tmp_path / "two-3d.wav")
    assert (written.rate, written.samples.shape) == (16_000, ears.shape)
    np.testing.assert_allclose(written.samples.mean(axis=1), ears.mean(axis=1), atol=1e-7)
    assert np.abs(written.samples[:, 0] - written.samples[:, 1]).max() > 1e-4


def test_the_oracle_protocol_needs_the_true_ears(run, sound, pictures, ears, tmp_path):
    made(sound, "--frames", pictures, *options(run, "--protocol", "gao2019", "--out", tmp_path / "a.wav"))
    write_wav(tmp_path / "one.wav", ears[:, :1], 16_000)
    outcome = call(
        tmp_path / "one.wav", "--frames", pictures, *options(run, "--protocol", "gao2019", "--out", tmp_path / "b.wav")
    )
    assert isinstance(outcome.exception, OptionError)
    assert not (tmp_path / "b.wav").exists()


def test_gaps_in_the_pictures_are_filled_and_counted(run, sound, pictures, tmp_path):
    made(sound, "--frames", pictures, *options(run, "--out", tmp_path / "whole.wav"))
    for number in (7, 8):
        shutil.copy(pictures / "000006.png", pictures / f"{number:06d}.png")
    made(sound, "--frames", pictures, *options(run, "--out", tmp_path / "copied.wav"))
    for number in (7, 8):
        (pictures / f"{number:06d}.png").unlink()
    outcome = made(sound, "--frames", pictures, *options(run, "--out", tmp_path / "gaps.wav"))
    assert "2 pictures were missing" in outcome.stderr
    assert (tmp_path / "gaps.wav").read_bytes() == (tmp_path / "copied.wav").read_bytes()
    assert (tmp_path / "gaps.wav").read_bytes() != (tmp_path / "whole.wav").read_bytes()


@pytest.mark.parametrize(("name", "more", "codec"), [("o.mp4", (), "aac"), ("o.mov", ("--lossless",), "pcm_f32le")])
def test_a_video_keeps_its_picture_and_gets_two_ears(run, video, tmp_path, name, more, codec):
    out = tmp_path / name
    made(video, *options(run, "--out", out, *more))
    assert packets(out) == packets(video)
    with av.open(str(out)) as container:
        track = container.streams.audio[0]
        assert (track.codec_context.name, track.rate, track.channels) == (codec, 48_000, 2)
        decoded = np.concatenate(
            [
                f.to_ndarray().reshape(2, -1) if f.format.is_planar else f.to_ndarray().reshape(-1, 2).T
                for f in container.decode(track)
            ],
            axis=1,
        )
    assert decoded.shape[1] / 48_000 == pytest.approx(DURATION_S, abs=0.06)
    middle = decoded[:, 20_000:68_000]
    spectrum = np.abs(np.fft.rfft(middle.mean(axis=0)))
    assert np.argmax(spectrum) == 440  # the pitch of what went in, at the new rate
    assert np.abs(middle[0] - middle[1]).max() > 1e-4


def test_a_video_to_wav_and_its_own_pictures_count(run, video, pictures, tmp_path):
    made(video, *options(run, "--out", tmp_path / "own.wav"))
    made(video, "--frames", pictures, *options(run, "--out", tmp_path / "given.wav"))
    assert (tmp_path / "own.wav").read_bytes() != (tmp_path / "given.wav").read_bytes()
    assert soundfile.info(tmp_path / "own.wav").duration == pytest.approx(DURATION_S, abs=0.06)


def test_a_sound_shorter_than_a_window(run, pictures, ears, tmp_path):
    write_wav(tmp_path / "short.wav", ears[:700], 16_000)
    made(tmp_path / "short.wav", "--frames", pictures, *options(run, "--out", tmp_path / "o.wav"))
    assert read_sound(tmp_path / "o.wav").samples.shape == (700, 2)


def test_another_rate_is_resampled(run, pictures, tmp_path):
    time = np.arange(96_000) / 48_000
    soundfile.write(tmp_path / "in.wav", 0.2 * np.sin(2 * np.pi * 1000 * time), 48_000)
    made(tmp_path / "in.wav", "--frames", pictures, *options(run, "--out", tmp_path / "o.wav"))
    mono = read_sound(tmp_path / "o.wav").samples.mean(axis=1)
    assert len(mono) == 32_000
    assert np.argmax(np.abs(np.fft.rfft(mono))) == 2000


@pytest.mark.parametrize(
    ("more", "error", "text"),
    [
        (("--out", "o.ogg"), OptionError, "ends in"),
        (("--out", "o.mov"), OptionError, "--lossless"),
        (("--out", "o.mp4", "--lossless"), OptionError, "--lossless"),
        (("--out", "o.mp4"), OptionError, "no picture to copy"),
        (("--out", "o.wav", "--frames", "nowhere"), OptionError, "no such folder"),
        (("--out", "o.wav"), OptionError, "give them with --frames"),
        (("--out", "o.wav", "--precision", "fp8"), OptionError, "unknown precision"),
        (("--out", "o.wav", "--batch", "0"), OptionError, "at least one window"),
        (("--out", "two.wav"), OutputError, "exists; choose another --out, or --overwrite"),
        (("--out", "two.wav/o.wav"), OutputError, "is no folder that can be written"),
        (("--out", "folder.wav", "--overwrite"), OutputError, "is a folder; give a file with --out"),
        (("--out", f"{300 * 'o'}.wav"), OutputError, "File name too long; choose another place"),
    ],
)
def test_refusals(run, sound, tmp_path, monkeypatch, more, error, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.wav").mkdir()
    outcome = call("two.wav", *options(run, *more))
    assert isinstance(outcome.exception, error)
    assert text in str(outcome.exception)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["two.wav"]


def test_methods_without_windows_and_bad_input(run, sound, video, tmp_path):
    outcome = call(sound, "--model", "mono-mono", "--out", tmp_path / "o.wav")
    assert isinstance(outcome.exception, MethodError)
    for name, content, text in (
        ("cut.mp4", video.read_bytes()[:3000], "truncated"),
        ("noise.mp4", bytes(range(256)) * 20, "cannot be opened"),
        ("pointer.mp4", b"version https://git-lfs.github.com/spec/v1\n", "git-LFS pointer"),
    ):
        (tmp_path / name).write_bytes(content)
        outcome = call(tmp_path / name, *options(run, "--out", tmp_path / "o.wav"))
        assert isinstance(outcome.exception, MediaError)
        assert text in str(outcome.exception)
    assert not (tmp_path / "o.wav").exists()


def test_not_a_number_in_the_sound_is_an_error_and_leaves_nothing(run, pictures, ears, tmp_path):
    broken = ears.copy()
    broken[20_000] = np.nan
    write_wav(tmp_path / "in.wav", broken, 16_000)
    outcome = call(tmp_path / "in.wav", "--frames", pictures, *options(run, "--out", tmp_path / "o.wav"))
    assert isinstance(outcome.exception, BenchError)
    assert "sample 20000 (1.250 s)" in str(outcome.exception)
    assert not list(tmp_path.glob("*o.wav*"))


def test_a_video_without_a_picture(run, video, tmp_path):
    path = tmp_path / "sound.mp4"
    with av.open(str(video)) as given, av.open(str(path), "w") as container:
        track = container.add_stream_from_template(given.streams.audio[0])
        for packet in given.demux(audio=0):
            if packet.dts is not None:
                packet.stream = track
                container.mux(packet)
    outcome = call(path, *options(run, "--out", tmp_path / "o.wav"))
    assert isinstance(outcome.exception, BenchError)
    assert "picture" in str(outcome.exception)
