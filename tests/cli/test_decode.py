"""``decode``: ambisonic recordings to two ears, from every format and in every order."""

import functools
import json
import tracemalloc

import numpy as np
import pytest
import soundfile

from fairplay_bench.datasets import decoding
from fairplay_bench.media.sound_stream import sound_blocks
from hrtf.ambisonics import AMBIX
from hrtf.decoder import Decoder, decode
from hrtf.decoders import STANDARD

from ..spherical_sources import RATE, as_aac, noise, numbered, plane_wave, write_av
from .running import run_here

HEAD = ("--hrtf", "spherical-head")


@pytest.fixture(scope="module", autouse=True)
def _decoders_made_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "named_decoder", functools.cache(decoding.named_decoder))
        yield


@pytest.fixture
def run(capsys, tmp_path):
    """A function that decodes to ``tmp_path / "ears.wav"``."""

    def start(*arguments, out=None):
        return run_here(capsys, "decode", *arguments, *HEAD, "--out", out or tmp_path / "ears.wav")

    return start


def as_fuma(wyzx):
    """W X Y Z with W lower by 3 dB."""
    w, y, z, x = wyzx
    return np.stack([w / np.sqrt(2), x, y, z])


def write_wav(path, sound, rate=RATE):
    soundfile.write(path, sound.T, rate, subtype="FLOAT")
    return path


def ears(path):
    sound, rate = soundfile.read(path, dtype="float32")
    assert rate == 48_000
    return sound.T


def level_db(sound):
    left, right = np.square(sound.astype(float)).sum(axis=1)
    return 10 * np.log10(left / right)


def test_decodes_as_the_library_does_with_the_whole_in_memory(run, tmp_path):
    sound = plane_wave(noise(3.3), 40, 20)
    outcome = run(write_wav(tmp_path / "in.wav", sound))
    assert outcome.status == 0
    assert outcome.out == f"{tmp_path / 'ears.wav'}: two ears at 48000 Hz\n"
    decoder = decoding.named_decoder("spherical-head", STANDARD, RATE).decoder
    np.testing.assert_allclose(ears(tmp_path / "ears.wav"), decode(sound, decoder, RATE), atol=1e-6)
    assert soundfile.info(tmp_path / "ears.wav").subtype == "FLOAT"


def test_the_real_fuma_recording_gives_the_same_either_way(run, tmp_path, shared):
    recording = shared / "data" / "foa" / "jsamb_BF_rec2.ogg"
    w, x, y, z = np.concatenate(list(sound_blocks(recording)), axis=1)
    converted = write_wav(tmp_path / "acn.wav", np.stack([np.sqrt(2) * w, y, z, x]), 44_100)
    assert run(recording, "--order", "fuma", out=tmp_path / "fuma-ears.wav").status == 0
    assert run(converted, "--order", "acn", "--norm", "sn3d", out=tmp_path / "acn-ears.wav").status == 0
    fuma, acn = ears(tmp_path / "fuma-ears.wav"), ears(tmp_path / "acn-ears.wav")
    assert fuma.shape == (2, round(len(w) * 48 / 44.1))
    assert np.abs(fuma).max() > 0.05
    np.testing.assert_allclose(fuma, acn, atol=1e-6)
    assert run(recording, out=tmp_path / "taken-for-acn.wav").status == 0
    assert np.abs(ears(tmp_path / "taken-for-acn.wav") - fuma).max() > 1e-2, "the order matters"


@pytest.mark.parametrize(
    ("options", "store"),
    [
        ((), lambda wyzx: wyzx),
        (("--order", "acn"), lambda wyzx: wyzx),
        (("--norm", "n3d"), lambda wyzx: wyzx * np.sqrt([1, 3, 3, 3])[:, None]),
        (("--order", "fuma"), as_fuma),
        (("--norm", "fuma"), as_fuma),
        (("--order", "fuma", "--norm", "fuma"), as_fuma),
    ],
)
def test_every_order_and_norm_gives_the_same_ears(run, tmp_path, options, store):
    sound = plane_wave(noise(1), 90, 30)
    run(write_wav(tmp_path / "plain.wav", sound), out=tmp_path / "expected.wav")
    assert run(write_wav(tmp_path / "in.wav", store(sound)), *options).status == 0
    np.testing.assert_allclose(ears(tmp_path / "ears.wav"), ears(tmp_path / "expected.wav"), atol=1e-6)
    assert level_db(ears(tmp_path / "ears.wav")) > 3


@pytest.mark.parametrize(
    "options", [("--order", "fuma", "--norm", "sn3d"), ("--order", "acn", "--norm", "fuma")], ids=" ".join
)
def test_order_and_norm_that_contradict_are_one_line(run, tmp_path, options):
    outcome = run(write_wav(tmp_path / "in.wav", plane_wave(noise(0.1), 0)), *options)
    assert outcome.status == 2
    assert "contradicts" in outcome.error
    assert not (tmp_path / "ears.wav").exists()


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("in.mp4", {"codec": "aac", "layout": "5.1"}),
        ("in.mkv", {"codec": "libopus"}),
        ("in.webm", {"codec": "libopus"}),
        ("in.mkv", {"codec": "flac"}),
    ],
)
def test_takes_the_sound_of_videos(run, tmp_path, name, more):
    sound = plane_wave(noise(2), -90)
    stored = as_aac(sound) if more["codec"] == "aac" else sound
    path = write_av(tmp_path / name.replace("webm", "mkv"), numbered(20, (64, 32)), sound=stored, **more)
    assert run(path.rename(tmp_path / name)).status == 0
    assert level_db(ears(tmp_path / "ears.wav")) < -3


def test_takes_flac_and_ogg(run, tmp_path):
    sound = plane_wave(noise(1), 90)
    for name in ("in.flac", "in.ogg"):
        soundfile.write(tmp_path / name, sound.T, RATE)
        assert run(tmp_path / name, "--overwrite").status == 0
        assert level_db(ears(tmp_path / "ears.wav")) > 3


def test_an_existing_output_stays_unless_overwritten(run, tmp_path):
    source = write_wav(tmp_path / "in.wav", plane_wave(noise(0.2), 0))
    (tmp_path / "ears.wav").write_text("precious")
    refused = run(source)
    assert refused.status == 1
    assert "ears.wav: exists; choose another --out, or --overwrite" in refused.error
    assert (tmp_path / "ears.wav").read_text() == "precious"
    assert run(source, "--overwrite").status == 0
    assert ears(tmp_path / "ears.wav").shape == (2, 9600)


@pytest.mark.parametrize("channels", [1, 2, 3, 5, 6])
def test_other_numbers_of_channels_are_refused(run, tmp_path, channels):
    outcome = run(write_wav(tmp_path / "in.wav", np.tile(noise(0.1), (channels, 1))))
    assert outcome.status == 1
    (line,) = outcome.err.strip().splitlines()[-1:]
    assert f"{tmp_path / 'in.wav'}: " in line
    assert str(channels) in line
    assert not (tmp_path / "ears.wav").exists()


def test_higher_orders_are_truncated(run, tmp_path):
    sound = plane_wave(noise(1), 90)
    nine = np.concatenate([sound, np.stack([noise(1, seed) for seed in range(1, 6)])])
    run(write_wav(tmp_path / "first.wav", sound), out=tmp_path / "expected.wav")
    assert run(write_wav(tmp_path / "in.wav", nine)).status == 0
    np.testing.assert_allclose(ears(tmp_path / "ears.wav"), ears(tmp_path / "expected.wav"), atol=1e-6)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "in.wav: missing"),
        (b"", "in.wav: the file is empty"),
        (b"RIFF no sound at all", "in.wav: not a sound file that can be read"),
    ],
)
def test_files_that_cannot_be_read_are_one_line(run, tmp_path, content, said):
    if content is not None:
        (tmp_path / "in.wav").write_bytes(content)
    outcome = run(tmp_path / "in.wav")
    assert outcome.status == 1
    assert sum(said in line for line in outcome.err.splitlines()) == 1
    assert "Traceback" not in outcome.err
    assert not list(tmp_path.glob("*ears*"))


def test_sound_that_is_not_finite_is_refused_and_nothing_is_written(run, tmp_path):
    sound = plane_wave(noise(3), 0)
    sound[1, 100_000] = np.inf
    outcome = run(write_wav(tmp_path / "in.wav", sound))
    assert outcome.status == 1
    assert "NaN or infinite from sample 100000" in outcome.err
    assert not list(tmp_path.glob("*ears*"))


@pytest.mark.parametrize("gain", [0.0, 1e-4])
@pytest.mark.parametrize("order", ["acn", "fuma"])
def test_a_silent_w_is_refused_and_nothing_is_written(run, tmp_path, gain, order):
    field = plane_wave(noise(1), 90) * [[gain], [1], [1], [1]]
    outcome = run(write_wav(tmp_path / "in.wav", as_fuma(field) if order == "fuma" else field), "--order", order)
    assert outcome.status == 1
    assert outcome.out == ""
    told = f"{tmp_path / 'in.wav'}: its first channel, W, is silent and others are not"
    assert [line.startswith(told) for line in outcome.err.splitlines()].count(True) == 1
    assert not list(tmp_path.glob("*ears*"))


def test_silence_throughout_is_decoded_to_silence(run, tmp_path):
    assert run(write_wav(tmp_path / "in.wav", np.zeros((4, 4800)))).status == 0
    assert not ears(tmp_path / "ears.wav").any()


def test_a_video_without_sound_is_refused(run, tmp_path):
    outcome = run(write_av(tmp_path / "in.mp4", numbered(5, (64, 32))))
    assert outcome.status == 1
    assert "in.mp4: has no sound track" in outcome.err


def test_another_rate_and_a_high_peak_are_said(run, tmp_path):
    sound = 20 * plane_wave(noise(1, rate=44_100), 90)
    outcome = run(write_wav(tmp_path / "in.wav", sound, 44_100), "--json")
    assert "in.wav: resampled from 44100 to 48000 Hz" in outcome.err
    assert "its peak is" in outcome.err
    (told,) = json.loads(outcome.out)["decoded"]
    assert (told["source_rate"], told["sample_rate"], told["channels"]) == (44_100, 48_000, 4)
    found = ears(tmp_path / "ears.wav")
    assert found.shape[1] == 48_000
    assert told["peak"] == pytest.approx(np.abs(found).max(), rel=1e-6)


def test_several_files_go_into_a_folder_and_one_failure_does_not_stop_the_rest(run, tmp_path):
    good = [write_wav(tmp_path / f"{name}.wav", plane_wave(noise(0.3), 0)) for name in "ab"]
    bad = write_wav(tmp_path / "mono.wav", noise(0.3)[None])
    outcome = run(good[0], bad, good[1], "--jobs", 1, out=tmp_path / "out")
    assert outcome.status == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.wav", "b.wav"]
    assert "mono.wav" in outcome.err


def test_two_inputs_of_one_name_are_refused(run, tmp_path):
    for folder in "ab":
        (tmp_path / folder).mkdir()
        write_wav(tmp_path / folder / "x.wav", plane_wave(noise(0.1), 0))
    outcome = run(tmp_path / "a" / "x.wav", tmp_path / "b" / "x.wav", out=tmp_path / "out")
    assert outcome.status == 1
    assert "two inputs have one name there" in outcome.error


def test_a_head_that_is_not_here_or_not_known_is_one_line(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("hrtf.catalogue.cache_folder", lambda: tmp_path)
    source = write_wav(tmp_path / "in.wav", plane_wave(noise(0.1), 0))
    arguments = ("decode", source, "--out", tmp_path / "ears.wav", "--hrtf")
    outcome = run_here(capsys, *arguments, "ari-nh2-dtf")
    assert outcome.status == 1
    assert "hrtf fetch ari-nh2-dtf" in outcome.error
    outcome = run_here(capsys, *arguments, "ari-nh2")
    assert outcome.status == 2
    assert "did you mean 'ari-nh2-" in outcome.error


@pytest.mark.parametrize("seconds", [5, 60])
def test_memory_does_not_grow_with_the_length(tmp_path, seconds):
    second = plane_wave(noise(1), 90).T
    with soundfile.SoundFile(tmp_path / "in.wav", "w", RATE, 4, subtype="FLOAT") as file:
        for _ in range(seconds):
            file.write(second)
    decoder = Decoder("probe", RATE, np.random.default_rng(0).normal(size=(2, 4, 256)), 0.0)
    tracemalloc.start()
    decoding.decode_file(tmp_path / "in.wav", tmp_path / "ears.wav", decoder, AMBIX)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert soundfile.info(tmp_path / "ears.wav").frames == seconds * RATE
    assert peak < 12e6
