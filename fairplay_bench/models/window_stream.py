"""The protocol's windows of a sound that comes in blocks, of any length, without its end being known."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from fairplay_bench.dsp.level import rms
from fairplay_bench.dsp.windows import WINDOW_SAMPLES
from fairplay_bench.errors import OptionError
from fairplay_bench.models.windowed import Window, picture_moment_s
from fairplay_bench.records import SAMPLE_RATE, Protocol

EARS = 2


def stream_windows(blocks: Iterable[NDArray[np.float32]], protocol: Protocol) -> Iterator[Window]:
    """Cut a sound into windows as it comes.

    The level is computed here, because it is the harness's: a method receives windows of the mean of the ears alone.

    Args:
        blocks: ``(n, 1)``, the mean of the ears, or ``(n, 2)``, both; 16 kHz. Where the blocks are cut is of no
            consequence.
        protocol: gives the distance of the windows and whose level scales them.

    Yields:
        The windows that :func:`fairplay_bench.models.windowed.clip_windows` gives of the whole.

    Raises:
        OptionError: if the protocol takes its level from two ears and there is one channel.
    """
    hop = round(protocol.hop_s * SAMPLE_RATE)
    held, held_from, start = torch.zeros(0, 0), 0, 0  # `start` is that of the next window
    for block in blocks:
        heard = torch.from_numpy(np.ascontiguousarray(block.T))
        if protocol.oracle_level and len(heard) != EARS:
            raise OptionError(
                f"protocol {protocol.name} takes the level from the true ears: give the binaural recording itself, "
                "or choose --protocol v1."
            )
        held = torch.cat([held, heard], dim=1) if held.numel() else heard
        while held_from + held.shape[1] > start + WINDOW_SAMPLES:  # more follows, so this window is not the last
            yield _window(held[:, start - held_from :][:, :WINDOW_SAMPLES], start, protocol)
            start += hop
            passed = max(0, start - hop - held_from)  # the last window begins at most a hop before its turn
            held, held_from = held[:, passed:], held_from + passed
    last = max(0, held_from + held.shape[1] - WINDOW_SAMPLES)
    yield _window(held[:, last - held_from :], last, protocol)


def _window(ears: Tensor, start: int, protocol: Protocol) -> Window:
    samples = ears.shape[1]
    padded = pad(ears, (0, WINDOW_SAMPLES - samples))
    mono = padded.mean(dim=0)
    level = rms(padded) if protocol.oracle_level else rms(2 * mono)
    return Window(start, mono, level, picture_moment_s(start, start + samples, SAMPLE_RATE), samples)
