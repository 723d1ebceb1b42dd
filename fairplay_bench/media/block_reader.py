"""Sound of any length in blocks, from sound files and videos, brought to another rate on the way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.dsp.resample import QUALITY
from fairplay_bench.errors import MediaError
from fairplay_bench.media.files import check_is_content
from fairplay_bench.media.mp4 import check_complete

_BLOCK = 1 << 16  # samples
EARS = 2

Block = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundSource:
    """A sound on disk that is read in blocks.

    Attributes:
        path: the file.
        channels: one, or two ears.
        rate: Hz.
        duration_s: its length as the file says it, seconds; what is read may be some samples off.
        has_picture: whether it is a video.
    """

    path: Path
    channels: int
    rate: int
    duration_s: float
    has_picture: bool

    def blocks(self, rate: int, keep_ears: bool = False) -> Iterator[Block]:
        """Read it from its beginning.

        Args:
            rate: the wanted rate, Hz.
            keep_ears: give both ears rather than their mean.

        Yields:
            ``(n, 1)``, or ``(n, 2)`` with ``keep_ears``, float32, never empty.

        Raises:
            MediaError: if it cannot be read to its end, holds no sample, or a value is not finite.
        """
        kept = (block if keep_ears else block.mean(axis=1, keepdims=True) for block in self._checked())
        yield from resampled(kept, self.rate, rate)

    def _checked(self) -> Iterator[Block]:
        done = 0
        for block in _from_video(self.path) if self.has_picture else _from_file(self.path):
            finite = np.isfinite(block).all(axis=1)
            if not finite.all():
                first = done + int(np.argmin(finite))
                raise MediaError(f"{self.path}: NaN or infinite from sample {first} ({first / self.rate:.3f} s).")
            done += len(block)
            yield block
        if not done:
            raise MediaError(f"{self.path}: holds no samples; copy or download it again.")


def open_sound(path: Path) -> SoundSource:
    """Look at a sound file or a video with sound.

    Raises:
        MediaError: if it is missing, empty, truncated, without sound, or has more than two channels in a sound file.
    """
    import soundfile

    check_is_content(path)
    try:
        info = soundfile.info(path)
    except (soundfile.LibsndfileError, TypeError):  # no sound file, so perhaps a video
        return _open_video(path)
    if info.channels > EARS:
        raise MediaError(f"{path}: {info.channels} channels; give one, or two ears.")
    return SoundSource(path, info.channels, info.samplerate, info.duration, has_picture=False)


def resampled(blocks: Iterable[Block], rate: int, new_rate: int) -> Iterator[Block]:
    """Bring blocks ``(n, channels)`` to another rate, as :func:`fairplay_bench.dsp.resample.resample` does a whole.

    Yields:
        ``(n, channels)``, never empty.
    """
    if rate == new_rate:
        yield from (block for block in blocks if len(block))
        return
    import soxr

    stream = None
    channels = 0
    for block in blocks:
        if stream is None:
            channels = block.shape[1]
            stream = soxr.ResampleStream(rate, new_rate, channels, dtype="float32", quality=QUALITY)
        ready = stream.resample_chunk(np.ascontiguousarray(block))
        if len(ready):
            yield ready.reshape(-1, channels)
    if stream is not None:
        last = stream.resample_chunk(np.zeros((0, channels), np.float32), last=True)
        if len(last):
            yield last.reshape(-1, channels)


def _open_video(path: Path) -> SoundSource:
    import av

    check_complete(path)
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise MediaError(f"{path}: has no sound track.")
            sound = container.streams.audio[0]
            duration_s = float(Fraction(container.duration or 0, av.time_base))
            channels = min(EARS, sound.codec_context.channels)
            return SoundSource(path, channels, sound.codec_context.sample_rate, duration_s, has_picture=True)
    except av.FFmpegError as error:
        reason = error.strerror or "damaged"
        raise MediaError(f"{path}: neither a sound file nor a video that can be read ({reason}).") from error


def _from_file(path: Path) -> Iterator[Block]:
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            yield from file.blocks(_BLOCK, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise MediaError(f"{path}: cannot be read to its end ({error}); copy or download it again.") from error


def _from_video(path: Path) -> Iterator[Block]:
    """Decoded sound from the beginning of the file; silence stands where the sound starts late."""
    import av

    try:
        with av.open(str(path)) as container:
            sound = container.streams.audio[0]
            rate = sound.codec_context.sample_rate
            layout = "mono" if sound.codec_context.channels == 1 else "stereo"
            converter = av.AudioResampler(format="flt", layout=layout, rate=rate)
            origin = Fraction(container.start_time or 0, av.time_base)
            late = None
            for decoded in container.decode(sound):
                if late is None:
                    begins = (decoded.pts or 0) * (decoded.time_base or Fraction(0)) - origin
                    late = max(0, round(begins * rate))
                    if late:
                        yield np.zeros((late, EARS if layout == "stereo" else 1), np.float32)
                yield from _converted(converter, decoded)
            yield from _converted(converter, None)
    except av.FFmpegError as error:
        reason = error.strerror or "damaged"
        raise MediaError(f"{path}: its sound cannot be decoded ({reason}); copy or download it again.") from error


def _converted(converter: Any, decoded: Any) -> Iterator[Block]:
    for frame in converter.resample(decoded):
        channels = len(frame.layout.channels)
        yield frame.to_ndarray().reshape(-1, channels)
