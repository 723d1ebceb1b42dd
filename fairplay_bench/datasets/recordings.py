"""Cutting a long recording into clips of ten seconds, in one pass over its sound and one over its pictures."""

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.units import PreparedUnit, Unit
from fairplay_bench.errors import MediaError
from fairplay_bench.media.ambisonic import AMBISONIC_RATE
from fairplay_bench.media.audio import write_wav
from fairplay_bench.media.files import sha256_of
from fairplay_bench.media.frames import write_frames
from fairplay_bench.media.sound_stream import Block, regrouped
from fairplay_bench.records import FRAMES_PER_S, SAMPLE_RATE

CLIP_S = 10
CLIP_SAMPLES = CLIP_S * SAMPLE_RATE
CLIP_FRAMES = CLIP_S * FRAMES_PER_S
AMBISONIC_SAMPLES = CLIP_S * AMBISONIC_RATE
SILENT_DBFS = -60.0

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as streams.

    Attributes:
        unit: its name and files.
        source_rate: rate of its sound as stored, Hz.
        ears: ``(2, samples)`` each, 16 kHz.
        frames: given a number of frames, yields them from the start.
        keep: whether a clip's ears, ``(2, samples)``, are worth keeping.
        ambisonics: the first-order sound that the ears were decoded from, ``(4, samples)`` each, W, Y, Z, X at
            48 kHz, drawn as the ears are; None where there is none.
        channels: which of its channels were recorded, such as ``"WYZX"``.
    """

    unit: Unit
    source_rate: int
    ears: Iterable[Block]
    frames: Callable[[int], Iterator[Image]]
    keep: Callable[[Block], bool] = lambda ears: True  # noqa: ARG005
    ambisonics: Iterable[Block] | None = None
    channels: str = ""


def clip_name(recording: str, start_s: int) -> str:
    """Name of the clip that starts so many seconds into a recording."""
    return f"{recording}_{start_s:05d}"


def write_clips(recording: Recording, out: Path, scratch: Path, most: int | None = None) -> PreparedUnit:
    """Write every whole clip of a recording; what remains at its end is dropped and counted.

    Args:
        recording: its streams.
        out: the prepared data set.
        scratch: folder for temporary names on the same disk.
        most: at most so many clips, because the pictures end there.

    Returns:
        The rows of its clips, which of them are silent (below -60 dBFS), and how much was dropped.

    Raises:
        MediaError: if there is no whole clip, or the sound or the pictures cannot be read.
        OutputError: if a file cannot be written.
    """
    unit, digest = recording.unit, sha256_of(recording.unit.sources)
    done: list[Path] = []
    try:
        levels, clips, seconds = _write_sounds(recording, out, scratch, most, done)
        if not clips:
            raise MediaError(f"{unit.sources[0]}: lasts less than the {CLIP_S} s of a clip; leave it out.")
        hashes = _write_pictures(recording, out, scratch, sorted(levels), done)
    except MediaError:
        for path in done:  # no clip of a recording that failed
            path.unlink() if path.is_file() else shutil.rmtree(path)
        raise
    silence = 10 ** (SILENT_DBFS / 20)
    return PreparedUnit(
        unit.name,
        recording.source_rate,
        tuple(_row(out, recording, number, digest, hashes[number]) for number in sorted(levels)),
        source_sha256=digest,
        silent=tuple(clip_name(unit.name, CLIP_S * number) for number, level in levels.items() if level < silence),
        remainder_s=seconds - clips * CLIP_S,
        dropped_clips=clips - len(levels),
    )


def _write_sounds(
    recording: Recording, out: Path, scratch: Path, most: int | None, done: list[Path]
) -> tuple[dict[int, float], int, float]:
    """Write the sound of each clip worth keeping; their RMS by number, how many clips there were, and all seconds."""
    levels: dict[int, float] = {}
    clips = samples = 0
    fields = repeat(None) if recording.ambisonics is None else regrouped(recording.ambisonics, AMBISONIC_SAMPLES)
    for number, (ears, field) in enumerate(zip(regrouped(recording.ears, CLIP_SAMPLES), fields, strict=False)):
        samples += ears.shape[-1]
        if ears.shape[-1] < CLIP_SAMPLES or (most is not None and number >= most):
            continue
        clips += 1
        if recording.keep(ears):
            path = _audio(out, recording.unit, number)
            write_wav(path, np.ascontiguousarray(ears.T), SAMPLE_RATE, scratch)
            done.append(path)
            if field is not None:
                path = _ambisonics(out, recording.unit, number)
                rounding = AMBISONIC_SAMPLES - field.shape[-1]  # the ears' length is rounded to their lower rate
                write_wav(path, np.pad(field, ((0, 0), (0, rounding))).T, AMBISONIC_RATE, scratch)
                done.append(path)
            levels[number] = float(np.sqrt(np.mean(np.square(ears, dtype=np.float64))))
    return levels, clips, samples / SAMPLE_RATE


def _write_pictures(
    recording: Recording, out: Path, scratch: Path, numbers: list[int], done: list[Path]
) -> dict[int, str]:
    """Write the frames of these clips and give their hashes; the pictures between them are passed over."""
    if not numbers:
        return {}
    pictures = recording.frames((numbers[-1] + 1) * CLIP_FRAMES)
    hashes = {}
    for number in range(numbers[-1] + 1):
        clip = islice(pictures, CLIP_FRAMES)
        if number in numbers:
            path = _frames(out, recording.unit, number)
            hashes[number] = write_frames(path, clip, scratch)
            done.append(path)
        else:
            deque(clip, maxlen=0)
    return hashes


def _row(out: Path, recording: Recording, number: int, source_sha256: str, frames_sha256: str) -> IndexRow:
    unit = recording.unit
    audio, frames, field = (path_of(out, unit, number) for path_of in (_audio, _frames, _ambisonics))
    has_field = recording.ambisonics is not None
    return IndexRow(
        clip_id=frames.name,
        video_id=unit.name,
        start_s=float(CLIP_S * number),
        duration_s=float(CLIP_S),
        n_samples=CLIP_SAMPLES,
        n_frames=CLIP_FRAMES,
        audio=audio.relative_to(out).as_posix(),
        frames=frames.relative_to(out).as_posix(),
        source_sha256=source_sha256,
        audio_sha256=sha256_of([audio]),
        frames_sha256=frames_sha256,
        ambisonics=field.relative_to(out).as_posix() if has_field else "",
        ambisonic_channels=recording.channels,
        ambisonics_sha256=sha256_of([field]) if has_field else "",
    )


def _audio(out: Path, unit: Unit, number: int) -> Path:
    return out / "audio" / f"{clip_name(unit.name, CLIP_S * number)}.wav"


def _ambisonics(out: Path, unit: Unit, number: int) -> Path:
    return out / "ambisonics" / f"{clip_name(unit.name, CLIP_S * number)}.wav"


def _frames(out: Path, unit: Unit, number: int) -> Path:
    return out / "frames" / clip_name(unit.name, CLIP_S * number)
