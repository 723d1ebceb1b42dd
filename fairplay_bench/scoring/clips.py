"""From a prepared clip to what a method is given of it, and to its target.

This is the only place where both are in one hand.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.dsp.level import rms
from fairplay_bench.dsp.windows import WINDOW_SAMPLES, window_starts
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


def mono_clip(clip_id: str, target: Tensor, frames: Frames, protocol: Protocol) -> MonoClip:
    """What a method is given.

    Args:
        clip_id: the clip.
        target: ``(2, samples)``, 16 kHz.
        frames: its pictures.
        protocol: decides whose level is told.

    Returns:
        The mean of the ears, the pictures, and under an oracle protocol the levels of its windows; no view of the
        target.
    """
    levels = _oracle_levels(target, protocol) if protocol.oracle_level else None
    return MonoClip(clip_id, target.mean(dim=0), SAMPLE_RATE, frames, levels, protocol=protocol)


def clip_frames(data: PreparedDataset, row: IndexRow) -> Frames:
    """Pictures of a prepared clip."""
    return Frames(data.folder / row.frames, row.n_frames)


def _oracle_levels(target: Tensor, protocol: Protocol) -> Mapping[int, float]:
    """RMS of both ears in each of the protocol's windows; a short clip counts as padded with zeros."""
    samples = target.shape[-1]
    padded = torch.nn.functional.pad(target, (0, max(0, WINDOW_SAMPLES - samples)))
    starts = window_starts(samples, round(protocol.hop_s * SAMPLE_RATE))
    return {start: rms(padded[:, start : start + WINDOW_SAMPLES]) for start in starts}
