"""What every method of explanation is given and gives."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a video and the sound around it.

    Attributes:
        number: of the frame, ten a second from 1.
        time_s: moment that the frame belongs to.
        picture: ``(3, height, width)``, uint8, RGB, of the size the network sees.
        sound: ``(channels, 10080)``, 16 kHz, the window whose centre is nearest to that moment; None without sound.
    """

    number: int
    time_s: float
    picture: Tensor
    sound: Tensor | None


class Region(NamedTuple):
    """A rectangle of the picture, in parts of its width and height from the left upper corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Heat:
    """Heat over one picture.

    Attributes:
        number: of the frame.
        values: ``(rows, columns)``, in [0, 1], cells that fill the picture evenly.
        hottest: where it is hottest.
        peak: how hot it is there, in the method's own unit.
    """

    number: int
    values: Tensor
    hottest: Region
    peak: float


class Explainer(Protocol):
    """A method of explanation, made for one network."""

    def heats(self, shots: list[Shot]) -> list[Heat]:
        """Heat over each picture."""
        ...


def cell(values: Tensor) -> Region:
    """Region of the largest of ``(rows, columns)`` values."""
    rows, columns = values.shape
    row, column = divmod(int(values.argmax()), columns)
    return Region(column / columns, row / rows, 1 / columns, 1 / rows)
