"""A sound, or the sound of a video, that is made binaural: read in blocks as one channel or as two ears."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fairplay_bench.errors import MediaError
from fairplay_bench.media.sound_stream import Block, resampled, sound_blocks, sound_info

EARS = 2


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
        stored = sound_blocks(self.path, "mono" if self.channels == 1 else "stereo")
        kept = stored if keep_ears else (block.mean(axis=0, keepdims=True) for block in stored)
        yield from (block.T for block in resampled(kept, self.rate, rate))


def open_sound(path: Path) -> SoundSource:
    """Look at a sound file or a video with sound.

    Raises:
        MediaError: if it is missing, empty, truncated, without sound, or has more than two channels in a sound file.
    """
    info = sound_info(path)
    if info.channels > EARS and not info.has_picture:
        raise MediaError(f"{path}: {info.channels} channels; give one, or two ears.")
    return SoundSource(path, min(EARS, info.channels), info.rate, info.duration_s, info.has_picture)
