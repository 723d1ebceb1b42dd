"""Folders of numbered pictures: ``000001.jpg`` and on, ten a second."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.errors import MediaError
from fairplay_bench.media.files import written_whole

JPEG_QUALITY = 95


def frame_name(number: int) -> str:
    """File name of a frame, counted from 1."""
    return f"{number:06d}.jpg"


def write_frames(folder: Path, images: Iterable[NDArray[np.uint8]], scratch: Path | None = None) -> str:
    """Write pictures into a folder that appears whole or not at all.

    Args:
        folder: the folder; replaced if it is there.
        images: ``(height, width, 3)`` each, RGB.
        scratch: see :func:`fairplay_bench.media.files.written_whole`.

    Returns:
        SHA-256 of the bytes of all files in order, in hexadecimal.

    Raises:
        OutputError: if it cannot be written.
    """
    from PIL import Image

    digest = sha256()
    with written_whole(folder, scratch, folder=True) as temporary:
        for number, image in enumerate(images, start=1):
            file = temporary / frame_name(number)
            Image.fromarray(image).save(file, quality=JPEG_QUALITY)
            digest.update(file.read_bytes())
    return digest.hexdigest()


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read a picture.

    Args:
        path: the file.

    Returns:
        ``(height, width, 3)``, RGB.

    Raises:
        MediaError: if it cannot be read.
    """
    from PIL import Image

    try:
        with Image.open(path) as image:
            return np.array(image.convert("RGB"))
    except (OSError, SyntaxError) as error:  # Pillow raises SyntaxError on some broken PNG
        raise MediaError(f"{path}: not a picture that can be read; replace it, or prepare the clip again.") from error
