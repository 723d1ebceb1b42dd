"""Heat laid over a picture."""

from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

OPACITY = 0.4  # of the heat
_COLOURS = "turbo"  # blue where cold, red where hot


def overlaid(picture: NDArray[np.uint8], heat: Tensor) -> NDArray[np.uint8]:
    """Lay heat over a picture.

    Args:
        picture: ``(height, width, 3)``, RGB.
        heat: ``(rows, columns)``, in [0, 1], cells that fill the picture evenly; scaled bilinearly to it.

    Returns:
        ``(height, width, 3)``, RGB: three fifths picture, two fifths colour of the heat.
    """
    scaled = interpolate(heat[None, None].float(), picture.shape[:2], mode="bilinear", align_corners=False)[0, 0]
    levels = (scaled * 255).round().clamp(0, 255).to(torch.uint8).numpy()
    blended = (1 - OPACITY) * picture + OPACITY * _palette()[levels]
    rounded: NDArray[np.uint8] = blended.round().astype(np.uint8)
    return rounded


@cache
def _palette() -> NDArray[np.float64]:
    from matplotlib import colormaps

    colours: NDArray[np.float64] = 255 * colormaps[_COLOURS](np.arange(256))[:, :3]
    return colours
