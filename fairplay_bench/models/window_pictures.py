"""The pictures that windows look at, read and scaled by the batch."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import interpolate

from fairplay_bench.errors import OptionError
from fairplay_bench.models.interface import Pictures


@dataclass(frozen=True, slots=True)
class BatchPictures:
    """The pictures of a batch of windows.

    Attributes:
        numbers: of each window's picture.
        fresh: those that the batch before did not show, by number.
    """

    numbers: list[int]
    fresh: dict[int, Tensor]


class WindowPictures:
    """Reads the pictures of one batch of windows after another; what the batch before showed is not read again.

    Args:
        size: height and width that they are scaled to; None where nothing is seen.
        pictures: where they come from, if there are any.
    """

    def __init__(self, size: tuple[int, int] | None, pictures: Pictures | None) -> None:
        self._size, self._pictures = size, pictures
        self._before: list[int] = []

    def of(self, times_s: list[float]) -> BatchPictures | None:
        """Read those of the next batch, whose windows show these moments, ascending; None where nothing is seen.

        Raises:
            OptionError: if there are no pictures.
            MediaError: if one cannot be read.
        """
        if self._size is None:
            return None
        if self._pictures is None:
            raise OptionError("this method looks at pictures; give a video, or a folder of pictures with --frames.")
        numbers = [self._pictures.number_at(time_s) for time_s in times_s]
        moments = dict(zip(numbers, times_s, strict=True))
        fresh = {
            number: resized(self._pictures.at(time_s), self._size)
            for number, time_s in moments.items()
            if number not in self._before
        }
        self._before = numbers
        return BatchPictures(numbers, fresh)


def resized(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """Scale a picture as evaluation does, with the bilinear filter that Pillow has.

    Prepared frames of 480 x 240 pixels become what Pillow makes of them at 448 x 224 and 224 x 112; other sizes differ
    from it by rounding.

    Args:
        picture: ``(3, height, width)``, uint8.
        size: the wanted height and width.

    Returns:
        ``(3, *size)``, uint8; the picture itself where it has that size.
    """
    if picture.shape[1:] == size:
        return picture
    rows = picture.permute(1, 2, 0).contiguous()[None]  # the order in which torch is fastest
    return interpolate(rows.permute(0, 3, 1, 2), size, mode="bilinear", antialias=True)[0]
