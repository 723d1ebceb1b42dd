"""MKV and WebM files cut short, and those that do not say where they end."""

from fractions import Fraction

import av
import pytest

from fairplay_bench.errors import MediaError
from fairplay_bench.media.matroska import EBML, check_complete, element_head
from fairplay_bench.media.sound_stream import sound_info
from fairplay_bench.media.video import take_frames

HEADER = EBML + b"\x81x"
SEGMENT = bytes.fromhex("18538067")


@pytest.fixture
def video(tmp_path, write_numbered):
    return write_numbered(tmp_path / "a.mkv", Fraction(30), 60, sound_s=2)


def test_a_whole_file_passes(video):
    check_complete(video)
    assert len(list(take_frames(video, 20, 64, 32))) == 20


@pytest.mark.parametrize("kept", [0.5, 0.9, 0.999])
@pytest.mark.parametrize("look", [sound_info, lambda path: next(take_frames(path, 1, 64, 32))], ids=["sound", "frames"])
def test_a_file_cut_short_is_refused(video, kept, look):
    content = video.read_bytes()
    cut = int(kept * len(content))
    video.write_bytes(content[:cut])
    with pytest.raises(MediaError) as refused:
        look(video)
    text = f"{video}: truncated: {cut} bytes of at least {len(content)}; copy or download it again."
    assert str(refused.value) == text


def test_a_live_stream_does_not_say_where_it_ends(tmp_path, video):
    live = tmp_path / "live.mkv"
    with av.open(str(video)) as given, av.open(str(live), "w", format="matroska", options={"live": "1"}) as container:
        track = container.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.size:
                packet.stream = track
                container.mux(packet)
    content = live.read_bytes()
    assert element_head(content[content.index(SEGMENT) :][:16])[1] is None
    check_complete(live)
    assert len(list(take_frames(live, 20, 64, 32))) == 20


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        SEGMENT + b"\x84data",
        SEGMENT + b"\x84data and what does not belong to it",
        SEGMENT + b"\x40\x04data",
        SEGMENT + b"\xffdata",
        SEGMENT + b"\x01\xff\xff\xff\xff\xff\xff\xffdata",
        b"\xec\x82..",  # a void element of two bytes
        b"\0\0",
        b"\x18\x53",
    ],
)
def test_segments_that_are_whole_or_open_pass(tmp_path, tail):
    (tmp_path / "a.mkv").write_bytes(HEADER + tail)
    check_complete(tmp_path / "a.mkv")


@pytest.mark.parametrize("tail", [SEGMENT + b"\x84dat", SEGMENT + b"\x40\x04dat", b"\xec\x82."])
def test_elements_that_end_beyond_the_file_do_not(tmp_path, tail):
    (tmp_path / "a.mkv").write_bytes(HEADER + tail)
    with pytest.raises(MediaError, match="truncated"):
        check_complete(tmp_path / "a.mkv")


def test_other_formats_pass(tmp_path):
    (tmp_path / "a.mp4").write_bytes((8).to_bytes(4) + b"ftyp")
    check_complete(tmp_path / "a.mp4")
