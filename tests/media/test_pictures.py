"""Pictures in the order of time: out of a video, and out of a folder with gaps."""

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from fairplay_bench.errors import MediaError, OptionError
from fairplay_bench.media.pictures import FolderPictures, VideoPictures, frame_number
from fairplay_bench.media.video import take_frames


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "in.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(30), options={"crf": "1", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
        for number in range(60):
            image = np.full((32, 64, 3), 4 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(("time_s", "number"), [(0.0, 0), (0.05, 1), (0.1, 2), (0.315, 4), (2.685, 27)])
def test_the_frame_of_a_moment(time_s, number):
    assert frame_number(time_s) == number


def test_a_video_gives_the_frames_that_preparing_takes(video):
    pictures, wanted = VideoPictures(video), list(take_frames(video, 20, 480, 240))
    assert pictures.count == 20
    for time_s, number in ((0.0, 1), (0.3, 4), (0.31, 4), (1.0, 10), (5.0, 20)):
        assert pictures.number_at(time_s) == number
        assert np.array_equal(pictures.at(time_s).permute(1, 2, 0).numpy(), wanted[number - 1])
    assert pictures.replaced == {50}
    with pytest.raises(ValueError, match="decoded forwards"):
        pictures.at(0.3)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.flv"])
def test_where_sound_goes_on_the_last_picture_stays_and_is_counted(tmp_path, write_numbered, number_of, name):
    pictures = VideoPictures(write_numbered(tmp_path / name, Fraction(30), 30, sound_s=3))
    assert pictures.count == 10
    shown = [number_of(pictures.at(number / 10 - 0.05).permute(1, 2, 0).numpy()) for number in range(1, 31)]
    assert len(set(shown)) == 10
    assert set(shown[9:]) == {max(shown)}
    assert pictures.replaced == set(range(11, 31))


def test_a_folder_with_gaps(tmp_path):
    for number in (2, 3, 6):
        Image.fromarray(np.full((2, 4, 3), number, np.uint8)).save(tmp_path / f"{number:06d}.png")
    (tmp_path / "notes.txt").write_text("not a picture")
    pictures = FolderPictures(tmp_path)
    shown = [int(pictures.at(number / 10 - 0.05)[0, 0, 0]) for number in range(1, 9)]
    assert shown == [2, 2, 3, 3, 3, 6, 6, 6]
    assert pictures.replaced == {1, 4, 5, 7, 8}


def test_refusals(tmp_path):
    with pytest.raises(OptionError, match="no such folder"):
        FolderPictures(tmp_path / "nowhere")
    with pytest.raises(OptionError, match="holds no picture"):
        FolderPictures(tmp_path)
    (tmp_path / "000001.png").write_bytes(b"nothing")
    with pytest.raises(MediaError, match="not a picture"):
        FolderPictures(tmp_path).at(0.1)
    (tmp_path / "a.mp4").write_bytes(b"nothing at all, but long enough")
    with pytest.raises(MediaError):
        VideoPictures(tmp_path / "a.mp4")
