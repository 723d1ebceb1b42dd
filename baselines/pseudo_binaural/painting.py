"""The picture of a scene, painted straight at the size it is needed in."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from baselines.pseudo_binaural import poisson
from baselines.pseudo_binaural.declared import EMPTY, OWN
from baselines.pseudo_binaural.scene import HEIGHT, WIDTH, Placed, Scene
from baselines.pseudo_binaural.sources import Source, decoded_picture
from fairplay_bench.errors import OptionError
from fairplay_bench.media.frames import read_image

_PICTURES = (".jpg", ".jpeg", ".png")


class Backgrounds:
    """What stands behind the players.

    Args:
        what: ``"empty"``; ``"own"``, the sources' own frames without their players; or a folder of pictures.
        sources: for their frames.

    Raises:
        OptionError: if there is nothing to take a background from.
    """

    def __init__(self, what: str, sources: Sequence[Source]) -> None:
        self._pictures: Sequence[bytes | Path] = ()
        self._kept: dict[tuple[int, int, int], Image.Image] = {}
        if what == EMPTY:
            return
        if what == OWN:
            self._pictures = [source.background for source in sources if source.background]
        elif Path(what).is_dir():
            self._pictures = sorted(path for path in Path(what).iterdir() if path.suffix.lower() in _PICTURES)
        else:
            raise OptionError(f"--background {what}: give {EMPTY}, {OWN} or a folder of pictures.")
        if not self._pictures:
            raise OptionError(f"--background {what}: no picture there to take; give {EMPTY} or a folder with some.")

    @property
    def any(self) -> bool:
        """Whether there is anything behind the players."""
        return bool(self._pictures)

    def draw(self, rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
        """A copy of one of them, or an empty picture, of this height and width; each is read once a size.

        Raises:
            MediaError: if a picture of the folder cannot be read.
        """
        if not self._pictures:
            return Image.new("RGB", (size[1], size[0]))
        number = int(rng.integers(len(self._pictures)))
        key = (number, *size)
        if key not in self._kept:
            found = self._pictures[number]
            picture = decoded_picture(found) if isinstance(found, bytes) else Image.fromarray(read_image(found))
            self._kept[key] = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
        return self._kept[key].copy()


def paint(scene: Scene, sources: Sequence[Source], behind: Image.Image, blended: bool) -> Image.Image:
    """Paint a scene.

    Args:
        scene: who is where.
        sources: the players.
        behind: what is behind them, which may be painted on; its size is that of the result.
        blended: whether the patches are blended into it (Poisson) rather than pasted.

    Returns:
        The picture, RGB.
    """
    boxes = [_pixels(placed, behind.size) for placed in scene]
    patches = [
        sources[placed.source].picture.resize((right - left, bottom - top), Image.Resampling.BILINEAR)
        for placed, (left, top, right, bottom) in zip(scene, boxes, strict=True)
    ]
    if blended:
        canvas = np.array(behind)
        for patch, box in zip(patches, boxes, strict=True):
            poisson.blend(canvas, np.asarray(patch), box)
        return Image.fromarray(canvas)
    for patch, (left, top, _, _) in zip(patches, boxes, strict=True):
        behind.paste(patch, (left, top))
    return behind


def _pixels(placed: Placed, size: tuple[int, int]) -> poisson.Box:
    """Left, top, right and bottom of a patch in a picture of this width and height; at least a pixel each way."""
    across, down = size[0] / WIDTH, size[1] / HEIGHT
    left, top = round(placed.left * across), round((placed.y - placed.height / 2) * down)
    right, bottom = round(placed.right * across), round((placed.y + placed.height / 2) * down)
    return left, top, max(left + 1, right), max(top + 1, bottom)
