"""Maps over the picture: where a sound is seen to come from, and how far a heard map is from that.

A map has 64 x 128 cells that fill the whole frame evenly, whatever part of it a network is shown. Wanted maps are
probabilities of the cells; what the localisation network gives are their logits.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import log_softmax

from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH

ROWS, COLUMNS = 64, 128
SPREAD = 0.25  # deviation of a blob, in parts of its box's width and height


class Place(NamedTuple):
    """A box in parts of the frame's width and height, from its left upper corner."""

    left: float
    top: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point of the frame lies within it."""
        return self.left <= x <= self.left + self.width and self.top <= y <= self.top + self.height


def place_of_box(x: float, y: float, width: float, height: float) -> Place:
    """Place of a box that is counted in pixels of a frame of 480 x 240."""
    return Place(x / FRAME_WIDTH, y / FRAME_HEIGHT, width / FRAME_WIDTH, height / FRAME_HEIGHT)


def blobs(places: Sequence[Place]) -> Tensor:
    """Wanted map of the places of sounding sources: a Gaussian blob for each, all of the same weight.

    Args:
        places: of the sources.

    Returns:
        ``(64, 128)``; its sum is 1, or 0 where there is no source.
    """
    total = torch.zeros(ROWS, COLUMNS)
    for place in places:
        across = _bell(COLUMNS, place.left + place.width / 2, SPREAD * place.width)
        down = _bell(ROWS, place.top + place.height / 2, SPREAD * place.height)
        total += down[:, None] * across
    return total / max(1, len(places))


def disagreement(logits: Tensor, wanted: Tensor) -> Tensor:
    r"""Cross-entropy of a heard map and the wanted one, less the wanted one's entropy, averaged over the batch.

    .. math:: \sum_c w_c \log(w_c / \mathrm{softmax}(l)_c)

    Args:
        logits: ``(n, 64, 128)``, heard.
        wanted: ``(n, 64, 128)``, each of sum 1, or all zero: nothing is known then, and the map is passed over.

    Returns:
        A scalar, the divergence in nats; 0 where nothing is known of the whole batch.
    """
    chance = log_softmax(logits.float().flatten(start_dim=1), dim=1)
    wanted = wanted.flatten(start_dim=1)
    entropy = torch.special.entr(wanted).sum(dim=1)
    known = (wanted.sum(dim=1) > 0).float()
    divergence = -(wanted * chance).sum(dim=1) - entropy
    return (divergence * known).sum() / known.sum().clamp(min=1)


def peak(heard: Tensor) -> tuple[float, float]:
    """Middle of the strongest of ``(rows, columns)`` cells, in parts of the frame's width and height."""
    rows, columns = heard.shape
    row, column = divmod(int(heard.argmax()), columns)
    return (column + 0.5) / columns, (row + 0.5) / rows


def _bell(cells: int, middle: float, deviation: float) -> Tensor:
    places = (torch.arange(cells) + 0.5) / cells
    bell = torch.exp(-0.5 * ((places - middle) / max(deviation, 0.5 / cells)) ** 2)
    return bell / bell.sum()
