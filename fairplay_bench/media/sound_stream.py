"""Sound of any file, block by block: WAV, FLAC and OGG, and the sound track of MP4, WebM and MKV.

Channels come as the file stores them. A recording of hours needs the memory of a second.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.dsp.resample import QUALITY
from fairplay_bench.errors import MediaError
from fairplay_bench.media import mp4, riff
from fairplay_bench.media.files import check_is_content

Block = NDArray[np.float32]  # (channels, samples)

SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".oga")
BLOCK_S = 1.0


@dataclass(frozen=True, slots=True)
class SoundInfo:
    """What a sound file or track is.

    Attributes:
        rate: Hz.
        channels: number of channels.
        codec: such as ``"pcm"``, ``"aac"``, ``"opus"``.
    """

    rate: int
    channels: int
    codec: str


def sound_info(path: Path) -> SoundInfo:
    """Look at the sound of a file without decoding it.

    Raises:
        MediaError: if the file is missing, damaged or without sound.
    """
    check_is_content(path)
    if path.suffix.lower() in SOUND_SUFFIXES:
        with _sound_file(path) as file:
            return SoundInfo(file.samplerate, file.channels, "pcm")
    with _container(path) as container:
        context = _sound_stream(container, path).codec_context
        return SoundInfo(context.sample_rate, context.channels, context.name)


def sound_blocks(path: Path) -> Iterator[Block]:
    """Decode the sound of a file from its start to its end.

    Args:
        path: the file.

    Yields:
        ``(channels, samples)``, float32, about a second each, at the file's own rate.

    Raises:
        MediaError: if the file is missing, truncated, damaged, without sound, or not finite.
    """
    check_is_content(path)
    pieces = _file_pieces(path) if path.suffix.lower() in SOUND_SUFFIXES else _track_pieces(path)
    for block in pieces:
        if not np.isfinite(block).all():
            raise MediaError(f"{path}: its sound holds NaN or infinite values; repair or remove it.")
        yield block


def resampled(blocks: Iterable[Block], rate: int, new_rate: int) -> Iterator[Block]:
    """Bring a stream to another rate, with the result of resampling it as a whole.

    Args:
        blocks: ``(channels, samples)`` each.
        rate: Hz.
        new_rate: the wanted rate, Hz.

    Yields:
        ``(channels, samples)``.
    """
    if rate == new_rate:
        yield from blocks
        return
    import soxr

    stream: Any = None
    channels = 0
    for block in blocks:
        if stream is None:
            channels = len(block)
            stream = soxr.ResampleStream(rate, new_rate, channels, dtype="float32", quality=QUALITY)
        yield stream.resample_chunk(np.ascontiguousarray(block.T, dtype=np.float32)).T
    if stream is not None:
        yield stream.resample_chunk(np.zeros((0, channels), np.float32), last=True).T


def regrouped(blocks: Iterable[Block], samples: int) -> Iterator[Block]:
    """Cut a stream into blocks of one length; the last one may be shorter."""
    waiting: list[Block] = []
    held = 0
    for block in blocks:
        waiting.append(block)
        held += block.shape[-1]
        while held >= samples:
            joined = np.concatenate(waiting, axis=-1)
            yield joined[..., :samples]
            waiting, held = [joined[..., samples:]], held - samples
    if held:
        yield np.concatenate(waiting, axis=-1)


def _sound_file(path: Path) -> Any:
    import soundfile

    riff.check_complete(path)
    try:
        return soundfile.SoundFile(path)
    except soundfile.LibsndfileError as error:
        raise MediaError(f"{path}: not a sound file that can be read ({error}); copy or download it again.") from error


def _file_pieces(path: Path) -> Iterator[Block]:
    with _sound_file(path) as file:
        for block in file.blocks(round(BLOCK_S * file.samplerate), dtype="float32", always_2d=True):
            yield np.ascontiguousarray(block.T)


def _container(path: Path) -> Any:
    import av

    mp4.check_complete(path)
    try:
        return av.open(str(path), metadata_errors="replace")
    except av.FFmpegError as error:
        reason = error.strerror or "damaged"
        raise MediaError(f"{path}: cannot be opened ({reason}); copy or download it again.") from error


def _sound_stream(container: Any, path: Path) -> Any:
    if not container.streams.audio or container.streams.audio[0].codec_context is None:
        raise MediaError(f"{path}: has no sound track that can be decoded.")
    return container.streams.audio[0]


def _track_pieces(path: Path) -> Iterator[Block]:
    import av

    with _container(path) as container:
        stream = _sound_stream(container, path)
        to_float = av.AudioResampler(format="fltp")  # keeps rate and channels
        pieces = (
            piece.to_ndarray().astype(np.float32, copy=False)
            for frame in container.decode(stream)
            for piece in to_float.resample(frame)
        )
        try:
            yield from regrouped(pieces, round(BLOCK_S * stream.codec_context.sample_rate))
        except av.FFmpegError as error:
            reason = error.strerror or "damaged"
            raise MediaError(f"{path}: its sound cannot be decoded ({reason}); download it again.") from error
