"""Ambisonic recordings decoded to two ears: the user's choice of head and decoder, and whole files of any length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fairplay_bench.errors import DatasetError, MediaError
from fairplay_bench.media.ambisonic import AAC_CHANNELS, AMBISONIC_RATE, first_order, with_omni
from fairplay_bench.media.files import sha256_of
from fairplay_bench.media.sound_stream import Block, SoundInfo, regrouped, resampled, sound_blocks, sound_info
from fairplay_bench.media.sound_writer import write_wav_stream

if TYPE_CHECKING:
    from hrtf.ambisonics import AmbisonicFormat
    from hrtf.decoder import Decoder

DIRECTION_FRAME_S = 0.1


@dataclass(frozen=True)
class ChosenDecoder:
    """A decoder and the head it was made for.

    Attributes:
        decoder: from ambisonics to two ears.
        hrtf: name of the head and, of a file, its SHA-256.
    """

    decoder: "Decoder"
    hrtf: dict[str, str]


def named_decoder(hrtf: str, decoder: str, rate: int) -> ChosenDecoder:
    """Make a decoder.

    Args:
        hrtf: a name of the catalogue or a SOFA file.
        decoder: name of the decoder with its version.
        rate: of the signals to decode, Hz.

    Returns:
        The decoder and the record of its head.

    Raises:
        HrtfError: if the head or the decoder is not known or cannot be used.
    """
    from hrtf.catalogue import load_head
    from hrtf.decoders import make_decoder

    head = load_head(hrtf)
    record = {"name": head.name}
    if Path(hrtf).is_file():
        record["sha256"] = sha256_of([Path(hrtf)])
    return ChosenDecoder(make_decoder(decoder, head, rate), record)


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """What decoding a file gave.

    Attributes:
        source: the file.
        out: the two ears.
        sample_rate: of the ears, Hz.
        source_rate: of the file, Hz.
        channels: of the file.
        peak: largest magnitude of the ears, full scale 1.
    """

    source: str
    out: str
    sample_rate: int
    source_rate: int
    channels: int
    peak: float


def decode_file(source: Path, out: Path, decoder: "Decoder", stored: "AmbisonicFormat") -> DecodedFile:
    """Decode an ambisonic file to a float WAV of two ears, in blocks.

    Args:
        source: WAV, FLAC, OGG, or a video with ambisonic sound; resampled to 48 kHz if it is at another rate. Six
            channels of AAC are taken for first order in ACN, as the 360° sets have it.
        out: the WAV, as long as the source and late by the decoder's delay; written whole or not at all.
        decoder: at 48 kHz.
        stored: channel order and weights of the source.

    Returns:
        What came of it.

    Raises:
        MediaError: if the source cannot be read, its channels are no ambisonics of the decoder's order, or W is silent
            though others are not.
        OutputError: if the output cannot be written.
    """
    from hrtf.decoder import decode_blocks
    from hrtf.errors import HrtfError

    info = sound_info(source)
    ambix = _ambix(source, info, stored)
    ears = decode_blocks(resampled(ambix, info.rate, AMBISONIC_RATE), decoder, AMBISONIC_RATE)
    try:
        peak = write_wav_stream(out, (block.T.astype(np.float32) for block in ears), AMBISONIC_RATE)
    except HrtfError as error:
        raise MediaError(f"{source}: {error}.") from error
    return DecodedFile(str(source), str(out), AMBISONIC_RATE, info.rate, info.channels, peak)


def plot_direction(source: Path, stored: "AmbisonicFormat", out: Path) -> None:
    """Draw where the sound of an ambisonic file comes from over time, by its active intensity in frames of 0.1 s.

    Args:
        source: as :func:`decode_file`.
        stored: channel order and weights of the source.
        out: a PNG.

    Raises:
        MediaError: if the source cannot be read or is no ambisonics.
    """
    from hrtf.errors import HrtfError
    from hrtf.plots import plot_sound_direction
    from hrtf.sound_direction import SoundDirection, intensity_direction

    info = sound_info(source)
    frame = round(DIRECTION_FRAME_S * info.rate)
    blocks = regrouped(_ambix(source, info, stored), 10 * frame)
    try:
        parts = [intensity_direction(block, frame) for block in blocks if block.shape[-1] >= frame]
    except HrtfError as error:
        raise MediaError(f"{source}: {error}.") from error
    names = [field.name for field in fields(SoundDirection)]
    whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    plot_sound_direction(SoundDirection(**whole), frame / info.rate, out, source.name)


def _ambix(source: Path, info: SoundInfo, stored: "AmbisonicFormat") -> Iterator[Block]:
    from hrtf.ambisonics import AMBIX, convert

    blocks = sound_blocks(source)
    if info.codec == "aac" and info.channels == AAC_CHANNELS:
        blocks = first_order(blocks)
    return with_omni((convert(block, stored, AMBIX).astype(np.float32) for block in blocks), source)


def output_names(sources: Sequence[Path], out: Path) -> list[Path]:
    """Where each file goes: to ``out`` itself, or into it, as a folder, when there are several.

    Raises:
        DatasetError: if two of them would take one name.
    """
    if len(sources) == 1 and not out.is_dir():
        return [out]
    names = [out / f"{source.stem}.wav" for source in sources]
    if len(set(names)) < len(names):
        raise DatasetError(f"{out}: two inputs have one name there; decode them one by one.")
    return names
