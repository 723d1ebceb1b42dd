"""Sources of scenes: a cut-out player and its mono sound, one row each of ``patches.parquet``.

Columns: those of :class:`PatchRow`. ``picture`` and ``background`` are JPEG, ``sound`` is FLAC (16 kHz, 16 bit, its
peak at full scale; ``rms`` is that of the sound as recorded).
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from baselines.pseudo_binaural.scene import HEIGHT, WIDTH, SourceShape
from fairplay_bench.dsp.windows import WINDOW_SAMPLES
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.jobs import interrupts_held
from fairplay_bench.media.files import written_whole
from fairplay_bench.media.frames import JPEG_QUALITY
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, SAMPLE_RATE, ClipId

PATCHES_FILE = "patches.parquet"
_FULL_SCALE = 32767


@dataclass(frozen=True, slots=True)
class PatchRow:
    """One source as it is stored.

    Attributes:
        clip_id: the clip it comes from.
        frame: number of the frame it was cut from.
        x: left side of the box in that frame of 480 x 240 pixels.
        y: its upper side.
        width: of the box.
        height: of the box.
        label: what is in it, as the detector or the table says; empty for a whole frame.
        score: of the detector; 1 where there was none.
        n_samples: length of the sound at 16 kHz.
        rms: of the sound as recorded.
        picture: the cut-out.
        background: the whole frame without the player; empty where the box leaves no surroundings.
        sound: mono, the mean of the ears.
    """

    clip_id: ClipId
    frame: int
    x: float
    y: float
    width: float
    height: float
    label: str
    score: float
    n_samples: int
    rms: float
    picture: bytes
    background: bytes
    sound: bytes


@dataclass(frozen=True, slots=True)
class Source:
    """One source in memory.

    Attributes:
        clip_id: the clip it comes from.
        label: what it is.
        shape: size of its patch on the canvas where it is not scaled, and its level.
        picture: the cut-out, RGB.
        background: its frame without it, still as JPEG; empty where there is none.
        sound: ``(n_samples,)``, int16.
        sound_rms: of ``sound``, in its unit.
    """

    clip_id: ClipId
    label: str
    shape: SourceShape
    picture: Image.Image
    background: bytes
    sound: NDArray[np.int16]
    sound_rms: float


@dataclass(frozen=True, slots=True)
class LoadedSources:
    """Sources that may be used, and how many of the file may not."""

    sources: list[Source]
    left_out: int


def encoded_picture(picture: NDArray[np.uint8]) -> bytes:
    """A picture ``(height, width, 3)`` as JPEG."""
    sheet = BytesIO()
    Image.fromarray(picture).save(sheet, "JPEG", quality=JPEG_QUALITY)
    return sheet.getvalue()


def decoded_picture(content: bytes) -> Image.Image:
    """A picture out of a file's content, RGB."""
    with Image.open(BytesIO(content)) as image:
        return image.convert("RGB")


def encoded_sound(mono: NDArray[np.float32]) -> bytes:
    """A sound ``(samples,)`` at 16 kHz as FLAC, its peak at full scale."""
    import soundfile

    sheet = BytesIO()
    scaled = np.rint(mono * (_FULL_SCALE / np.abs(mono).max())).astype(np.int16)
    with interrupts_held():  # soundfile calls back to write into memory, and Ctrl-C in a callback is lost
        soundfile.write(sheet, scaled, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    return sheet.getvalue()


def write_patches(file: Path, rows: Iterable[PatchRow]) -> None:
    """Write ``patches.parquet``, whole or not at all, by clip.

    Raises:
        OutputError: if it cannot be written.
    """
    import pandas as pd

    ordered = sorted(rows, key=lambda row: row.clip_id)
    table = pd.DataFrame([asdict(row) for row in ordered], columns=[field.name for field in fields(PatchRow)])
    with written_whole(file) as temporary:
        table.to_parquet(temporary, index=False)


def load_sources(file: Path, clips: Collection[ClipId] | None = None) -> LoadedSources:
    """Read the sources that may be used.

    Args:
        file: ``patches.parquet``, or the folder that holds it.
        clips: the training clips of a split; sources of all other clips are left out. None takes every source.

    Returns:
        The sources by clip, and the number of those left out.

    Raises:
        OptionError: if there is no such file.
        DatasetError: if it is damaged, holds something else, or no source of these clips.
    """
    rows = _rows(file / PATCHES_FILE if file.is_dir() else file)
    kept = rows if clips is None else [row for row in rows if row.clip_id in set(clips)]
    if not kept:
        raise DatasetError(f"{file}: none of its {len(rows)} sources is of a training clip; cut out this data set.")
    return LoadedSources([_loaded(row, file) for row in kept], len(rows) - len(kept))


def _rows(file: Path) -> list[PatchRow]:
    import pandas as pd

    if not file.is_file():
        raise OptionError(f"{file}: no such file; make it with `fairplay-bench patches FOLDER`.")
    try:
        table = pd.read_parquet(file)
        names = [field.name for field in fields(PatchRow)]
        rows = [PatchRow(*values) for values in table[names].itertuples(index=False)]
    except (OSError, ValueError, KeyError, TypeError) as error:  # pyarrow's errors descend from these
        reason = str(error).partition("\n")[0]
        raise DatasetError(f"{file}: no table of patches that can be read ({reason}); make it again.") from error
    return sorted(rows, key=lambda row: row.clip_id)


def _loaded(row: PatchRow, file: Path) -> Source:
    import soundfile

    try:
        with interrupts_held():  # as where it was written
            sound, rate = soundfile.read(BytesIO(row.sound), dtype="int16")
        picture = decoded_picture(row.picture)
    except (soundfile.LibsndfileError, OSError, SyntaxError) as error:
        raise DatasetError(f"{file}: the source of clip {row.clip_id} is damaged ({error}); make it again.") from error
    if rate != SAMPLE_RATE or sound.ndim != 1 or len(sound) < WINDOW_SAMPLES:
        raise DatasetError(
            f"{file}: the source of clip {row.clip_id} lasts {len(sound) / rate:.2f} s at {rate} Hz; a segment needs "
            f"{WINDOW_SAMPLES / SAMPLE_RATE:.2f} s at {SAMPLE_RATE} Hz: leave that clip out."
        )
    across, down = WIDTH / FRAME_WIDTH, HEIGHT / FRAME_HEIGHT
    shape = SourceShape(row.width * across, row.height * down, row.rms, (row.y + row.height / 2) * down)
    level = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return Source(row.clip_id, row.label, shape, picture, row.background, sound, level)
