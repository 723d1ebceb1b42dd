"""Pictures come as players show them."""

import av
import numpy as np
import pytest

from fairplay_bench.media.pictures import VideoPictures
from fairplay_bench.media.video import shown_size, take_frames

from ..spherical_sources import write_av
from ..turned_files import MATRICES, turn

CORNERS = np.array([[40, 90], [140, 200]])  # greys of an asymmetric picture
EXPECTED = {
    "as stored": CORNERS,
    "clockwise": np.rot90(CORNERS, -1),
    "upside down": np.rot90(CORNERS, 2),
    "counter-clockwise": np.rot90(CORNERS),
    "mirrored": CORNERS[:, ::-1],
}


@pytest.fixture(params=MATRICES)
def how(request):
    return request.param


@pytest.fixture
def video(tmp_path, how):
    image = np.repeat(np.kron(CORNERS, np.ones((32, 64)))[..., None], 3, axis=-1).astype(np.uint8)
    return turn(write_av(tmp_path / "a.mp4", [image] * 5), how)


def corners(image):
    height, width = image.shape[:2]
    rows, columns = (height // 4, 3 * height // 4), (width // 4, 3 * width // 4)
    return image[np.ix_(rows, columns)].mean(axis=-1)


def test_frames_are_turned_and_then_scaled(video, how):
    images = list(take_frames(video, 5, 480, 240))
    assert {image.shape for image in images} == {(240, 480, 3)}
    for image in images:
        np.testing.assert_allclose(corners(image), EXPECTED[how], atol=3)


def test_a_method_sees_them_turned(video, how):
    seen = VideoPictures(video).at(0.2).permute(1, 2, 0).numpy()
    np.testing.assert_allclose(corners(seen), EXPECTED[how], atol=3)


def test_what_is_applied_to_pictures_gets_them_turned(video, how):
    sizes = []

    def noted(picture):
        sizes.append((picture.width, picture.height))
        return picture

    list(take_frames(video, 1, 480, 240, noted))
    assert sizes == [shown_size(video)]


def test_the_shown_size(video, how):
    assert shown_size(video) == ((64, 128) if "clockwise" in how else (128, 64))


def test_turning_is_ffmpegs_own(video, how):
    """A picture turned by hand, sample by sample, is the same one."""
    with av.open(str(video)) as container:
        luma = next(container.decode(video=0)).to_ndarray()[:64]
    turned = {"clockwise": np.rot90(luma, -1), "counter-clockwise": np.rot90(luma), "upside down": np.rot90(luma, 2)}
    seen = []
    list(take_frames(video, 1, 480, 240, lambda picture: seen.append(picture) or picture))
    shown = seen[0].to_ndarray()[: seen[0].height]
    np.testing.assert_array_equal(shown, turned.get(how, luma[:, ::-1] if how == "mirrored" else luma))
