"""Examples: segments of 2.55 s of two clips, each with a picture out of it, to be mixed and parted again."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.dsp.masks import SEGMENT_SAMPLES
from fairplay_bench.errors import DatasetError
from fairplay_bench.media.frames import frame_name
from fairplay_bench.media.pictures import frame_number
from fairplay_bench.records import SAMPLE_RATE, ClipId, Condition
from fairplay_bench.scoring.separation.sounds import in_condition
from fairplay_bench.training.augmentation import fixed, perhaps_mirrored, read_varied
from fairplay_bench.training.interface import Examples, Material
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.segments import NONE_SKIPPED, Draw, first_readable, joined_skips, read_segment

_MIDDLE_S = SEGMENT_SAMPLES / 2 / SAMPLE_RATE

SoundFiles = Callable[[Material, Sequence[ClipId]], Mapping[ClipId, Path]]


class Pair(TypedDict):
    """One example.

    ``sources``: ``(2 clips, ears, 40800)``, float32; ``pictures``: ``(2 clips, 3, height, width)``, uint8;
    ``skipped``: numbers of damaged clips passed over for it, filled up with -1.
    """

    sources: Tensor
    pictures: Tensor
    skipped: Tensor


class _Reader:
    """Reads segments of some clips, in one condition."""

    def __init__(
        self,
        material: Material,
        clips: Sequence[ClipId],
        files: Mapping[ClipId, Path],
        condition: Condition,
        picture: tuple[int, int],
    ) -> None:
        self.count = len(clips)
        self._rows: list[IndexRow] = [material.data.clips[clip] for clip in clips]
        self._files = [files[clip] for clip in clips]
        self._folder, self._condition, self._size = material.data.folder, condition, picture
        self._vary = material.preset.variation

    def places(self, number: int) -> int:
        """How many first samples a segment of a clip can have."""
        return max(1, self._rows[number].n_samples - SEGMENT_SAMPLES + 1)

    def sound(self, number: int, start: int) -> Tensor:
        """Sound of a segment in the condition, ``(ears, 40800)``; zeros beyond the end."""
        return in_condition(read_segment(self._files[number], start, SEGMENT_SAMPLES), self._condition)

    def varied_picture(self, number: int, time_s: float, rng: np.random.Generator) -> Tensor:
        """Picture at a moment, varied as for binaural training; cropped and turned where the recipe says so."""
        return read_varied(self._picture(number, time_s), self._size, rng, self._vary)

    def plain_picture(self, number: int, time_s: float) -> Tensor:
        """Picture at a moment as in a test."""
        return fixed(self._picture(number, time_s), self._size)

    def _picture(self, number: int, time_s: float) -> Path:
        row = self._rows[number]
        return self._folder / row.frames / frame_name(frame_number(time_s, row.n_frames))


class TrainingPairs(Dataset[Pair]):
    """Random pairs of clips; an item is asked for by its pass and its number in it, and depends on these alone.

    Args:
        reader: of the training clips.
        recipe: says how many pairs a clip gives in a pass, and how segments are varied.
        seed: of everything drawn.
    """

    def __init__(self, reader: _Reader, recipe: Preset, seed: int) -> None:
        self._reader, self._draws, self._seed, self._vary = reader, recipe.draws, seed, recipe.variation

    def __len__(self) -> int:
        """Pairs in a pass."""
        return self._reader.count * self._draws

    def __getitem__(self, draw: Draw) -> Pair:
        """Read a pair; damaged clips are passed over and named in ``skipped``.

        Raises:
            BenchError: if twenty clips in a row are damaged.
        """
        epoch, number = draw
        rng, reader = np.random.default_rng((self._seed, epoch, number)), self._reader

        def read(clip: int) -> tuple[int, Tensor, Tensor]:
            start = int(rng.integers(reader.places(clip)))
            time_s = (start + rng.uniform(0, SEGMENT_SAMPLES)) / SAMPLE_RATE
            sound, picture = reader.sound(clip, start), reader.varied_picture(clip, time_s, rng)
            return clip, *perhaps_mirrored(sound, picture, rng, self._vary)

        one, skipped = first_readable(number, reader.count, read)
        others = [clip for clip in range(reader.count) if clip != one[0]]
        other, passed = first_readable(int(rng.integers(len(others))), len(others), lambda k: read(others[k]))
        passed_over = [others[k] for k in passed.tolist() if k >= 0]
        return Pair(
            sources=torch.stack([one[1], other[1]]),
            pictures=torch.stack([one[2], other[2]]),
            skipped=joined_skips([*skipped.tolist(), *passed_over]),
        )


class ValidationPairs(Dataset[Pair]):
    """Fixed pairs: evenly spaced segments of every clip, each with the same place of another clip, unvaried pictures.

    Args:
        reader: of the validation clips.
        each: pairs for each clip.
    """

    def __init__(self, reader: _Reader, each: int) -> None:
        self._reader, self._each = reader, each

    def __len__(self) -> int:
        """Pairs of all clips."""
        return self._reader.count * self._each

    def __getitem__(self, number: int) -> Pair:
        """Read a pair.

        Raises:
            MediaError: if a clip is damaged; a validation without some of its clips would compare nothing.
        """
        reader = self._reader
        clip, place = divmod(number, self._each)
        clips = (clip, (clip + 1 + place % (reader.count - 1)) % reader.count)
        starts = [(reader.places(one) - 1) * (2 * place + 1) // (2 * self._each) for one in clips]
        segments = list(zip(clips, starts, strict=True))
        return Pair(
            sources=torch.stack([reader.sound(one, start) for one, start in segments]),
            pictures=torch.stack(
                [reader.plain_picture(one, start / SAMPLE_RATE + _MIDDLE_S) for one, start in segments]
            ),
            skipped=NONE_SKIPPED,
        )


def pair_examples(
    condition: Condition, picture: tuple[int, int], sound_files: SoundFiles
) -> Callable[[Material], Examples]:
    """Return what makes pairs of clips.

    Args:
        condition: which sound is mixed.
        picture: height and width of the pictures.
        sound_files: gives the WAV of each clip, the recorded or the predicted one.

    Returns:
        A function of the material; it raises DatasetError where there are fewer than two clips to mix.
    """

    def examples(material: Material) -> Examples:
        training, validation = material.training, material.validation
        for subset, clips in (("training", training), ("validation", validation)):
            if len(clips) < 2:
                raise DatasetError(f"{material.data.folder}: {len(clips)} {subset} clip(s); a mixture needs two.")
        files = sound_files(material, [*training, *validation])
        preset = material.preset
        return Examples(
            TrainingPairs(_Reader(material, training, files, condition, picture), preset, material.seed),
            ValidationPairs(_Reader(material, validation, files, condition, picture), preset.validation_segments),
            training,
        )

    return examples
