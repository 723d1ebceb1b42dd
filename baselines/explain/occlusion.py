"""Where the loss rises if a part of the picture is covered.

A square of the picture's mean colour is moved over it, and each time the spectrogram of the difference of the ears is
predicted anew and compared with the true one.

References:
    Gao and Grauman, 2.5D Visual Sound, CVPR 2019, section 5: a square of 32 pixels on pictures of 224 x 448.
"""

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor

from baselines.explain.heat import Heat, Region, Shot
from fairplay_bench.dsp.stft import NETWORK_BINS, stft
from fairplay_bench.errors import MethodError
from fairplay_bench.models.side_by_side import side_by_side
from fairplay_bench.models.windowed import WindowedBinauralizer
from fairplay_bench.records import Protocol
from fairplay_bench.training.level import at_level

REFERENCE_HEIGHT, MASK, STRIDE = 224, 32, 16  # pixels; masks of other pictures keep their share of the height
EARS = 2
INVERSE: Literal[512] = 512  # points of the transform that the prediction is compared in


class Occlusion:
    """Rise of the mean squared error of the difference's spectrogram, in each picture a part of the largest.

    Args:
        method: looks at pictures.
        protocol: gives the level that the network hears.
        batch: covered pictures at once.

    Raises:
        MethodError: if the method looks at no pictures.
    """

    def __init__(self, method: WindowedBinauralizer, protocol: Protocol, batch: int) -> None:
        if method.network.picture_size is None:
            raise MethodError(f"{method.card.name}: looks at no pictures, so none can be covered.")
        self._network, self._protocol, self._batch = method.network, protocol, batch

    def heats(self, shots: list[Shot]) -> list[Heat]:
        """Heat over each picture; ``peak`` is the largest rise of the loss, which may be below zero.

        Raises:
            MethodError: if a shot has no sound for two ears.
        """
        return [self._heat(shot) for shot in shots]

    def rises(self, shot: Shot) -> Tensor:
        """Rise of the loss for each place of the mask, ``(rows, columns)``."""
        rows, columns = places(*shot.picture.shape[1:])
        losses = self._losses(shot, [None, *((row, column) for row in rows for column in columns)])
        return (losses[1:] - losses[0]).reshape(len(rows), len(columns))

    def _heat(self, shot: Shot) -> Heat:
        rises, (height, width) = self.rises(shot), shot.picture.shape[1:]
        rows, columns = places(height, width)
        side = mask_side(height)
        total, count = torch.zeros(height, width), torch.zeros(height, width)
        for row, line in zip(rows, rises, strict=True):
            for column, rise in zip(columns, line, strict=True):
                total[row : row + side, column : column + side] += rise
                count[row : row + side, column : column + side] += 1
        heat = (total / count.clamp(min=1)).clamp(min=0)
        row, column = divmod(int(rises.argmax()), len(columns))
        hottest = Region(columns[column] / width, rows[row] / height, side / width, side / height)
        return Heat(shot.number, heat / heat.max().clamp(min=1e-20), hottest, float(rises.max()))

    def _losses(self, shot: Shot, covered: list[tuple[int, int] | None]) -> Tensor:
        if shot.sound is None or len(shot.sound) != EARS:
            raise MethodError("occlusion compares with the true ears: sound of two channels is needed.")
        (ears,) = at_level(shot.sound[None], self._protocol)
        target = stft(ears[0] - ears[1])[:NETWORK_BINS]
        total = ears.sum(dim=0).to(self._network.device)

        def loss(start: int, _before: object) -> Tensor:
            pictures = torch.stack(list(_covered(shot.picture, covered[start : start + self._batch])))
            seen = self._network.encode(pictures.to(self._network.device))
            predicted = self._network.ears(total.expand(len(pictures), -1), seen, INVERSE).float().cpu()
            error = stft(predicted[:, 0] - predicted[:, 1])[:, :NETWORK_BINS] - target
            return error.abs().square().mean(dim=(1, 2)) / 2  # real and imaginary part apart

        starts = range(0, len(covered), self._batch)
        return torch.cat(list(side_by_side(starts, loss, self._network.device)))


def mask_side(height: int) -> int:
    """Side of the mask on a picture of this height, pixels."""
    return max(1, round(MASK * height / REFERENCE_HEIGHT))


def places(height: int, width: int) -> tuple[list[int], list[int]]:
    """Tops and lefts of the mask on a picture of this size, pixels; the last ones touch its edges."""
    side, stride = mask_side(height), max(1, round(STRIDE * height / REFERENCE_HEIGHT))
    tops, lefts = ([*range(0, size - side, stride), size - side] for size in (height, width))
    return tops, lefts


def _covered(picture: Tensor, places: list[tuple[int, int] | None]) -> Iterator[Tensor]:
    mean = picture.float().mean(dim=(1, 2), keepdim=True).round().to(picture.dtype)
    side = mask_side(picture.shape[1])
    for place in places:
        covered = picture.clone()
        if place is not None:
            covered[:, place[0] : place[0] + side, place[1] : place[1] + side] = mean
        yield covered
