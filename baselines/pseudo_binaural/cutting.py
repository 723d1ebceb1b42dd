"""Cutting players out of the solo clips of a FAIR-Play folder or of a prepared data set."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from baselines.pseudo_binaural import poisson
from baselines.pseudo_binaural.boxes import Box, middle_frame, solo_box, whole_frame
from baselines.pseudo_binaural.sources import PatchRow, encoded_picture, encoded_sound
from fairplay_bench.datasets.fair_play import find_clips
from fairplay_bench.datasets.index import DATASET_FILE
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.dsp.level import RMS_FLOOR
from fairplay_bench.dsp.resample import resample
from fairplay_bench.dsp.windows import WINDOW_SAMPLES
from fairplay_bench.errors import BenchError, DatasetError, OptionError
from fairplay_bench.jobs import Reporter, run_all
from fairplay_bench.media.audio import read_sound
from fairplay_bench.media.frames import frame_name, read_image
from fairplay_bench.media.video import take_frames
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, FRAMES_PER_S, SAMPLE_RATE, ClipId

DETAIL = 2  # a picture out of a video is read at so many times the size of a prepared frame
Picture = NDArray[np.uint8]
Finder = Callable[[Picture, int], list[Box]]  # the players in a picture, and the number of its frame


@dataclass(frozen=True, slots=True)
class Clip:
    """Where a clip is: its sound, and its video or the folder of its frames."""

    clip_id: ClipId
    audio: Path
    pictures: Path
    boxes: tuple[Box, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReadClip:
    """A clip's mono sound at 16 kHz, and the picture of one of its frames, with its box where that is known."""

    mono: NDArray[np.float32]
    picture: Picture
    frame: int
    box: Box | None


@dataclass(frozen=True, slots=True)
class NotUsed:
    """Why a clip gives no source: ``several``, ``undetected``, ``short``, ``silent`` or ``failed``, and what failed."""

    kind: str
    reason: str = ""


@dataclass(slots=True)
class Cuttings:
    """What became of the clips of a folder.

    Attributes:
        rows: the sources.
        clips: how many clips were looked at.
        several: clips with several players.
        undetected: clips without a player that was found.
        short: clips shorter than a segment.
        silent: clips below -80 dBFS.
        failed: clips that could not be read, and why.
    """

    rows: list[PatchRow] = field(default_factory=list)
    clips: int = 0
    several: list[ClipId] = field(default_factory=list)
    undetected: list[ClipId] = field(default_factory=list)
    short: list[ClipId] = field(default_factory=list)
    silent: list[ClipId] = field(default_factory=list)
    failed: dict[ClipId, str] = field(default_factory=dict)

    def sort_in(self, clip: ClipId, outcome: PatchRow | NotUsed) -> None:
        """Count one clip."""
        self.clips += 1
        if isinstance(outcome, PatchRow):
            self.rows.append(outcome)
        elif outcome.kind == "failed":
            self.failed[clip] = outcome.reason
        else:
            getattr(self, outcome.kind).append(clip)


def clips_of(folder: Path, boxes: dict[ClipId, list[Box]] | None = None) -> tuple[list[Clip], dict[ClipId, str]]:
    """Find the clips of a folder.

    Args:
        folder: FAIR-Play as published (mini's source too), or a prepared data set.
        boxes: a table of boxes; clips without a row of it have none.

    Returns:
        The clips by name, and what the table has boxes of that is not there.

    Raises:
        OptionError: if there is no such folder.
        DatasetError: if it is neither.
    """
    if not folder.is_dir():
        raise OptionError(f"{folder}: no such folder; give FAIR-Play as published, or a prepared data set.")
    if (folder / DATASET_FILE).is_file():
        data = open_prepared(folder)
        paths = {row.clip_id: (folder / row.audio, folder / row.frames) for row in data.clips.values()}
    else:
        source = find_clips(folder)
        paths = {clip: (source.audio(clip), source.video(clip)) for clip in source.clip_ids}
    absent = {} if boxes is None else {clip: f"not in {folder}" for clip in boxes if clip not in paths}
    if absent and len(absent) == len(boxes or ()):
        raise DatasetError(f"{folder}: none of the {len(absent)} clips of the table of boxes is in it.")
    return [
        Clip(clip, *paths[clip], None if boxes is None else tuple(boxes.get(clip, ()))) for clip in sorted(paths)
    ], absent


def cut_out(clips: Iterable[Clip], find: Finder | None, pool: Executor, reporter: Reporter, workers: int) -> Cuttings:
    """Cut out the players of solo clips.

    Args:
        clips: from :func:`clips_of`.
        find: finds the players where there is no table of boxes; None takes whole frames.
        pool: where clips are read.
        reporter: hears how far it is.
        workers: of the pool.

    Returns:
        The sources, and every clip that gave none.
    """
    cuttings, clips = Cuttings(), list(clips)
    for clip, read in reporter.track(run_all(pool, read_clip, clips, workers), len(clips), "clips"):
        cuttings.sort_in(clip.clip_id, read if isinstance(read, NotUsed) else _cut(clip.clip_id, read, find))
    return cuttings


def read_clip(clip: Clip) -> ReadClip | NotUsed:
    """Read a clip's mono sound and the picture to cut from; a worker's part of the work."""
    try:
        sound = read_sound(clip.audio)
        mono = resample(sound.samples.mean(axis=1), sound.rate, SAMPLE_RATE)
        frames = round(FRAMES_PER_S * len(mono) / SAMPLE_RATE)
        if len(mono) < WINDOW_SAMPLES:
            return NotUsed("short")
        if _rms(mono) < RMS_FLOOR:
            return NotUsed("silent")
        box, frame = None, middle_frame(frames)
        if clip.boxes is not None:
            if not clip.boxes:
                return NotUsed("undetected")
            box = solo_box(list(clip.boxes), frames)
            if box is None:
                return NotUsed("several")
            frame = box.frame
            if frame > frames:
                return NotUsed("failed", f"the table has a box in frame {frame}, the clip {frames} frames")
        return ReadClip(mono, _picture(clip.pictures, frame), frame, box)
    except BenchError as error:
        return NotUsed("failed", str(error))


def _picture(pictures: Path, frame: int) -> Picture:
    if pictures.is_dir():
        return read_image(pictures / frame_name(frame))
    frames = take_frames(pictures, frame, DETAIL * FRAME_WIDTH, DETAIL * FRAME_HEIGHT)
    return deque(frames, maxlen=1).pop()


def _cut(clip: ClipId, read: ReadClip, find: Finder | None) -> PatchRow | NotUsed:
    if read.box is not None:
        box = read.box
    elif find is None:
        box = whole_frame(read.frame)
    else:
        found = find(read.picture, read.frame)
        if len(found) != 1:
            return NotUsed("several" if found else "undetected")
        box = found[0]
    left, top, right, bottom = _pixels(box, read.picture)
    open_sides = (left > 0 or right < read.picture.shape[1]) and (top > 0 or bottom < read.picture.shape[0])
    around = poisson.filled(read.picture, (left, top, right, bottom)) if open_sides else None
    return PatchRow(
        clip_id=clip,
        frame=box.frame,
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        label=box.label,
        score=box.score,
        n_samples=len(read.mono),
        rms=_rms(read.mono),
        picture=encoded_picture(read.picture[top:bottom, left:right]),
        background=b"" if around is None else encoded_picture(around),
        sound=encoded_sound(read.mono),
    )


def _pixels(box: Box, picture: Picture) -> poisson.Box:
    """A box in the pixels of a picture: left, top, right, bottom."""
    height, width = picture.shape[:2]
    across, down = width / FRAME_WIDTH, height / FRAME_HEIGHT
    left, top = max(0, round(box.x * across)), max(0, round(box.y * down))
    right, bottom = round((box.x + box.width) * across), round((box.y + box.height) * down)
    return left, top, min(width, right), min(height, bottom)


def _rms(mono: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(mono, dtype=np.float64))))
