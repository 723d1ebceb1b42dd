"""Folders of WAVs as a method."""

import numpy as np
import pytest
import soundfile
import torch

from fairplay_bench.errors import MediaError, OptionError, PredictionError
from fairplay_bench.models.interface import Binauralizer, Frames, MonoClip
from fairplay_bench.models.predictions import PredictionFolder

CLIP = MonoClip("a b ö", torch.zeros(100), 16_000, Frames("nowhere", 1))


def write(folder, samples, rate=16_000, subtype="FLOAT"):
    soundfile.write(folder / "a b ö.wav", samples, rate, subtype=subtype)


def test_reads_the_file_named_after_the_clip(tmp_path):
    samples = np.random.default_rng(0).uniform(-2, 2, (137, 2)).astype(np.float32)
    write(tmp_path, samples)
    method = PredictionFolder(tmp_path)
    assert isinstance(method, Binauralizer)
    assert method.card.name == f"predictions:{tmp_path.name}"
    ears = method.binauralize(CLIP)
    assert ears.dtype == torch.float32
    np.testing.assert_array_equal(ears.numpy(), samples.T)  # left first, nothing clipped, any length


def test_integers_are_full_scale_one(tmp_path):
    write(tmp_path, np.array([[16384, -32768]], np.int16), subtype="PCM_16")
    assert PredictionFolder(tmp_path).binauralize(CLIP).tolist() == [[0.5], [-1.0]]


def test_a_missing_folder(tmp_path):
    with pytest.raises(OptionError, match=r"none: no such folder; it should hold a WAV named after each clip\.$"):
        PredictionFolder(tmp_path / "none")


def test_a_missing_prediction(tmp_path):
    with pytest.raises(PredictionError, match=r"^a b ö\.wav: no such prediction\.$"):
        PredictionFolder(tmp_path).binauralize(CLIP)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_other_channels(tmp_path, channels):
    write(tmp_path, np.zeros((100, channels), np.float32))
    with pytest.raises(PredictionError, match=rf"^a b ö\.wav: {channels} channel\(s\), expected two ears\.$"):
        PredictionFolder(tmp_path).binauralize(CLIP)


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
def test_other_rates(tmp_path, rate):
    write(tmp_path, np.zeros((100, 2), np.float32), rate)
    with pytest.raises(PredictionError, match=rf"^a b ö\.wav: at {rate} Hz, expected 16000 Hz\.$"):
        PredictionFolder(tmp_path).binauralize(CLIP)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite(tmp_path, bad):
    samples = np.zeros((100, 2), np.float32)
    samples[7, 1] = bad
    write(tmp_path, samples)
    with pytest.raises(MediaError, match=r"a b ö\.wav: NaN or infinite from sample 7 "):
        PredictionFolder(tmp_path).binauralize(CLIP)


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"version https://git-lfs.github.com/spec/v1\noid x\n"])
def test_what_is_no_sound(tmp_path, content):
    (tmp_path / "a b ö.wav").write_bytes(content)
    with pytest.raises(MediaError, match=r"a b ö\.wav: "):
        PredictionFolder(tmp_path).binauralize(CLIP)
