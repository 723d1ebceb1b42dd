"""Cutting a long recording into clips of ten seconds, in one pass over its sound and one over its pictures."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.units import PreparedUnit, Unit
from fairplay_bench.errors import MediaError
from fairplay_bench.media.audio import write_wav
from fairplay_bench.media.files import sha256_of
from fairplay_bench.media.frames import write_frames
from fairplay_bench.media.sound_stream import Block, regrouped
from fairplay_bench.records import FRAMES_PER_S, SAMPLE_RATE

CLIP_S = 10
CLIP_SAMPLES = CLIP_S * SAMPLE_RATE
CLIP_FRAMES = CLIP_S * FRAMES_PER_S
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
    """

    unit: Unit
    source_rate: int
    ears: Iterable[Block]
    frames: Callable[[int], Iterator[Image]]
    keep: Callable[[Block], bool] = lambda ears: True  # noqa: ARG005


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
    kept: dict[int, float] = {}
    samples = clips = 0
    for number, ears in enumerate(regrouped(recording.ears, CLIP_SAMPLES)):
        samples += ears.shape[-1]
        if ears.shape[-1] < CLIP_SAMPLES or number == most:
            break
        clips += 1
        if recording.keep(ears):
            write_wav(_audio(out, unit, number), np.ascontiguousarray(ears.T), SAMPLE_RATE, scratch)
            kept[number] = float(np.sqrt(np.mean(np.square(ears, dtype=np.float64))))
    if not clips:
        raise MediaError(f"{unit.sources[0]}: lasts less than the {CLIP_S} s of a clip; leave it out.")
    rows = []
    pictures = recording.frames(clips * CLIP_FRAMES)
    for number in range(clips):
        clip = islice(pictures, CLIP_FRAMES)
        if number not in kept:
            for _ in clip:
                pass
            continue
        audio, frames = _audio(out, unit, number), out / "frames" / clip_name(unit.name, CLIP_S * number)
        frames_sha256 = write_frames(frames, clip, scratch)
        rows.append(
            IndexRow(
                clip_id=frames.name,
                video_id=unit.name,
                start_s=float(CLIP_S * number),
                duration_s=float(CLIP_S),
                n_samples=CLIP_SAMPLES,
                n_frames=CLIP_FRAMES,
                audio=audio.relative_to(out).as_posix(),
                frames=frames.relative_to(out).as_posix(),
                source_sha256=digest,
                audio_sha256=sha256_of([audio]),
                frames_sha256=frames_sha256,
            )
        )
    silence = 10 ** (SILENT_DBFS / 20)
    silent = tuple(clip_name(unit.name, CLIP_S * number) for number, level in kept.items() if level < silence)
    return PreparedUnit(
        unit.name,
        recording.source_rate,
        tuple(rows),
        source_sha256=digest,
        silent=silent,
        remainder_s=samples / SAMPLE_RATE - clips * CLIP_S,
        dropped_clips=clips - len(kept),
    )


def _audio(out: Path, unit: Unit, number: int) -> Path:
    return out / "audio" / f"{clip_name(unit.name, CLIP_S * number)}.wav"
