"""What the networks are trained on: scenes and mono segments with their maps, and pairs of picture and ears."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from baselines.l2bnet.maps import Place, blobs
from baselines.l2bnet.places import SeenPlaces
from baselines.pseudo_binaural.scene import HEIGHT, WIDTH, Scene
from baselines.pseudo_binaural.studio import Studio
from fairplay_bench.dsp.windows import WINDOW_SAMPLES
from fairplay_bench.records import ClipId
from fairplay_bench.training.interface import Batch, length_of
from fairplay_bench.training.segments import NONE_SKIPPED, joined_skips

Examples = Dataset[Any]


class HeardScenes(Dataset[Batch]):
    """Rendered scenes without a picture, and where in it their players are.

    Args:
        studio: makes them.
        length: of a pass.
        seed: of everything drawn; None gives the same scenes each time, asked for by number alone.
    """

    def __init__(self, studio: Studio, length: int, seed: int | None) -> None:
        self._studio, self._length, self._seed = studio, length, seed

    def __len__(self) -> int:
        """Scenes of a pass."""
        return self._length

    def __getitem__(self, draw: Any) -> dict[str, Tensor]:
        """Draw one: ``ears`` ``(2, 10080)``, ``wanted`` ``(64, 128)`` and ``skipped``."""
        if self._seed is None and not 0 <= draw < self._length:
            raise IndexError(draw)
        rng = np.random.default_rng(draw if self._seed is None else (self._seed, *draw))
        scene = self._studio.scene(rng)
        ears = np.ascontiguousarray(self._studio.ears(rng, scene, WINDOW_SAMPLES))
        return {"ears": torch.from_numpy(ears), "wanted": blobs(scene_places(scene)), "skipped": NONE_SKIPPED}


class Segments(Dataset[Batch]):
    """Segments of recordings, with the map of where their sources are seen.

    Args:
        segments: of these clips, with ``start``.
        clips: in the order of their numbers.
        places: where their sources are seen; None leaves the map out.
        mono: whether the ears are replaced by their mean, so that nothing of two ears is learnt from them.
        shown: whether the picture is kept.
    """

    def __init__(
        self,
        segments: Examples,
        clips: Sequence[ClipId],
        places: SeenPlaces | None,
        mono: bool = True,
        shown: bool = True,
    ) -> None:
        self._segments, self._clips, self._places = segments, clips, places
        self._mono, self._shown = mono, shown

    def __len__(self) -> int:
        """Segments of a pass."""
        return length_of(self._segments)

    def __getitem__(self, draw: Any) -> dict[str, Any]:
        """Read one: ``ears``, ``clip``, ``skipped`` and, where they are wanted, ``picture`` and ``wanted``."""
        segment = self._segments[draw]
        ears = segment["ears"]
        if self._mono:
            ears = ears.mean(dim=0, keepdim=True).expand(2, -1).clone()
        example = {"ears": ears, "clip": segment["clip"], "skipped": segment["skipped"]}
        if self._shown:
            example["picture"] = segment["picture"]
        if self._places is not None:
            example["wanted"] = self._places.wanted(self._clips[segment["clip"]], segment["start"])
        return example


class InTurn(Dataset[Batch]):
    """Examples of several kinds by turns, the first number of a pass of the first kind.

    Args:
        kinds: each begun again where a pass asks for more than there are. Where there are recorded segments, which have
            a ``clip``, they are the first kind.
        length: of a pass.
        numbers: of the recorded clips among all training clips, for ``skipped``.
    """

    def __init__(self, kinds: Sequence[Examples], length: int, numbers: Sequence[int]) -> None:
        self._kinds, self._length = kinds, length
        self._numbers = torch.tensor([*numbers, -1])  # the last one stands for none

    def __len__(self) -> int:
        """Examples of a pass."""
        return self._length

    def __getitem__(self, draw: Any) -> dict[str, Tensor]:
        """Read one by its pass and its number in it; what only some kinds have is left out."""
        epoch, number = draw
        kind = self._kinds[number % len(self._kinds)]
        example = kind[epoch, number // len(self._kinds) % length_of(kind)]
        skipped = self._numbers[example["skipped"]] if "clip" in example else example["skipped"]
        kept = {key: value for key, value in example.items() if key not in ("clip", "start")}
        return {**kept, "skipped": skipped}


class Beside(Dataset[Batch]):
    """Mono segments, each beside a pair of picture and two ears.

    Args:
        segments: whose ears are the mono twice.
        pairs: with ``ears``, ``picture`` and ``weight``, as many, asked for alike.
    """

    def __init__(self, segments: Examples, pairs: Examples) -> None:
        self._segments, self._pairs = segments, pairs

    def __len__(self) -> int:
        """Segments of a pass."""
        return length_of(self._segments)

    def __getitem__(self, draw: Any) -> dict[str, Any]:
        """Read one: the segment, and its pair as ``paired_ears``, ``paired_picture`` and ``paired_weight``."""
        segment, pair = self._segments[draw], self._pairs[draw]
        skipped = joined_skips([*segment["skipped"].tolist(), *pair["skipped"].tolist()])
        paired = {f"paired_{key}": pair[key] for key in ("ears", "picture", "weight")}
        return {**segment, **paired, "skipped": skipped}


class Weighted(Dataset[Batch]):
    """Examples that say how much they count.

    Args:
        examples: of any kind.
        weight: of each.
    """

    def __init__(self, examples: Examples, weight: float) -> None:
        self._examples, self._weight = examples, torch.tensor(weight)

    def __len__(self) -> int:
        """As many as there are."""
        return length_of(self._examples)

    def __getitem__(self, draw: Any) -> dict[str, Any]:
        """Read one, with its ``weight``."""
        return {**self._examples[draw], "weight": self._weight}


def scene_places(scene: Scene) -> list[Place]:
    """Where the players of a scene are on its canvas."""
    return [
        Place(
            placed.left / WIDTH,
            (placed.y - placed.height / 2) / HEIGHT,
            placed.width / WIDTH,
            placed.height / HEIGHT,
        )
        for placed in scene
    ]
