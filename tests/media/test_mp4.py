from fractions import Fraction

import pytest

from fairplay_bench.errors import MediaError
from fairplay_bench.media.mp4 import check_complete
from fairplay_bench.media.video import take_frames

FRACTIONS = (0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


@pytest.fixture(params=["+faststart", None], ids=["moov first", "moov last"])
def video(request, tmp_path, write_numbered):
    return write_numbered(tmp_path / "a.mp4", Fraction(30), 60, movflags=request.param)


def outermost_boxes(content):
    """Kind and first byte of each outermost box."""
    boxes, start = [], 0
    while start < len(content):
        boxes.append((content[start + 4 : start + 8], start))
        start += int.from_bytes(content[start : start + 4])
    return boxes


def refusal(path):
    with pytest.raises(MediaError) as caught:
        list(take_frames(path, 20, 64, 32))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


def test_the_two_layouts_are_what_they_say(video, request):
    kinds = [kind for kind, _ in outermost_boxes(video.read_bytes())]
    first = kinds.index(b"moov") < kinds.index(b"mdat")
    assert first == ("moov first" in request.node.name)


def test_a_whole_file_passes(video):
    check_complete(video)
    assert len(list(take_frames(video, 20, 64, 32))) == 20


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_a_file_cut_anywhere_is_refused(video, fraction):
    content = video.read_bytes()
    video.write_bytes(content[: max(1, int(fraction * len(content)))])
    refusal(video)


@pytest.mark.parametrize("lost", [1, 2, 7, 8, 9, 100])
def test_a_file_that_lacks_a_few_bytes_is_truncated(video, lost):
    content = video.read_bytes()
    video.write_bytes(content[:-lost])
    text = refusal(video)
    assert f"truncated: {len(content) - lost} bytes of at least {len(content)}; copy or download it again." in text


@pytest.mark.parametrize("beyond", [0, 1, 4, 7, 8, 9])
def test_a_file_cut_at_or_just_behind_a_box_is_refused(video, beyond):
    content = video.read_bytes()
    for kind, start in outermost_boxes(content)[1:]:
        cut = start + beyond
        video.write_bytes(content[:cut])
        assert refusal(video), (kind, cut)


def test_boxes_of_64_bit_length(tmp_path):
    path = tmp_path / "a.mp4"
    head = (8).to_bytes(4) + b"ftyp"
    box = (1).to_bytes(4) + b"mdat" + (116).to_bytes(8) + bytes(100)
    path.write_bytes(head + box)
    check_complete(path)
    path.write_bytes(head + box[:-1])
    with pytest.raises(MediaError, match="truncated: 123 bytes of at least 124"):
        check_complete(path)


def test_a_last_box_of_open_length_and_stray_bytes_pass(tmp_path):
    path = tmp_path / "a.mp4"
    head = (8).to_bytes(4) + b"ftyp"
    for tail in (bytes(4) + b"mdat" + bytes(50), b"\0\0\0\x03", (2).to_bytes(4) + b"mdat" + bytes(50)):
        path.write_bytes(head + tail)
        check_complete(path)


def test_other_formats_pass(tmp_path):
    path = tmp_path / "a.webm"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(50))
    check_complete(path)
