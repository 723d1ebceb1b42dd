"""Turning a 360° recording about the vertical: its sound field and its picture together."""

from collections.abc import Sequence

import torch
from torch import Tensor

from hrtf.ambisonics import rotate_yaw


def turned(field: Tensor, pictures: Sequence[Tensor], columns: int) -> tuple[Tensor, list[Tensor]]:
    """Turn by whole columns of the picture, so that sound and picture agree exactly.

    Azimuth is counted counter-clockwise and grows to the left of an equirectangular picture: turning the field by θ
    adds θ to the azimuth of every source, and rolls the picture by −θ.

    Args:
        field: ``(4, samples)``: W, Y, Z, X.
        pictures: ``(..., height, width)`` each, equirectangular, all of one width.
        columns: by how many; a picture's width is a full turn.

    Returns:
        The field and the pictures, of the same shapes.
    """
    rotated = rotate_yaw(field.numpy(), 360.0 * columns / pictures[0].shape[-1])
    return torch.from_numpy(rotated).to(field.dtype), [torch.roll(picture, -columns, dims=-1) for picture in pictures]
