"""Chunks of prepared 360° clips: about a second of W, the picture at its middle, and the tenth of a second to predict.

What is drawn depends on the seed, the pass and the number of the draw alone. A clip is visited for a few chunks; where
a chunk is silent another one is drawn, at most five of them, and then the next clip is visited.

References:
    Morgado, Vasconcelos, Langlois and Wang, NeurIPS 2018, section 5, and its released code (levels, visits).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from baselines.ambisonics.flow import flow_picture
from baselines.ambisonics.pictures import equirectangular
from baselines.ambisonics.presets import AmbisonicsPreset
from baselines.ambisonics.transform import CONTEXT_SAMPLES, FIRST_SAMPLE, PREDICTED_SAMPLES, RATE
from baselines.ambisonics.yaw import turned
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.dsp.level import rms
from fairplay_bench.errors import BenchError, OptionError
from fairplay_bench.media.ambisonic import CHANNELS
from fairplay_bench.media.frames import frame_name
from fairplay_bench.media.pictures import frame_number
from fairplay_bench.records import ClipId
from fairplay_bench.training.interface import Examples, Material
from fairplay_bench.training.segments import NONE_SKIPPED, Draw, first_readable, read_segment

SILENT_RMS = {"rec-street": 0.01, "yt-clean": 0.2, "yt-music": 0.2}  # of W in a chunk, by data set, as in the paper
OTHERS_SILENT_RMS = 0.01
VISIT_CHUNKS = 5  # chunks that are drawn of a clip before the next one is visited
CHANNEL_NAMES = "YZX"  # in the order of the targets


@dataclass(frozen=True, slots=True)
class _Clip:
    sound: Path
    frames: Path
    n_samples: int
    n_frames: int
    present: Tensor  # which of Y, Z and X were recorded


@dataclass(frozen=True, slots=True)
class Shown:
    """What a network is shown: height and width of its pictures, and whether it sees their optical flow."""

    picture: tuple[int, int]
    flow: bool = False


class _Chunks:
    """Reads chunks of some clips of a prepared 360° set."""

    def __init__(self, data: PreparedDataset, clips: list[ClipId], shown: Shown) -> None:
        self.silent_rms = SILENT_RMS.get(data.name, OTHERS_SILENT_RMS)
        self._shown = shown
        self._clips = [_clip(data, clip) for clip in clips]

    def places(self, clip: int) -> int:
        """How many first predicted samples a chunk can have without reaching beyond the clip; at least one."""
        return max(1, self._clips[clip].n_samples - CONTEXT_SAMPLES + 1)

    def sound(self, clip: int, place: int) -> Tensor:
        """W, Y, Z, X of a context, ``(4, 52799)``."""
        return read_segment(self._clips[clip].sound, place, CONTEXT_SAMPLES, CHANNELS, RATE)

    def is_silent(self, sound: Tensor) -> bool:
        """Whether W is below the level under which the data set's chunks are left out."""
        return rms(sound[0]) < self.silent_rms

    def pictures(self, clip: int, place: int) -> list[Tensor]:
        """The picture at the middle of what is predicted, and its optical flow for a network that sees it."""
        moment_s = (place + FIRST_SAMPLE + PREDICTED_SAMPLES / 2) / RATE
        known = self._clips[clip]
        number = frame_number(moment_s, known.n_frames)
        picture = equirectangular(known.frames / frame_name(number), self._shown.picture)
        if not self._shown.flow:
            return [picture]
        following = known.frames / frame_name(min(number + 1, known.n_frames))
        return [picture, flow_picture(picture, equirectangular(following, self._shown.picture))]

    def example(self, clip: int, place: int, sound: Tensor, columns: int) -> dict[str, Any]:
        """Take a chunk apart, turned by so many columns of its picture."""
        middle = sound[:, FIRST_SAMPLE : FIRST_SAMPLE + PREDICTED_SAMPLES]
        field, shown = turned(middle, self.pictures(clip, place), columns)
        pictures = dict(zip(("picture", "flow"), shown, strict=False))
        present = self._clips[clip].present
        return {"context": sound[0], "target": field[1:], "present": present, "skipped": NONE_SKIPPED} | pictures


class TrainingChunks(Dataset[dict[str, Any]]):
    """Random chunks, turned at random; asked for by pass and number in it.

    Args:
        data: a prepared 360° set.
        clips: the clips.
        preset: how many chunks make a pass, and how many a visit.
        shown: what the network is shown.
        seed: of everything drawn.
    """

    def __init__(
        self, data: PreparedDataset, clips: list[ClipId], preset: AmbisonicsPreset, shown: Shown, seed: int
    ) -> None:
        self._chunks, self._count, self._preset, self._seed = _Chunks(data, clips, shown), len(clips), preset, seed
        self._width = shown.picture[1]

    def __len__(self) -> int:
        """Chunks in a pass."""
        return self._preset.chunks or self._count * self._preset.draws

    def __getitem__(self, draw: Draw) -> dict[str, Any]:
        """Read one draw.

        Raises:
            BenchError: if no clip has a chunk that is not silent, or twenty in a row are damaged.
        """
        epoch, number = draw
        rng = np.random.default_rng((self._seed, epoch, number))
        visited = (epoch * len(self) + number) // self._preset.draws
        for clip in range(visited, visited + self._count):
            found, skipped = first_readable(clip, self._count, lambda clip: self._visit(clip, rng))
            if found is not None:
                return found | {"skipped": skipped}
        raise BenchError(
            f"no chunk of {self._count} training clips is as loud as {self._chunks.silent_rms} (RMS of W); "
            "nothing can be learned from them."
        )

    def _visit(self, clip: int, rng: np.random.Generator) -> dict[str, Any] | None:
        """A chunk of a clip; None where the chunks drawn are silent."""
        for _ in range(VISIT_CHUNKS):
            place = int(rng.integers(self._chunks.places(clip)))
            sound = self._chunks.sound(clip, place)
            if not self._chunks.is_silent(sound):
                return self._chunks.example(clip, place, sound, int(rng.integers(self._width)))
        return None


class ValidationChunks(Dataset[dict[str, Any]]):
    """Fixed chunks of every clip, evenly spaced and not turned.

    Args:
        data: a prepared 360° set.
        clips: the clips.
        each: chunks of a clip.
        shown: what the network is shown.
    """

    def __init__(self, data: PreparedDataset, clips: list[ClipId], each: int, shown: Shown) -> None:
        self._chunks, self._count, self._each = _Chunks(data, clips, shown), len(clips), each

    def __len__(self) -> int:
        """Chunks of all clips."""
        return self._count * self._each

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Read one chunk.

        Raises:
            MediaError: if the clip is damaged.
        """
        clip, order = divmod(number, self._each)
        place = (self._chunks.places(clip) - 1) * (2 * order + 1) // (2 * self._each)
        return self._chunks.example(clip, place, self._chunks.sound(clip, place), 0)


def chunk_examples(material: Material, shown: Shown) -> Examples:
    """What the network is trained and validated on.

    Raises:
        OptionError: if the data set has no ambisonic sound.
        TypeError: if the preset is not one of this method.
    """
    check_ambisonic(material.data)
    preset = material.preset
    if not isinstance(preset, AmbisonicsPreset):
        raise TypeError("the presets of this method say how many chunks make a pass")
    return Examples(
        TrainingChunks(material.data, material.training, preset, shown, material.seed),
        ValidationChunks(material.data, material.validation, preset.validation_segments, shown),
        material.training,
    )


def check_ambisonic(data: PreparedDataset) -> None:
    """Refuse a data set without ambisonic sound.

    Raises:
        OptionError: saying why.
    """
    if not data.has_ambisonics:
        raise OptionError(
            f"{data.folder}: --model ambisonics needs the first-order sound of 360° recordings, which {data.name} does "
            "not have; take rec-street, yt-clean, yt-music or mini-360, prepared by this version."
        )


def _clip(data: PreparedDataset, clip: ClipId) -> _Clip:
    row = data.clips[clip]
    present = torch.tensor([float(channel in row.ambisonic_channels) for channel in CHANNEL_NAMES])
    n_samples = round(row.duration_s * RATE)
    return _Clip(data.folder / row.ambisonics, data.folder / row.frames, n_samples, row.n_frames, present)
