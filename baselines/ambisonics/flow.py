"""The optical flow between two equirectangular pictures, drawn as a picture for the flow encoder.

Lucas and Kanade, An iterative image registration technique, IJCAI 1981, from coarse to fine: at each level the later
picture is shifted by the flow found so far, and what is left is the least-squares motion of a small neighbourhood. The
picture is closed in itself from left to right.
"""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample, interpolate, pad

LEVELS = 3  # of the pyramid, each half as large as the one before
WINDOW = 7  # pixels of a neighbourhood, each way
LIMIT = 8.0  # pixels of motion from one picture to the next that are drawn as full white
_NOISE = 4.0  # squared grey levels a pixel, which keep flat neighbourhoods still
_GREY = (0.299, 0.587, 0.114)


def flow_picture(picture: Tensor, following: Tensor) -> Tensor:
    """Draw the motion from one picture to the next.

    Args:
        picture: ``(3, height, width)``, uint8, RGB.
        following: likewise, the next one.

    Returns:
        ``(3, height, width)``, uint8: motion to the right and down in −8 … 8 pixels, 128 for none; its length in
        0 … 8 pixels.
    """
    right, down = optical_flow(picture, following)
    signed = [128 + 127 * (axis / LIMIT).clamp(-1, 1) for axis in (right, down)]
    length = 255 * (torch.hypot(right, down) / LIMIT).clamp(0, 1)
    return torch.stack([*signed, length]).round().to(torch.uint8)


def optical_flow(picture: Tensor, following: Tensor) -> Tensor:
    """Motion in pixels, ``(2, height, width)``: to the right, and down. Arguments as :func:`flow_picture`."""
    pyramids = [_pyramid(one) for one in (picture, following)]
    flow = torch.zeros(1, 2, *pyramids[0][-1].shape[-2:])
    for before, after in zip(*map(reversed, pyramids), strict=True):
        if flow.shape[-2:] != before.shape[-2:]:
            flow = 2 * interpolate(flow, before.shape[-2:], mode="bilinear", align_corners=False)
        flow = flow + _motion(before, _shifted(after, flow))
    return flow[0]


def _pyramid(picture: Tensor) -> list[Tensor]:
    """Grey pictures ``(1, 1, height, width)``, the finest first."""
    levels = [torch.einsum("c,chw->hw", torch.tensor(_GREY), picture.float())[None, None]]
    for _ in range(LEVELS - 1):
        levels.append(avg_pool2d(levels[-1], 2))
    return levels


def _shifted(picture: Tensor, flow: Tensor) -> Tensor:
    """What lies where the flow points: across the left and right edge, not beyond the poles."""
    height, width = picture.shape[-2:]
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    closed = pad(picture, (1, 1, 0, 0), mode="circular")
    across = (columns + flow[:, 0]).remainder(width) + 1
    down = rows + flow[:, 1]
    grid = torch.stack([(2 * across + 1) / (width + 2) - 1, (2 * down + 1) / height - 1], dim=-1)
    return grid_sample(closed, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _motion(before: Tensor, after: Tensor) -> Tensor:
    """Least-squares motion of each neighbourhood, ``(1, 2, height, width)``."""
    around = pad(pad((before + after) / 2, (1, 1, 0, 0), mode="circular"), (0, 0, 1, 1), mode="replicate")
    x = (around[..., 1:-1, 2:] - around[..., 1:-1, :-2]) / 2
    y = (around[..., 2:, 1:-1] - around[..., :-2, 1:-1]) / 2
    t = after - before
    xx, xy, yy, xt, yt = (_mean(product) for product in (x * x, x * y, y * y, x * t, y * t))
    xx, yy = xx + _NOISE, yy + _NOISE
    determinant = xx * yy - xy.square()
    return torch.cat([xy * yt - yy * xt, xy * xt - xx * yt], dim=1) / determinant


def _mean(values: Tensor) -> Tensor:
    half = WINDOW // 2
    closed = pad(pad(values, (half, half, 0, 0), mode="circular"), (0, 0, half, half), mode="replicate")
    return avg_pool2d(closed, WINDOW, stride=1)
