"""From a prepared clip to what a method is given of it, and to its target.

This is the only place where both are in one hand.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.dsp.level import rms
from fairplay_bench.dsp.windows import WINDOW_SAMPLES, window_starts
from fairplay_bench.errors import ShapeError
from fairplay_bench.media.ambisonic import AMBISONIC_RATE, CHANNELS
from fairplay_bench.media.audio import read_sound
from fairplay_bench.models.interface import Frames, MonoClip
from fairplay_bench.records import SAMPLE_RATE, Protocol
from fairplay_bench.scoring.pair import ears_of


def target_ears(data: PreparedDataset, row: IndexRow) -> Tensor:
    """Recorded ears of a clip, ``(2, samples)``, 16 kHz.

    Raises:
        MediaError: if the file cannot be read.
        ShapeError: if it is not two ears at 16 kHz.
    """
    path = data.folder / row.audio
    return ears_of(read_sound(path), str(path))


def target_field(data: PreparedDataset, row: IndexRow) -> Tensor | None:
    """First-order sound of a clip, ``(4, samples)``, W, Y, Z, X at 48 kHz; None where the data set keeps none.

    Raises:
        MediaError: if the file cannot be read.
        ShapeError: if it is not four channels at 48 kHz.
    """
    return read_field(data.folder / row.ambisonics) if row.ambisonics else None


def read_field(path: Path) -> Tensor:
    """Read first-order sound, ``(4, samples)``, W, Y, Z, X at 48 kHz.

    Raises:
        MediaError: if the file cannot be read.
        ShapeError: if it is not four channels at 48 kHz.
    """
    sound = read_sound(path)
    if (sound.channels, sound.rate) != (CHANNELS, AMBISONIC_RATE):
        raise ShapeError(
            f"{path}: {sound.channels} channel(s) at {sound.rate} Hz, expected {CHANNELS} at {AMBISONIC_RATE} Hz; "
            "prepare the clip again."
        )
    return torch.from_numpy(sound.samples.T.copy())


def clip_omni(data: PreparedDataset, row: IndexRow) -> Tensor | None:
    """W channel of a clip, ``(samples,)``, 48 kHz, apart from the others; None where the data set keeps none.

    Raises:
        MediaError: if the file cannot be read.
        ShapeError: if it is not four channels at 48 kHz.
    """
    field = target_field(data, row)
    return None if field is None else field[0].clone()


def prepared_clip(data: PreparedDataset, row: IndexRow, target: Tensor, protocol: Protocol) -> MonoClip:
    """What a method is given of a prepared clip; see :func:`mono_clip`.

    Raises:
        MediaError: if its ambisonic sound cannot be read.
        ShapeError: if that is not four channels at 48 kHz.
        DatasetError: if the data set's filters cannot be read.
    """
    clip = mono_clip(row.clip_id, target, clip_frames(data, row), protocol, clip_omni(data, row))
    return clip if data.filters is None else replace(clip, decoder=torch.from_numpy(data.filters))


def mono_clip(clip_id: str, target: Tensor, frames: Frames, protocol: Protocol, omni: Tensor | None = None) -> MonoClip:
    """What a method is given.

    Args:
        clip_id: the clip.
        target: ``(2, samples)``, 16 kHz.
        frames: its pictures.
        protocol: decides whose level is told.
        omni: the W channel, as :func:`clip_omni` gives it.

    Returns:
        The mean of the ears, the W channel, the pictures, and under an oracle protocol the levels of its windows; no
        view of the target.
    """
    levels = _oracle_levels(target, protocol) if protocol.oracle_level else None
    return MonoClip(clip_id, target.mean(dim=0), SAMPLE_RATE, frames, levels, omni, protocol=protocol)


def clip_frames(data: PreparedDataset, row: IndexRow) -> Frames:
    """Pictures of a prepared clip."""
    return Frames(data.folder / row.frames, row.n_frames)


def _oracle_levels(target: Tensor, protocol: Protocol) -> Mapping[int, float]:
    """RMS of both ears in each of the protocol's windows; a short clip counts as padded with zeros."""
    samples = target.shape[-1]
    padded = torch.nn.functional.pad(target, (0, max(0, WINDOW_SAMPLES - samples)))
    starts = window_starts(samples, round(protocol.hop_s * SAMPLE_RATE))
    return {start: rms(padded[:, start : start + WINDOW_SAMPLES]) for start in starts}
