"""Pictures of windows: read once, scaled as Pillow does."""

import numpy as np
import pytest
import torch
from PIL import Image

from fairplay_bench.errors import OptionError
from fairplay_bench.models.window_pictures import WindowPictures, resized


class Numbered:
    """A picture a second that shows its number; remembers what was asked for."""

    def __init__(self):
        self.asked = []

    def number_at(self, time_s):
        return int(time_s)

    def at(self, time_s):
        self.asked.append(int(time_s))
        return torch.full((3, 2, 4), int(time_s), dtype=torch.uint8)


def test_what_the_batch_before_showed_is_not_read_again():
    pictures = Numbered()
    shown = WindowPictures((2, 4), pictures)
    first, second = shown.of([0.2, 0.7, 1.2]), shown.of([1.7, 2.2, 2.7])
    assert (first.numbers, list(first.fresh)) == ([0, 0, 1], [0, 1])
    assert (second.numbers, list(second.fresh)) == ([1, 2, 2], [2])
    assert pictures.asked == [0, 1, 2]
    assert second.fresh[2].unique().tolist() == [2]


def test_nothing_is_read_where_nothing_is_seen_and_pictures_are_needed_elsewhere():
    pictures = Numbered()
    assert WindowPictures(None, pictures).of([0.2]) is None
    assert pictures.asked == []
    with pytest.raises(OptionError, match="looks at pictures"):
        WindowPictures((2, 4), None).of([0.2])


@pytest.mark.parametrize(
    ("given", "wanted", "within"),
    [
        ((240, 480), (224, 448), 0),
        ((240, 480), (112, 224), 0),
        ((720, 1280), (224, 448), 1),
        ((123, 457), (224, 448), 1),
        ((24, 48), (224, 448), 2),
        ((24, 48), (20, 40), 1),
    ],
)
@pytest.mark.parametrize("channels_last", [True, False])
def test_resizing_is_pillows_bilinear(given, wanted, within, channels_last):
    image = np.random.default_rng(0).integers(0, 256, (*given, 3), np.uint8)
    picture = torch.from_numpy(image).permute(2, 0, 1)
    small = resized(picture if channels_last else picture.contiguous(), wanted).permute(1, 2, 0).numpy().astype(int)
    pillow = np.asarray(Image.fromarray(image).resize(wanted[::-1], Image.Resampling.BILINEAR)).astype(int)
    assert abs(small - pillow).max() <= within
    assert (small != pillow).mean() < 0.03


def test_a_picture_of_the_wanted_size_is_left_alone():
    picture = torch.zeros(3, 24, 48, dtype=torch.uint8)
    assert resized(picture, (24, 48)) is picture
