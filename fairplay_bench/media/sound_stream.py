"""Sound of any file, block by block: WAV, FLAC and OGG, and the sound track of MP4, WebM and MKV.

Channels come as the file stores them. A recording of hours needs the memory of a second.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.dsp.resample import QUALITY
from fairplay_bench.errors import MediaError
from fairplay_bench.media import riff
from fairplay_bench.media.completeness import check_complete
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
        duration_s: as the file says it, seconds; what is read may be some samples off. 0 if it does not say.
        has_picture: whether there is a picture track beside it.
    """

    rate: int
    channels: int
    codec: str
    duration_s: float
    has_picture: bool


def sound_info(path: Path) -> SoundInfo:
    """Look at the sound of a file without decoding it.

    Raises:
        MediaError: if the file is missing, damaged or without sound.
    """
    check_is_content(path)
    if path.suffix.lower() in SOUND_SUFFIXES:
        with _sound_file(path) as file:
            return SoundInfo(file.samplerate, file.channels, "pcm", file.frames / file.samplerate, has_picture=False)
    with _container(path) as container:
        context = _sound_stream(container, path).codec_context
        duration_s = (container.duration or 0) / 1e6
        has_picture = bool(container.streams.video)
        return SoundInfo(context.sample_rate, context.channels, context.name, duration_s, has_picture)


def sound_blocks(path: Path, layout: str | None = None) -> Iterator[Block]:
    """Decode the sound of a file from its start to its end.

    Args:
        path: the file.
        layout: a layout of FFmpeg's, such as ``"stereo"``, to mix the track of a video to; as stored by default.

    Yields:
        ``(channels, samples)``, float32, about a second each, at the file's own rate; never empty. Silence stands
        where the sound of a video begins later than the file.

    Raises:
        MediaError: if the file is missing, truncated, damaged, without sound, without samples, or not finite.
    """
    check_is_content(path)
    pieces = _file_pieces(path) if path.suffix.lower() in SOUND_SUFFIXES else _track_pieces(path, layout)
    done = 0
    for rate, block in pieces:
        finite = np.isfinite(block).all(axis=0)
        if not finite.all():
            first = done + int(np.argmin(finite))
            raise MediaError(
                f"{path}: NaN or infinite from sample {first} ({first / rate:.3f} s); repair or remove it."
            )
        done += block.shape[-1]
        yield block
    if not done:
        raise MediaError(f"{path}: holds no samples; copy or download it again.")


def resampled(blocks: Iterable[Block], rate: int, new_rate: int) -> Iterator[Block]:
    """Bring a stream to another rate, with the result of resampling it as a whole.

    Args:
        blocks: ``(channels, samples)`` each.
        rate: Hz.
        new_rate: the wanted rate, Hz.

    Yields:
        ``(channels, samples)``, never empty unless a block was and the rates are one.
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
        ready = stream.resample_chunk(np.ascontiguousarray(block.T, dtype=np.float32))
        if len(ready):
            yield ready.reshape(-1, channels).T
    if stream is not None:
        rest = stream.resample_chunk(np.zeros((0, channels), np.float32), last=True)
        if len(rest):
            yield rest.reshape(-1, channels).T


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


def _file_pieces(path: Path) -> Iterator[tuple[int, Block]]:
    import soundfile

    with _sound_file(path) as file:
        blocks, done = file.blocks(round(BLOCK_S * file.samplerate), dtype="float32", always_2d=True), 0
        while True:
            try:
                block = next(blocks, None)
            except soundfile.LibsndfileError as error:
                whole, reason = f"{done / file.samplerate:.0f} s", error.error_string.rstrip(". ")
                raise MediaError(
                    f"{path}: truncated or damaged beyond its first {whole} ({reason}); copy or download it again."
                ) from error
            if block is None:
                return
            done += len(block)
            yield file.samplerate, np.ascontiguousarray(block.T)


def _container(path: Path) -> Any:
    import av

    check_complete(path)
    try:
        return av.open(f"file:{path}", metadata_errors="replace")
    except av.FFmpegError as error:
        reason = error.strerror or "damaged"
        raise MediaError(f"{path}: cannot be opened ({reason}); copy or download it again.") from error


def _sound_stream(container: Any, path: Path) -> Any:
    if not container.streams.audio or container.streams.audio[0].codec_context is None:
        raise MediaError(f"{path}: has no sound track that can be decoded.")
    return container.streams.audio[0]


def _track_pieces(path: Path, layout: str | None) -> Iterator[tuple[int, Block]]:
    import av

    with _container(path) as container:
        stream = _sound_stream(container, path)
        rate = stream.codec_context.sample_rate
        try:
            pieces = _decoded(container, stream, av.AudioResampler(format="fltp", layout=layout))
            yield from ((rate, block) for block in regrouped(pieces, round(BLOCK_S * rate)))
        except (av.FFmpegError, ValueError) as error:  # ValueError: channels or rate change on the way
            reason = getattr(error, "strerror", None) or "damaged"
            raise MediaError(f"{path}: its sound cannot be decoded ({reason}); download it again.") from error


def _decoded(container: Any, stream: Any, to_float: Any) -> Iterator[Block]:
    origin = max(Fraction(container.start_time or 0, 1_000_000), Fraction(0))  # below 0 lies what a codec discards
    begun = False
    for frame in container.decode(stream):
        for piece in to_float.resample(frame):
            block = piece.to_ndarray().astype(np.float32, copy=False)
            if not begun:
                late_s = (frame.pts or 0) * (frame.time_base or Fraction(0)) - origin
                yield np.zeros((len(block), max(0, round(late_s * frame.sample_rate))), np.float32)
                begun = True
            yield block
