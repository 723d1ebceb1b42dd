"""Two ears written as they come."""

import numpy as np
import pytest
from scipy.io import wavfile

from fairplay_bench.errors import OutputError
from fairplay_bench.media import sound_writer
from fairplay_bench.media.audio import write_wav
from fairplay_bench.media.sound_writer import write_wav_stream


@pytest.fixture
def ears():
    return np.random.default_rng(0).normal(size=(1000, 2)).astype(np.float32)


def test_a_stream_of_blocks_is_the_whole_and_its_bytes_do_not_depend_on_the_blocks(tmp_path, ears):
    peak = write_wav_stream(tmp_path / "a.wav", np.split(ears, [10, 10, 500]), 16_000)
    write_wav_stream(tmp_path / "b.wav", [ears], 16_000)
    write_wav(tmp_path / "c.wav", ears, 16_000)
    rate, read = wavfile.read(tmp_path / "a.wav")
    assert rate == 16_000
    assert np.array_equal(read, ears)
    assert peak == np.abs(ears).max()
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "c.wav").read_bytes()


def test_more_than_a_wav_can_hold_leaves_nothing(tmp_path, ears, monkeypatch):
    monkeypatch.setattr(sound_writer, "_LIMIT", 5000)
    with pytest.raises(OutputError, match="more than a WAV can hold"):
        write_wav_stream(tmp_path / "a.wav", [ears], 16_000)
    assert not list(tmp_path.iterdir())


def test_an_error_of_the_method_leaves_nothing(tmp_path, ears):
    def blocks():
        yield ears
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_wav_stream(tmp_path / "a.wav", blocks(), 16_000)
    assert not list(tmp_path.iterdir())
