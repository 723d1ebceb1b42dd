"""Equirectangular pictures."""

from pathlib import Path

from torch import Tensor

from fairplay_bench.errors import MediaError
from fairplay_bench.training.augmentation import fixed


def equirectangular(path: Path, size: tuple[int, int]) -> Tensor:
    """Read a picture of the whole sphere, scaled: ``(3, *size)``, uint8.

    Raises:
        MediaError: if it cannot be read, or is not twice as wide as high.
    """
    from PIL import Image

    picture = fixed(path, size)
    with Image.open(path) as image:  # the size alone
        check_whole_sphere(image.height, image.width, str(path))
    return picture


def check_whole_sphere(height: int, width: int, where: str) -> None:
    """Refuse a picture that cannot be equirectangular.

    Raises:
        MediaError: naming its size.
    """
    if width != 2 * height:
        raise MediaError(f"{where}: {width} × {height}, but a picture of the whole sphere is twice as wide as high.")
