"""Reading and writing sound files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.errors import MediaError
from fairplay_bench.media.files import check_is_content, written_whole
from fairplay_bench.media.riff import check_complete


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound and its rate, which never part.

    Attributes:
        samples: ``(samples, channels)``, float32, full scale 1.
        rate: Hz.
    """

    samples: NDArray[np.float32]
    rate: int

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.samples.shape[1]

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.samples.shape[0] / self.rate


def read_sound(path: Path) -> Sound:
    """Read a WAV, FLAC or OGG file.

    Args:
        path: the file.

    Returns:
        The whole sound; integers are scaled to [-1, 1).

    Raises:
        MediaError: if the file is missing, empty, a git-LFS pointer, truncated, no sound file, without samples, or not
            finite.
    """
    import soundfile

    check_is_content(path)
    check_complete(path)
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, TypeError) as error:  # a raw extension ends in a TypeError
        reason = getattr(error, "error_string", str(error)).rstrip(". ")
        raise MediaError(f"{path}: not a sound file that can be read ({reason}); copy or download it again.") from error
    if not len(samples):
        raise MediaError(f"{path}: holds no samples; copy or download it again.")
    if not np.isfinite(samples).all():
        first = int(np.argmin(np.isfinite(samples).all(axis=1)))
        raise MediaError(f"{path}: NaN or infinite from sample {first} ({first / rate:.3f} s); repair or remove it.")
    return Sound(samples, rate)


def write_wav(path: Path, samples: NDArray[np.float32], rate: int, scratch: Path | None = None) -> None:
    """Write a 32-bit float WAV, whole or not at all, with the same bytes every time.

    Args:
        path: the file.
        samples: ``(samples, channels)``, float32.
        rate: Hz.
        scratch: see :func:`fairplay_bench.media.files.written_whole`.

    Raises:
        OutputError: if it cannot be written.
    """
    from scipy.io import wavfile  # soundfile puts the time of day into float files

    with written_whole(path, scratch) as temporary:
        wavfile.write(temporary, rate, np.ascontiguousarray(samples, dtype=np.float32))
