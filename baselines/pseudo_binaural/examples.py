"""Scenes as examples for training, alone or between recordings."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from baselines.pseudo_binaural.sources import Source
from baselines.pseudo_binaural.studio import Studio
from fairplay_bench.dsp.windows import WINDOW_SAMPLES
from fairplay_bench.training.augmentation import as_tensor, before_crop, varied
from fairplay_bench.training.interface import Batch
from fairplay_bench.training.presets import CROPPED, Variation
from fairplay_bench.training.segments import NONE_SKIPPED, Draw

_KEYS = ("ears", "picture", "skipped")
_HELD_OUT = 10  # one source of so many is kept for validation


class DrawnScenes(Dataset[Batch]):
    """A scene anew for each draw, which is asked for by its pass and its number in it.

    Args:
        studio: makes them.
        length: scenes of a pass.
        picture_size: height and width of the pictures.
        seed: of everything drawn.
        vary: how their pictures are cropped and covered.
    """

    def __init__(
        self,
        studio: Studio,
        length: int,
        picture_size: tuple[int, int],
        seed: int,
        vary: Variation = CROPPED,
    ) -> None:
        self._studio, self._length, self._size, self._seed = studio, length, picture_size, seed
        self._painted, self._cutout = before_crop(picture_size) if vary.crop else picture_size, vary.cutout

    def __len__(self) -> int:
        """Scenes of a pass."""
        return self._length

    def __getitem__(self, draw: Draw) -> dict[str, Tensor]:
        """Draw one: ``ears`` ``(2, 10080)``, ``picture`` ``(3, height, width)`` and ``skipped``."""
        rng = np.random.default_rng((self._seed, *draw))
        ears, picture = _scene(self._studio, rng, self._painted)
        return {"ears": ears, "picture": varied(picture, self._size, rng, self._cutout), "skipped": NONE_SKIPPED}


class FixedScenes(Dataset[Batch]):
    """The same scenes each time, their pictures as a test shows them, for validation.

    Args:
        studio: makes them.
        length: how many.
        picture_size: height and width of the pictures.
    """

    def __init__(self, studio: Studio, length: int, picture_size: tuple[int, int]) -> None:
        self._studio, self._length, self._size = studio, length, picture_size

    def __len__(self) -> int:
        """How many there are."""
        return self._length

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """Make one; see :meth:`DrawnScenes.__getitem__`."""
        if not 0 <= number < self._length:
            raise IndexError(number)
        ears, picture = _scene(self._studio, np.random.default_rng(number), self._size)
        return {"ears": ears, "picture": as_tensor(picture), "skipped": NONE_SKIPPED}


class BothKinds(Dataset[Batch]):
    """Recorded segments and as many scenes, in one pass.

    Args:
        recorded: segments of recordings.
        drawn: scenes; as long.
    """

    def __init__(self, recorded: Dataset[Any], drawn: DrawnScenes) -> None:
        self._recorded, self._drawn = recorded, drawn

    def __len__(self) -> int:
        """Segments and scenes of a pass."""
        return 2 * len(self._drawn)

    def __getitem__(self, draw: Draw) -> dict[str, Tensor]:
        """Give the recorded segments first, then the scenes; the order of a training mixes them."""
        epoch, number = draw
        recorded = number < len(self._drawn)
        example = self._recorded[draw] if recorded else self._drawn[epoch, number - len(self._drawn)]
        return {key: example[key] for key in _KEYS}


def held_out(sources: Sequence[Source], least: int) -> tuple[list[Source], list[Source]]:
    """Part sources into those to train with and a tenth to validate with.

    Args:
        sources: all of them.
        least: how many are needed for a scene.

    Returns:
        The two parts, by a hash of the clips; where either would be too small for a scene, all sources twice.
    """
    order = sorted(sources, key=lambda source: sha256(source.clip_id.encode()).hexdigest())
    tenth = len(order) // _HELD_OUT
    if tenth < least:
        return list(sources), list(sources)
    kept = {source.clip_id for source in order[:tenth]}
    return (
        [source for source in sources if source.clip_id not in kept],
        [source for source in sources if source.clip_id in kept],
    )


def _scene(studio: Studio, rng: np.random.Generator, size: tuple[int, int]) -> tuple[Tensor, Any]:
    scene = studio.scene(rng)
    ears = torch.from_numpy(np.ascontiguousarray(studio.ears(rng, scene, WINDOW_SAMPLES)))
    return ears, studio.picture(rng, scene, size)
