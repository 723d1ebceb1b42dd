"""Two ears written as they come: a float WAV, or a video whose picture is copied."""

import struct
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from fairplay_bench.errors import OutputError
from fairplay_bench.media.copied_pictures import CopiedPictures
from fairplay_bench.media.files import written_whole
from fairplay_bench.media.sound_stream import Block, resampled

EARS = 2
VIDEO_RATE = 48_000  # Hz, what players and editors expect beside a picture
_FLOAT, _BYTES = 3, 4  # of a WAV sample: IEEE float, 32 bits
_HEADER = struct.Struct("<4sI4s 4sIHHIIHHH 4sII 4sI")
_LIMIT = 2**32 - 1  # bytes, of a RIFF chunk


def write_wav_stream(path: Path, blocks: Iterable[Block], rate: int) -> float:
    """Write a 32-bit float WAV of two ears, whole or not at all, with the same bytes every time.

    Args:
        path: the file.
        blocks: ``(n, 2)`` each, left first.
        rate: Hz.

    Returns:
        The largest magnitude written.

    Raises:
        OutputError: if it cannot be written or is too long for a WAV.
    """
    peak, samples = 0.0, 0
    with written_whole(path) as temporary, temporary.open("wb") as file:
        _write_header(file, 0, rate)
        for block in blocks:
            file.write(np.ascontiguousarray(block, dtype="<f4").tobytes())
            samples += len(block)
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            if samples * EARS * _BYTES + _HEADER.size > _LIMIT:
                raise OutputError(f"{path}: more than a WAV can hold (4 GiB); split the input.")
        file.seek(0)
        _write_header(file, samples, rate)
    return peak


def write_video(path: Path, source: Path, blocks: Iterable[Block], rate: int, lossless: bool = False) -> float:
    """Write a video with the picture of another, copied without encoding it again, and two ears.

    Args:
        path: the file, MP4, or MOV with ``lossless``.
        source: the video that gives the picture.
        blocks: ``(n, 2)`` each, left first; drawn as they are written.
        rate: theirs, Hz; they are written at 48 kHz.
        lossless: 32-bit float PCM rather than AAC.

    Returns:
        The largest magnitude of the blocks.

    Raises:
        OutputError: if it cannot be written, or the picture's codec does not go into this format.
    """
    import av

    peak = _Peak()
    try:
        with (
            written_whole(path) as temporary,
            av.open(f"file:{source}", metadata_errors="replace") as original,
            av.open(f"file:{temporary}", "w", format=_format(lossless)) as container,
        ):
            track = original.streams.video[0]
            if not _takes(_format(lossless), track):
                raise OutputError(_refusal(path, track, lossless))
            copied = container.add_stream_from_template(track, opaque=True)  # as it is: no encoder is needed
            sound = container.add_stream("pcm_f32le" if lossless else "aac", rate=VIDEO_RATE, layout="stereo")
            pictures = CopiedPictures(original, track, copied)
            done = 0
            for block in (piece.T for piece in resampled(peak.passing(blocks), rate, VIDEO_RATE)):
                container.mux(sound.encode(audio_frame(block, done)))
                done += len(block)
                container.mux(pictures.until(done / VIDEO_RATE))
            container.mux(sound.encode(None))
            container.mux(pictures.until(float("inf")))
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"cannot write {path}: {reason}; give --out with a .wav, which takes no picture.") from error
    return peak.value


def _format(lossless: bool) -> str:
    return "mov" if lossless else "mp4"


def _takes(name: str, track: Any) -> bool:
    """Whether a format takes a picture track as it is; some codecs are refused only when the header is written."""
    import av

    try:
        with av.open(BytesIO(), "w", format=name) as container:
            container.add_stream_from_template(track, opaque=True)
            container.start_encoding()
    except (av.FFmpegError, ValueError):
        return False
    return True


def _refusal(path: Path, track: Any, lossless: bool) -> str:
    """What to choose for pictures that do not go into the wanted format."""
    codec = track.codec_context.codec.canonical_name
    other = {"mp4": "a .mp4 without --lossless, or ", "mov": "a .mov and --lossless, or "}[_format(not lossless)]
    also = other if _takes(_format(not lossless), track) else ""
    return (
        f"cannot write {path}: the picture's codec, {codec}, does not go into {_format(lossless).upper()} as it is; "
        f"give --out with {also}a .wav."
    )


class _Peak:
    def __init__(self) -> None:
        self.value = 0.0

    def passing(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Turn blocks to ``(2, n)``, as streams have them, noting how loud they are."""
        for block in blocks:
            self.value = max(self.value, float(np.abs(block).max(initial=0.0)))
            yield block.T


def audio_frame(block: Block, pts: int) -> Any:
    """Frame for the encoder of two ears ``(n, 2)`` at 48 kHz whose first sample is number ``pts`` of the sound."""
    import av

    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.reshape(1, -1)), format="flt", layout="stereo")
    frame.sample_rate, frame.pts = VIDEO_RATE, pts
    return frame


def _write_header(file: BinaryIO, samples: int, rate: int) -> None:
    data, frame = samples * EARS * _BYTES, EARS * _BYTES
    file.write(
        _HEADER.pack(
            *(b"RIFF", _HEADER.size - 8 + data, b"WAVE"),
            *(b"fmt ", 18, _FLOAT, EARS, rate, rate * frame, frame, 8 * _BYTES, 0),
            *(b"fact", 4, samples, b"data", data),
        )
    )
