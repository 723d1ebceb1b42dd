"""Pictures for training: cropped and turned at random, their colours varied; and pictures as a test shows them.

They stay Pillow images until the end: torch would spread these small steps over its threads, which then wait for the
ones that train.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms.v2 import functional

from fairplay_bench.errors import MediaError
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH
from fairplay_bench.training.presets import Variation

JITTER = (0.7, 1.3)  # factors of brightness and of colour
_SQUARES, _SIDES = 2, (0.1, 0.25)  # that cover a picture; their sides in parts of its height
_CROPPED_HEIGHT = 224  # of a frame of 240 in training, whatever the network's picture is scaled to


def before_crop(size: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the frame that a crop of this height and width is taken from in training."""
    scale = size[0] / _CROPPED_HEIGHT
    return round(FRAME_HEIGHT * scale), round(FRAME_WIDTH * scale)


def read_varied(path: Path, size: tuple[int, int], rng: np.random.Generator, vary: Variation) -> Tensor:
    """Read a picture and vary it as a recipe says, but for the mirror, in which its sound belongs too.

    Args:
        path: the picture.
        size: height and width that are seen.
        rng: draws what is drawn.
        vary: how.

    Returns:
        ``(3, *size)``, uint8.

    Raises:
        MediaError: if it cannot be read.
    """
    scaled = before_crop(size) if vary.crop else size
    return panned(augmented(path, scaled, size, rng, vary.cutout), vary.pan, rng)


def augmented(
    path: Path, scaled: tuple[int, int], size: tuple[int, int], rng: np.random.Generator, cutout: bool = False
) -> Tensor:
    """Read a picture and vary it as the paper does.

    Args:
        path: the picture.
        scaled: height and width it is scaled to first.
        size: height and width of the crop.
        rng: draws the place of the crop, the two factors and the squares.
        cutout: whether squares cover a part of it, see :func:`cut_out`.

    Returns:
        ``(3, *size)``, uint8; not mirrored, because its sound would have to be too.

    Raises:
        MediaError: if it cannot be read.
    """
    return varied(_read(path, scaled), size, rng, cutout)


def varied(picture: Image.Image, size: tuple[int, int], rng: np.random.Generator, cutout: bool = False) -> Tensor:
    """Vary a picture as the paper does.

    Args:
        picture: RGB, at least as large as the crop.
        size: height and width of the crop.
        rng: draws the place of the crop, the two factors and the squares.
        cutout: whether squares cover a part of it, see :func:`cut_out`.

    Returns:
        ``(3, *size)``, uint8.
    """
    top, left = (
        int(rng.integers(have - want + 1)) for have, want in zip((picture.height, picture.width), size, strict=True)
    )
    picture = functional.crop(picture, top, left, *size)
    picture = _brighter(picture, float(rng.uniform(*JITTER)))
    shown = as_tensor(functional.adjust_saturation(picture, float(rng.uniform(*JITTER))))
    return cut_out(shown, rng) if cutout else shown


def panned(picture: Tensor, pan: float, rng: np.random.Generator) -> Tensor:
    """Turn a picture sideways; what leaves it on one side comes in on the other.

    Args:
        picture: ``(3, height, width)``.
        pan: part of the width by which it is turned at most, to either side.
        rng: draws by how much.

    Returns:
        The turned picture; without a part to turn, the picture itself, and nothing is drawn.
    """
    most = round(pan * picture.shape[-1])
    return picture.roll(int(rng.integers(-most, most + 1)), dims=-1) if most else picture


def cut_out(picture: Tensor, rng: np.random.Generator) -> Tensor:
    """Cover two squares of a picture with its mean colour.

    Args:
        picture: ``(3, height, width)``, uint8.
        rng: draws their sides, from 0.1 to 0.25 of the height, and their places.

    Returns:
        A covered copy.

    References:
        DeVries and Taylor, Improved Regularization of Convolutional Neural Networks with Cutout, 2017.
    """
    mean = picture.float().mean(dim=(1, 2), keepdim=True).round().to(picture.dtype)
    covered = picture.clone()
    for _ in range(_SQUARES):
        side = max(1, round(float(rng.uniform(*_SIDES)) * picture.shape[1]))
        top, left = (int(rng.integers(size - side + 1)) for size in picture.shape[1:])
        covered[:, top : top + side, left : left + side] = mean
    return covered


def perhaps_mirrored(ears: Tensor, picture: Tensor, rng: np.random.Generator, vary: Variation) -> tuple[Tensor, Tensor]:
    """What is heard and seen, or heard and seen in a mirror every other time where the recipe asks for it.

    Args:
        ears: ``(ears, samples)``.
        picture: ``(3, height, width)``, or an empty one.
        rng: throws the coin, where there is one to throw.
        vary: the recipe's way.
    """
    if vary.mirrored and rng.random() < 0.5:
        return ears.flip(0), picture.flip(-1)
    return ears, picture


def _brighter(picture: Image.Image, factor: float) -> Image.Image:
    """As ``adjust_brightness``, bit for bit, by a table: half the time."""
    levels = np.minimum(np.float32(factor) * np.arange(256, dtype=np.float32), 255).astype(np.uint8)
    return picture.point(levels.tolist() * len(picture.getbands()))


def fixed(path: Path, size: tuple[int, int]) -> Tensor:
    """Read a picture and scale it straight to ``size``: ``(3, *size)``, uint8.

    Raises:
        MediaError: if it cannot be read.
    """
    return as_tensor(_read(path, size))


def _read(path: Path, size: tuple[int, int]) -> Image.Image:
    try:
        with Image.open(path) as image:
            image.draft("RGB", (size[1], size[0]))  # a JPEG can be decoded at half its size, four times as fast
            picture = image.convert("RGB")
    except (OSError, SyntaxError) as error:  # Pillow raises SyntaxError on some broken files
        raise MediaError(f"{path}: not a picture that can be read; prepare the clip again.") from error
    if picture.size != (size[1], size[0]):
        picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return picture


def as_tensor(picture: Image.Image) -> Tensor:
    """A picture as ``(3, height, width)``, uint8."""
    return torch.from_numpy(np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1)))
