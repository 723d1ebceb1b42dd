"""The pictures that windows look at: read and scaled a batch ahead, beside the prediction of the batch before."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from fairplay_bench.errors import OptionError
from fairplay_bench.models.interface import Pictures

Batch = TypeVar("Batch")
Read = TypeVar("Read")


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


def read_ahead(batches: Iterable[Batch], read: Callable[[Batch], Read]) -> Iterator[tuple[Batch, Read]]:
    """Read what belongs to each batch in a thread of its own, while the batch before is worked on.

    Args:
        batches: asked for one ahead.
        read: called for one batch after another.

    Yields:
        Each batch with what was read for it. What reading raises comes up where the batch is due.
    """
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting: list[tuple[Batch, Future[Read]]] = []
        for batch in batches:
            waiting.append((batch, reader.submit(read, batch)))
            if len(waiting) > 1:
                ready, reading = waiting.pop(0)
                yield ready, reading.result()
        for ready, reading in waiting:
            yield ready, reading.result()


def resized(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """Scale a picture as evaluation does, with Pillow's bilinear filter.

    Args:
        picture: ``(3, height, width)``, uint8.
        size: the wanted height and width.

    Returns:
        ``(3, *size)``, uint8; the picture itself where it has that size.
    """
    if picture.shape[1:] == size:
        return picture
    from PIL import Image

    image = Image.fromarray(picture.permute(1, 2, 0).contiguous().numpy())
    smaller = image.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.array(smaller)).permute(2, 0, 1)
