"""Poisson blending of a rectangle into a picture, and filling a rectangle from its border.

Inside the rectangle the result has the differences between neighbours that the patch has, and on its outermost pixels
the values of the picture. It is the patch plus the harmonic function that meets the picture there; on a rectangle that
function comes from sine transforms at once, without iterations.

References:
    Pérez, Gangnet and Blake, Poisson image editing, SIGGRAPH 2003.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Box = tuple[int, int, int, int]  # left, top, right, bottom; right and bottom excluded


def blend(picture: NDArray[np.uint8], patch: NDArray[np.uint8], box: Box) -> None:
    """Blend a patch into a picture, in place.

    Args:
        picture: ``(height, width, 3)``; changed.
        patch: ``(bottom - top, right - left, 3)``.
        box: where it goes, inside the picture.
    """
    left, top, right, bottom = box
    there = picture[top:bottom, left:right]
    blended = patch.astype(np.float64)
    blended += _harmonic(there.astype(np.float64) - blended)
    there[:] = np.clip(np.rint(blended), 0, 255)


def filled(picture: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Copy a picture with what is inside a box replaced by the smoothest continuation of its border.

    Args:
        picture: ``(height, width, 3)``.
        box: inside the picture.

    Returns:
        The copy. A side of the box on the edge of the picture has no surroundings and counts for nothing: the box is
        continued beyond that edge by its mirror image.
    """
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    pads = (
        bottom - top if top == 0 else 0,
        bottom - top if bottom == height else 0,
        right - left if left == 0 else 0,
        right - left if right == width else 0,
    )
    if (pads[0] and pads[1]) or (pads[2] and pads[3]):
        raise ValueError("a box from edge to edge has no surroundings to be filled from")
    padded = np.pad(picture, (pads[:2], pads[2:], (0, 0)), mode="symmetric")
    up, over = pads[0], pads[2]
    inner = padded[top + up - pads[0] : bottom + up + pads[1], left + over - pads[2] : right + over + pads[3]]
    inner[:] = np.clip(np.rint(_harmonic(inner.astype(np.float64))), 0, 255)
    return padded[up : up + height, over : over + width].copy()


def _harmonic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The function that has these values on the outermost pixels and is the mean of its four neighbours inside."""
    height, width = values.shape[0] - 2, values.shape[1] - 2
    if height < 1 or width < 1:
        return values
    edge = np.zeros((height, width, values.shape[2]))
    edge[0] += values[0, 1:-1]
    edge[-1] += values[-1, 1:-1]
    edge[:, 0] += values[1:-1, 0]
    edge[:, -1] += values[1:-1, -1]
    rows = 2 - 2 * np.cos(np.pi * np.arange(1, height + 1) / (height + 1))
    columns = 2 - 2 * np.cos(np.pi * np.arange(1, width + 1) / (width + 1))
    spectrum = fft.dstn(edge, type=1, axes=(0, 1)) / (rows[:, None] + columns)[:, :, None]
    result = values.copy()
    result[1:-1, 1:-1] = fft.idstn(spectrum, type=1, axes=(0, 1))
    return result
