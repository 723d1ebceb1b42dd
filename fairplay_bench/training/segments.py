"""Segments, of 0.63 s by default, with their picture, read one by one: a seek in the WAV and one JPEG.

What is drawn depends on the seed, the pass and the number of the draw alone, so that neither workers nor processes
nor an interruption change what a network sees.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypedDict, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.dsp.windows import WINDOW_SAMPLES, window_centre_s
from fairplay_bench.errors import BenchError, MediaError
from fairplay_bench.media.files import check_is_content
from fairplay_bench.media.frames import frame_name
from fairplay_bench.media.pictures import frame_number
from fairplay_bench.media.riff import check_complete
from fairplay_bench.records import SAMPLE_RATE, ClipId
from fairplay_bench.training.augmentation import fixed, perhaps_mirrored, read_varied
from fairplay_bench.training.interface import Examples, Material
from fairplay_bench.training.presets import CROPPED, Variation

_TRIES = 20  # damaged segments in a row before a training gives up
NONE_SKIPPED = torch.full((_TRIES,), -1)

Read = TypeVar("Read")
Draw = tuple[int, int]  # the pass, and the number of the draw in it


class Segment(TypedDict):
    """One example.

    ``ears``: ``(2, samples)``, float32, as recorded; ``picture``: ``(3, height, width)``, uint8 (empty without one);
    ``clip``: number of the clip; ``start``: its first sample there; ``skipped``: numbers of damaged clips passed over
    for it, filled up with -1.
    """

    ears: Tensor
    picture: Tensor
    clip: int
    start: int
    skipped: Tensor


@dataclass(frozen=True, slots=True)
class _Clip:
    audio: Path
    frames: Path
    n_samples: int
    n_frames: int


class _Reader:
    """Reads segments of some clips of a prepared data set."""

    def __init__(
        self, data: PreparedDataset, clips: list[ClipId], picture_size: tuple[int, int] | None, samples: int
    ) -> None:
        self.clip_ids, self._size, self._samples = clips, picture_size, samples
        self._clips = [_clip(data.folder, data.clips[clip]) for clip in clips]

    def ears(self, number: int, start: int) -> Tensor:
        """Two ears from a sample on, ``(2, samples)``; zeros beyond the end.

        Raises:
            MediaError: if they cannot be read, are not two ears at 16 kHz, or are not finite.
        """
        return read_segment(self._clips[number].audio, start, self._samples)

    def places(self, number: int) -> int:
        """How many first samples a segment of a clip can have."""
        return max(1, self._clips[number].n_samples - self._samples + 1)

    def picture(self, number: int, start: int, read: Callable[[Path, tuple[int, int]], Tensor]) -> Tensor:
        """Picture of a segment, ``(3, height, width)``, from what reads a file for this height and width."""
        if self._size is None:
            return torch.empty(0, dtype=torch.uint8)
        clip = self._clips[number]
        frame = frame_number(window_centre_s(start, SAMPLE_RATE, self._samples), clip.n_frames)
        return read(clip.frames / frame_name(frame), self._size)


class TrainingSegments(Dataset[Segment]):
    """Random segments; an item is asked for by its pass and its number in it.

    Args:
        data: a prepared data set.
        clips: the clips.
        draws: segments of each clip in a pass.
        picture_size: height and width of the pictures; None for none.
        seed: of everything drawn.
        vary: how they are varied.
        samples: length of a segment.
    """

    def __init__(
        self,
        data: PreparedDataset,
        clips: list[ClipId],
        draws: int,
        picture_size: tuple[int, int] | None,
        seed: int,
        vary: Variation = CROPPED,
        samples: int = WINDOW_SAMPLES,
    ) -> None:
        self.clip_ids = clips
        self._reader, self._seed, self._draws = _Reader(data, clips, picture_size, samples), seed, draws
        self._vary = vary

    def __len__(self) -> int:
        """Draws in a pass."""
        return len(self.clip_ids) * self._draws

    def __getitem__(self, draw: Draw) -> Segment:
        """Read one draw; a damaged clip is passed over for the next one and named in ``skipped``.

        Raises:
            BenchError: if twenty clips in a row are damaged.
        """
        epoch, number = draw
        rng = np.random.default_rng((self._seed, epoch, number))
        varied = partial(read_varied, rng=rng, vary=self._vary)

        def read(clip: int) -> Segment:
            start = int(rng.integers(self._reader.places(clip)))
            ears, picture = self._reader.ears(clip, start), self._reader.picture(clip, start, varied)
            ears, picture = perhaps_mirrored(ears, picture, rng, self._vary)
            return Segment(ears=ears, picture=picture, clip=clip, start=start, skipped=NONE_SKIPPED)

        segment, skipped = first_readable(number, len(self.clip_ids), read)
        segment["skipped"] = skipped
        return segment


class ValidationSegments(Dataset[Segment]):
    """Fixed segments of every clip, evenly spaced, with unvaried pictures.

    Args:
        data: a prepared data set.
        clips: the clips.
        each: segments of a clip.
        picture_size: height and width of the pictures; None for none.
        samples: length of a segment.
    """

    def __init__(
        self,
        data: PreparedDataset,
        clips: list[ClipId],
        each: int,
        picture_size: tuple[int, int] | None,
        samples: int = WINDOW_SAMPLES,
    ) -> None:
        self.clip_ids = clips
        self._reader, self._each = _Reader(data, clips, picture_size, samples), each

    def __len__(self) -> int:
        """Segments of all clips."""
        return len(self.clip_ids) * self._each

    def __getitem__(self, number: int) -> Segment:
        """Read one segment.

        Raises:
            MediaError: if the clip is damaged; a validation without some of its clips would compare nothing.
        """
        clip, place = divmod(number, self._each)
        start = (self._reader.places(clip) - 1) * (2 * place + 1) // (2 * self._each)
        ears, picture = self._reader.ears(clip, start), self._reader.picture(clip, start, fixed)
        return Segment(ears=ears, picture=picture, clip=clip, start=start, skipped=NONE_SKIPPED)


def segment_examples(
    picture_size: tuple[int, int] | None, samples: int = WINDOW_SAMPLES
) -> Callable[[Material], Examples]:
    """Return what makes segments of recordings for a network that sees pictures of this size, or none."""

    def examples(material: Material) -> Examples:
        training, recipe = material.training, material.preset
        return Examples(
            TrainingSegments(
                material.data, training, recipe.draws, picture_size, material.seed, recipe.variation, samples
            ),
            ValidationSegments(material.data, material.validation, recipe.validation_segments, picture_size, samples),
            training,
        )

    return examples


def first_readable(number: int, clips: int, read: Callable[[int], Read]) -> tuple[Read, Tensor]:
    """Read a clip, or the first one after it that is not damaged.

    Args:
        number: of the clip; counted on beyond the last one from 0.
        clips: how many there are.
        read: reads the clip of a number; raises MediaError where it is damaged.

    Returns:
        What was read, and ``(20,)`` numbers of the damaged clips, filled up with -1.

    Raises:
        BenchError: if twenty clips in a row are damaged.
    """
    skipped: list[int] = []
    while len(skipped) < _TRIES:
        clip = (number + len(skipped)) % clips
        try:
            return read(clip), joined_skips(skipped)
        except MediaError as error:
            reason = error
            skipped.append(clip)
    raise BenchError(f"{_TRIES} training clips in a row are damaged, the last one: {reason}")


def joined_skips(numbers: Iterable[int]) -> Tensor:
    """Numbers of damaged clips, some of them -1 for none, as ``skipped`` has them: as many as there is room for."""
    damaged = [number for number in numbers if number >= 0][:_TRIES]
    return torch.tensor(damaged + [-1] * (_TRIES - len(damaged)))


def read_segment(path: Path, start: int, samples: int, channels: int = 2, rate: int = SAMPLE_RATE) -> Tensor:
    """Read part of a prepared sound without reading the rest of it.

    Args:
        path: a sound of so many channels at this rate; two ears at 16 kHz by default.
        start: first sample.
        samples: how many; zeros stand beyond the end.
        channels: how many it must have.
        rate: which it must have, Hz.

    Returns:
        ``(channels, samples)``, float32.

    Raises:
        MediaError: if it cannot be read, is cut short or something else, or is not finite there.
    """
    import soundfile

    check_is_content(path)
    check_complete(path)
    try:
        with soundfile.SoundFile(path) as file:
            if (file.channels, file.samplerate) != (channels, rate):
                raise MediaError(
                    f"{path}: {file.channels} channel(s) at {file.samplerate} Hz, not {channels} at {rate} Hz; "
                    "prepare the clip again."
                )
            file.seek(min(start, file.frames))
            read = file.read(samples, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise MediaError(f"{path}: cannot be read ({error}); prepare the clip again.") from error
    if not np.isfinite(read).all():
        raise MediaError(f"{path}: NaN or infinite within {samples} samples from {start}; prepare the clip again.")
    segment = np.zeros((channels, samples), np.float32)
    segment[:, : len(read)] = read.T
    return torch.from_numpy(segment)


def _clip(folder: Path, row: IndexRow) -> _Clip:
    return _Clip(folder / row.audio, folder / row.frames, row.n_samples, row.n_frames)
