"""First-order sound brought to W, Y, Z, X, and refusals by the number of channels."""

from pathlib import Path

import numpy as np
import pytest

from fairplay_bench.errors import MediaError
from fairplay_bench.media.ambisonic import check_first_order, first_order
from fairplay_bench.media.sound_stream import SoundInfo

FILE = Path("abc.mp4")


def info(channels, codec="pcm"):
    return SoundInfo(48_000, channels, codec, 1.0, has_picture=True)


def constant(*levels):
    return np.repeat(np.array(levels, np.float32)[:, None], 5, axis=1)


def only(blocks):
    (block,) = blocks
    return block[:, 0].tolist()


def test_aac_keeps_w_y_z_x_in_channels_2_1_4_0():
    assert only(first_order([constant(10, 11, 12, 13, 14, 15)])) == [12, 11, 14, 10]


def test_four_channels_stay_as_they_are():
    assert only(first_order([constant(1, 2, 3, 4)])) == [1, 2, 3, 4]


def test_without_height_z_is_silent():
    assert only(first_order([constant(1, 2, 3, 4)], has_height=False)) == [1, 2, 0, 4]
    assert only(first_order([constant(1, 2, 4)], has_height=False)) == [1, 2, 0, 4]
    assert only(first_order([constant(10, 11, 12, 13, 14, 15)], has_height=False)) == [12, 11, 0, 10]


def test_silencing_z_leaves_the_input_alone():
    block = constant(1, 2, 3, 4)
    list(first_order([block], has_height=False))
    assert block[2].all()


@pytest.mark.parametrize(
    ("channels", "codec", "has_height"),
    [(4, "pcm", True), (4, "opus", True), (4, "aac", True), (6, "aac", True), (3, "pcm", False), (4, "pcm", False)],
)
def test_accepts_first_order(channels, codec, has_height):
    check_first_order(info(channels, codec), FILE, has_height)


@pytest.mark.parametrize(
    ("channels", "codec", "has_height"),
    [
        (1, "pcm", True),
        (2, "aac", True),
        (3, "pcm", True),
        (3, "vorbis", True),
        (5, "aac", True),
        (6, "opus", True),
        (9, "pcm", True),
        (2, "pcm", False),
        (5, "pcm", False),
    ],
)
def test_refuses_other_numbers_of_channels(channels, codec, has_height):
    with pytest.raises(MediaError, match=rf"abc\.mp4: {channels} channel\(s\) of {codec}, but first-order") as refused:
        check_first_order(info(channels, codec), FILE, has_height)
    assert "\n" not in str(refused.value)
