from hashlib import sha256

import numpy as np
import pytest
from PIL import Image

from fairplay_bench.errors import MediaError
from fairplay_bench.media.frames import frame_name, read_image, write_frames


def images(count):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (24, 48, 3), dtype=np.uint8) for _ in range(count)]


def test_frames_are_numbered_from_one_and_hashed_in_order(tmp_path):
    digest = write_frames(tmp_path / "new" / "clip", images(12))
    files = sorted((tmp_path / "new" / "clip").iterdir())
    assert [file.name for file in files] == [f"{number:06d}.jpg" for number in range(1, 13)]
    assert files[0].name == frame_name(1)
    assert digest == sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def test_frames_are_jpegs_of_quality_95(tmp_path):
    write_frames(tmp_path / "clip", images(1))
    with Image.open(tmp_path / "clip" / "000001.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (48, 24))
        tables = image.quantization
    with Image.fromarray(images(1)[0]) as image:
        image.save(tmp_path / "b.jpg", quality=95)
    with Image.open(tmp_path / "b.jpg") as image:
        assert image.quantization == tables


def test_the_same_pictures_give_the_same_hash(tmp_path):
    assert write_frames(tmp_path / "a", images(3)) == write_frames(tmp_path / "b", images(3))
    assert write_frames(tmp_path / "c", images(3)[::-1]) != write_frames(tmp_path / "d", images(3))


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    write_frames(tmp_path / "clip", images(5))
    write_frames(tmp_path / "clip", images(2))
    assert sorted(path.name for path in (tmp_path / "clip").iterdir()) == ["000001.jpg", "000002.jpg"]


def test_pictures_that_break_off_leave_nothing_and_keep_what_was_there(tmp_path):
    def broken():
        yield from images(2)
        raise MediaError("the film tore")

    with pytest.raises(MediaError, match="the film tore"):
        write_frames(tmp_path / "clip", broken())
    assert list(tmp_path.iterdir()) == []
    write_frames(tmp_path / "clip", images(3))
    with pytest.raises(MediaError, match="the film tore"):
        write_frames(tmp_path / "clip", broken())
    assert len(list((tmp_path / "clip").iterdir())) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["clip"]


def test_a_picture_is_read_as_three_colours(tmp_path):
    Image.fromarray(np.full((4, 6), 128, dtype=np.uint8)).save(tmp_path / "grey.png")
    image = read_image(tmp_path / "grey.png")
    assert image.shape == (4, 6, 3)
    assert (image == 128).all()


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(20), b"\xff\xd8\xff\xe0" + bytes(9)]
)
def test_what_is_no_picture(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(
        MediaError, match=r"a\.jpg: not a picture that can be read; replace it, or prepare the clip again\.$"
    ):
        read_image(tmp_path / "a.jpg")


def test_a_picture_cut_short_or_missing(tmp_path):
    write_frames(tmp_path / "clip", images(1))
    path = tmp_path / "clip" / "000001.jpg"
    path.write_bytes(path.read_bytes()[:-200])
    for broken in (path, tmp_path / "none.jpg"):
        with pytest.raises(MediaError, match="not a picture that can be read"):
            read_image(broken)
