"""Videos written picture by picture."""

from pathlib import Path

import av
import numpy as np
import pytest

from fairplay_bench.errors import OutputError
from fairplay_bench.media.picture_writer import write_pictures


def greys(count, size=(32, 64)):
    return (np.full((*size, 3), 20 * number, np.uint8) for number in range(count))


def tone(seconds, rate, channels):
    time_s = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * 440 * time_s)[:, None] * np.linspace(1, 0.5, channels)).astype(np.float32)


@pytest.mark.parametrize(("channels", "rate"), [(1, 16_000), (2, 44_100)])
def test_pictures_and_their_sound_come_back(tmp_path, channels, rate):
    sound = tone(2.0, rate, channels)  # longer than the pictures
    write_pictures(tmp_path / "a.mp4", greys(10), 10, np.array_split(sound, 7), rate)
    with av.open(str(tmp_path / "a.mp4")) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with av.open(str(tmp_path / "a.mp4")) as container:
        heard = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert [round(picture.mean() / 20) for picture in pictures] == list(range(10))
    assert heard.shape[0] == 2
    assert heard.shape[1] == pytest.approx(48_000, abs=1024)
    rms = np.sqrt((heard[:, 10_000:38_000] ** 2).mean(axis=1))
    assert rms == pytest.approx([0.5 / 2**0.5, (0.5 if channels == 1 else 0.25) / 2**0.5], rel=0.05)


def test_without_sound_there_is_no_track(tmp_path):
    write_pictures(tmp_path / "a.mp4", greys(3), 10)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert not container.streams.audio
        assert sum(1 for _ in container.decode(video=0)) == 3


def test_a_name_that_looks_like_an_address_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_pictures(Path("12:30.mp4"), greys(3), 10)
    assert [path.name for path in tmp_path.iterdir()] == ["12:30.mp4"]


def test_nothing_half_written_is_left(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*a\.mp4"):
        write_pictures(tmp_path / "a.mp4", greys(3, (33, 65)), 10)
    assert list(tmp_path.iterdir()) == []
