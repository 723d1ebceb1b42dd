"""What Sep-Stereo is trained on: segments of recordings, each beside a pair of solos to be parted.

Sep-Stereo takes separation for an extreme case of stereo: one sound wholly in the left ear, another wholly in the
right. The solos come from the training clips of the split alone.

References:
    Zhou et al., Sep-Stereo, ECCV 2020, section 3.2.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from baselines.sep_stereo.network import SOLOS
from fairplay_bench.datasets.mini.make import TRUTH_FOLDER
from fairplay_bench.datasets.separation import read_solos
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.records import ClipId
from fairplay_bench.training.interface import Examples, Material
from fairplay_bench.training.segments import Draw, TrainingSegments, joined_skips, segment_examples

SOLO_LIST = Path(TRUTH_FOLDER) / "solos.csv"  # of a data set that knows its own
_SHOWN = 3  # clips in a message


def solo_clips(material: Material, listed: Path | None) -> list[ClipId]:
    """Training clips in which one instrument plays, ascending.

    Args:
        material: names the training clips.
        listed: a CSV with the columns ``clip_id`` and ``instrument``; None takes the data set's own.

    Returns:
        The listed clips that are training clips of the split; the others are left out.

    Raises:
        OptionError: if there is no such file.
        DatasetError: if it cannot be read, names clips the data set lacks, or fewer than two that are trained on.
    """
    file = listed or material.data.folder / SOLO_LIST
    if not file.is_file():
        own = "" if listed else " the data set does not say which clips are solos;"
        raise OptionError(f"{file}: missing;{own} give --solos FILE.csv, or --separation-weight 0.")
    named = {solo.clip_id for solo in read_solos(file)}
    unknown = sorted(named - set(material.data.clips))
    if unknown:
        raise DatasetError(
            f"{file}: {len(unknown)} clips not in the data set: {', '.join(unknown[:_SHOWN])}; take them out."
        )
    solos = sorted(named & set(material.training))
    if len(solos) < SOLOS:
        raise DatasetError(f"{file}: {len(solos)} of the training clips are solos; a pair needs two.")
    return solos


class PairedSegments(Dataset[dict[str, Any]]):
    """Random segments, each beside a random pair of solos.

    Args:
        segments: of the recordings.
        material: what they were made of.
        solos: which training clips are solos.
        picture_size: height and width of the pictures.
    """

    def __init__(
        self, segments: Dataset[Any], material: Material, solos: list[ClipId], picture_size: tuple[int, int]
    ) -> None:
        self._segments, self._training, self._solos = segments, material.training, solos
        self._seed = int(np.random.SeedSequence((material.seed, SOLOS)).generate_state(1)[0])
        self._reader = TrainingSegments(material.data, solos, 1, picture_size, self._seed, material.preset.variation)

    def __len__(self) -> int:
        """Draws in a pass: those of the recordings."""
        segments: Any = self._segments
        return len(segments)

    def __getitem__(self, draw: Draw) -> dict[str, Any]:
        """Read one draw.

        Returns:
            A :class:`fairplay_bench.training.segments.Segment`, and ``solos``, ``(2, 10080)``, mono, as recorded, and
            ``solo_pictures``, ``(2, 3, height, width)``, uint8, of two different clips.

        Raises:
            BenchError: if twenty clips in a row are damaged.
        """
        epoch, number = draw
        segment, count = self._segments[draw], len(self._solos)
        first, second = np.random.default_rng((self._seed, epoch, number)).choice(count, SOLOS, replace=False)
        pair = [self._reader[epoch, number * count + int(first)]]
        for step in range(count):
            drawn = self._reader[epoch, number * count + (int(second) + step) % count]
            if drawn["clip"] != pair[0]["clip"]:  # else a damaged clip was passed over for the first one
                break
        pair.append(drawn)
        return {
            **segment,
            "solos": torch.stack([one["ears"].mean(dim=0) for one in pair]),
            "solo_pictures": torch.stack([one["picture"] for one in pair]),
            "skipped": self._skipped(segment["skipped"], [one["skipped"] for one in pair]),
        }

    def _skipped(self, of_segment: Tensor, of_solos: list[Tensor]) -> Tensor:
        """Damaged clips by their number among the training clips, as many as there is room for."""
        among = [self._training.index(self._solos[clip]) for one in of_solos for clip in one[one >= 0].tolist()]
        return joined_skips([*of_segment.tolist(), *among])


def paired_examples(picture_size: tuple[int, int], listed: Path | None) -> Callable[[Material], Examples]:
    """Return what makes segments with pairs of solos for training, and segments alone for validation.

    Args:
        picture_size: height and width of the pictures.
        listed: a CSV that names the solos; None takes the data set's own.
    """

    def examples(material: Material) -> Examples:
        alone = segment_examples(picture_size)(material)
        paired = PairedSegments(alone.training, material, solo_clips(material, listed), picture_size)
        return alone._replace(training=paired)

    return examples
