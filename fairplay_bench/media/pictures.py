"""Pictures of a recording in the order of time: out of a video, decoded once as they are needed, or out of a folder."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.errors import OptionError
from fairplay_bench.media.frames import read_image
from fairplay_bench.media.video import open_video, pictures_end, take_frames
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, FRAMES_PER_S

_NUMBERED = re.compile(r"0*([1-9]\d*)\.(?:png|jpg|jpeg)", re.IGNORECASE)


def frame_number(time_s: float, count: int | None = None) -> int:
    """Number, from 1, of the frame that belongs to a moment; the nearest of so many where ``count`` is given."""
    number = round((time_s + 0.05) * FRAMES_PER_S)
    return number if count is None else min(max(number, 1), count)


class VideoPictures:
    """Frames of a video, decoded as they are asked for; only the last one is kept.

    Args:
        path: the video.

    Raises:
        MediaError: if it cannot be read or has no picture.
    """

    def __init__(self, path: Path) -> None:
        self.count = _count(path)
        self.replaced: set[int] = set()
        self._source: Iterator[NDArray[np.uint8]] = take_frames(path, self.count, FRAME_WIDTH, FRAME_HEIGHT)
        self._number, self._current = 0, torch.empty(0, dtype=torch.uint8)

    def number_at(self, time_s: float) -> int:
        """Number of the frame that belongs to a moment; beyond the last picture the last one's."""
        wanted = max(frame_number(time_s), 1)
        if wanted > self.count:
            self.replaced.add(wanted)
        return min(wanted, self.count)

    def at(self, time_s: float) -> Tensor:
        """Picture at a moment, not before those asked for so far: ``(3, 240, 480)``, uint8, RGB.

        Raises:
            MediaError: if the video cannot be decoded so far.
            ValueError: if the moment lies before the last one asked for.
        """
        number = self.number_at(time_s)
        if number < self._number:
            raise ValueError(f"frame {number} asked for after frame {self._number}; a video is decoded forwards")
        while self._number < number:
            image = next(self._source)
            self._number += 1
            if self._number == number:
                self._current = torch.from_numpy(image).permute(2, 0, 1)
        return self._current


class FolderPictures:
    """Numbered pictures in a folder, ten a second from 1; where one is missing, the nearest earlier one is taken.

    Args:
        folder: holds ``000001.png`` (or ``.jpg``) and on, as ``ffmpeg -vf fps=10`` writes them.

    Raises:
        OptionError: if the folder is missing or holds no such picture.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise OptionError(f"--frames {folder}: no such folder; it should hold 000001.png and on, ten a second.")
        matches = [(match, path) for path in sorted(folder.iterdir()) if (match := _NUMBERED.fullmatch(path.name))]
        self._files = {int(match[1]): path for match, path in matches}
        if not self._files:
            raise OptionError(f"--frames {folder}: holds no picture named like 000001.png or 000001.jpg.")
        self.count = max(self._files)
        self.replaced: set[int] = set()

    def number_at(self, time_s: float) -> int:
        """Number of the picture that is shown at a moment: the one that belongs to it, or the nearest earlier one."""
        wanted = max(frame_number(time_s), 1)
        if wanted in self._files:
            return wanted
        self.replaced.add(wanted)
        return max((number for number in self._files if number < wanted), default=min(self._files))

    def at(self, time_s: float) -> Tensor:
        """Picture at a moment, ``(3, height, width)``, uint8, RGB.

        Raises:
            MediaError: if it cannot be read.
        """
        image = read_image(self._files[self.number_at(time_s)])
        return torch.from_numpy(image).permute(2, 0, 1)


def _count(path: Path) -> int:
    with open_video(path, "read as a video") as container:
        return max(1, int(pictures_end(container, path) * FRAMES_PER_S + Fraction(1, 2)))
