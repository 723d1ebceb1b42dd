"""First-order ambisonic sound as recordings of the 360° sets store it, brought to W, Y, Z, X.

Vorbis, Opus and WAV hold the four channels as they are. AAC has no four plain channels, so such files pretend to be
5.1 surround: W, Y, Z and X are the decoded channels 2, 1, 4 and 0. Recordings without height have a silent Z.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from fairplay_bench.errors import MediaError
from fairplay_bench.media.sound_stream import Block, SoundInfo

AMBISONIC_RATE = 48_000  # Hz, of the 360° sets and of everything decoded
CHANNELS = 4
AAC_CHANNELS = 6
_AAC_PLACES = (2, 1, 4, 0)
_Z = 2
WITH_HEIGHT, WITHOUT_HEIGHT = "WYZX", "WYX"  # the channels that were recorded, in order
_SILENT_OMNI_DB = -60.0  # W against the other channels: in any sound field it is about as strong as they together


def check_first_order(info: SoundInfo, path: Path, has_height: bool = True) -> None:
    """Refuse sound that is not first-order ambisonic.

    Args:
        info: what the sound is.
        path: its file, for the message.
        has_height: False for a recording known to lack Z, which may come with three channels.

    Raises:
        MediaError: naming the number of channels.
    """
    accepted = {CHANNELS} if has_height else {CHANNELS, CHANNELS - 1}
    if info.codec == "aac":
        accepted.add(AAC_CHANNELS)
    if info.channels not in accepted:
        raise MediaError(
            f"{path}: {info.channels} channel(s) of {info.codec}, but first-order ambisonic sound has {CHANNELS} "
            f"(AAC: {AAC_CHANNELS}); this is no 360° recording, or its sound was mixed down."
        )


def first_order(blocks: Iterable[Block], has_height: bool = True) -> Iterator[Block]:
    """Bring blocks to W, Y, Z, X.

    Args:
        blocks: ``(channels, samples)``: four channels, six of AAC, or three where there is no height.
        has_height: False silences Z.

    Yields:
        ``(4, samples)``.
    """
    for block in blocks:
        if len(block) == AAC_CHANNELS:
            channels = block[list(_AAC_PLACES)]
        elif len(block) == CHANNELS - 1:
            channels = np.insert(block, _Z, 0.0, axis=0)
        else:
            channels = block
        if not has_height:
            channels = channels.copy()
            channels[_Z] = 0.0
        yield channels


def with_omni(blocks: Iterable[Block], path: Path) -> Iterator[Block]:
    """Pass W, Y, Z, X on and refuse them at their end if W was silent though others were not.

    Args:
        blocks: ``(4, samples)`` each.
        path: their file, for the message.

    Yields:
        The blocks.

    Raises:
        MediaError: if W lies 60 dB or more below the other channels together, as in no sound field.
    """
    omni = others = 0.0
    for block in blocks:
        energy = np.square(block, dtype=np.float64).sum(axis=-1)
        omni, others = omni + float(energy[0]), others + float(energy[1:].sum())
        yield block
    if omni < others * 10 ** (_SILENT_OMNI_DB / 10):
        raise MediaError(
            f"{path}: its first channel, W, is silent and others are not: this is no ambisonic sound in the order "
            "W, Y, Z, X; bring it into that order or leave it out."
        )
