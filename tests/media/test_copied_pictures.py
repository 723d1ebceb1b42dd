"""Pictures copied into another file: every one of them, at its time."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from fairplay_bench.errors import OutputError
from fairplay_bench.media.sound_writer import write_video

from ..turned_files import turn

REORDERED = {"preset": "veryfast", "bf": "3"}


def copied(source, out, seconds=1.0):
    silence = np.zeros((round(16_000 * seconds), 2), np.float32)
    write_video(out, source, np.array_split(silence, 10), 16_000, lossless=out.suffix == ".mov")
    return out


def coded(path):
    with av.open(str(path)) as container:
        return [packet.size for packet in container.demux(video=0) if packet.size]


def shown(path, number_of):
    """Number and moment of every picture, seconds from the start of the file."""
    with av.open(str(path)) as container:
        start = (container.start_time or 0) / 1e6
        pictures = list(container.decode(video=0))
    numbers = [number_of(picture.to_ndarray(format="rgb24")) for picture in pictures]
    return numbers, [picture.time - start for picture in pictures]


@pytest.mark.parametrize("pictures", [1, 2, 3, 30])
@pytest.mark.parametrize("name", ["a.mkv", "a.flv", "a.mp4", "a.ts"])
def test_every_picture_is_copied_to_its_time(tmp_path, write_numbered, number_of, name, pictures):
    source = write_numbered(tmp_path / name, Fraction(30), pictures, options=REORDERED, sound_s=1)
    out = copied(source, tmp_path / "b.mp4")
    assert len(coded(out)) == len(coded(source)) == pictures
    numbers, times_s = shown(out, number_of)
    assert numbers == list(range(pictures))
    np.testing.assert_allclose(times_s, shown(source, number_of)[1], atol=2e-3)


def test_a_last_picture_without_a_duration_is_shown(tmp_path, write_numbered, number_of):
    times = [Fraction(number, 30) for number in range(30)]
    source = write_numbered(tmp_path / "a.flv", Fraction(90_000), times=times, options=REORDERED, sound_s=1)
    assert shown(copied(source, tmp_path / "b.mp4"), number_of)[0] == list(range(30))


def test_decoding_times_ascend_and_no_picture_is_shown_before_its_own(tmp_path, write_numbered):
    source = write_numbered(tmp_path / "a.mkv", Fraction(30), 30, options=REORDERED)
    with av.open(str(source)) as container:
        assert next(container.demux(video=0)).dts is None
    with av.open(str(copied(source, tmp_path / "b.mp4"))) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    times = [packet.dts for packet in packets]
    assert times == sorted(set(times))
    assert all(packet.pts >= packet.dts for packet in packets)


def test_the_copy_is_turned_as_the_original(tmp_path, write_numbered):
    source = turn(write_numbered(tmp_path / "a.mp4", Fraction(30), sound_s=1), "clockwise")
    with av.open(str(copied(source, tmp_path / "b.mp4"))) as container:
        assert next(container.decode(video=0)).rotation == -90


def test_a_name_that_looks_like_an_address_is_a_file(tmp_path, write_numbered, monkeypatch):
    source = write_numbered(tmp_path / "a.mp4", Fraction(30), sound_s=1)
    monkeypatch.chdir(tmp_path)
    assert coded(copied(source, Path("12:30.mp4")).resolve()) == coded(source)


@pytest.mark.parametrize(
    ("codec", "options"),
    [("libsvtav1", {"preset": "12"}), ("libvpx-vp9", {"deadline": "realtime"}), ("libx265", {"preset": "ultrafast"})],
)
def test_pictures_of_every_codec_are_copied(tmp_path, write_numbered, codec, options):
    """AV1 is decoded by a library that encodes nothing, so that the copy must need no encoder."""
    source = write_numbered(tmp_path / "a.mp4", Fraction(30), 10, codec=codec, options=options, sound_s=1)
    assert coded(copied(source, tmp_path / "b.mp4")) == coded(source)


@pytest.mark.parametrize(
    ("codec", "name", "out", "advice"),
    [
        ("libvpx-vp9", "a.mp4", "b.mov", "codec, vp9, does not go into MOV as it is; give --out with a .mp4 without"),
        ("prores_ks", "a.mov", "b.mp4", "codec, prores, does not go into MP4 as it is; give --out with a .mov and"),
        ("libvpx", "a.mkv", "b.mp4", "codec, vp8, does not go into MP4 as it is; give --out with a .wav."),
        ("libvpx", "a.mkv", "b.mov", "codec, vp8, does not go into MOV as it is; give --out with a .wav."),
    ],
)
def test_a_codec_that_does_not_go_into_the_file(tmp_path, write_numbered, codec, name, out, advice):
    source = write_numbered(tmp_path / name, Fraction(30), 10, codec=codec, sound_s=1)
    with pytest.raises(OutputError, match="cannot write") as refused:
        copied(source, tmp_path / out)
    assert advice in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == [name]
