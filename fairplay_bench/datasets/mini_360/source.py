"""Writes mini-360 as recordings of the 360° sets: ``NNNNNN.wav`` beside ``NNNNNN.mp4``, and ``audio_layouts.txt``.

Beside them lie ``truth/*.csv`` and the marker ``mini-360.json``. Every file appears whole or not at all, a video
depends on the seed and its own number alone, and a second run writes only what is missing.
"""

from concurrent.futures import Executor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from scipy.io import wavfile

from fairplay_bench.datasets.lists import LAYOUTS_FILE
from fairplay_bench.datasets.mini.picture import encode_pictures
from fairplay_bench.datasets.mini.scene import MOST_CLIPS, clip_name
from fairplay_bench.datasets.mini.sound import to_pcm16
from fairplay_bench.datasets.mini.source_folder import SourceFolder, write_source_file
from fairplay_bench.datasets.mini.synthesis import SAMPLE_RATE
from fairplay_bench.datasets.mini.truth import write_truth
from fairplay_bench.datasets.mini_360.picture import pictures
from fairplay_bench.datasets.mini_360.scene import CLIPS_PER_VIDEO, Video, clips_of, draw_video, videos_of
from fairplay_bench.datasets.mini_360.sound import field
from fairplay_bench.datasets.mini_360.truth import TABLES
from fairplay_bench.jobs import Reporter

NAME = "mini-360"
RECORDINGS = "recordings"
LEAST_CLIPS = 2 * CLIPS_PER_VIDEO + 1  # three videos: one for each subset
FOLDER = SourceFolder(NAME, 1, (RECORDINGS, "truth"), LEAST_CLIPS, MOST_CLIPS)
_RECORDED = {True: [0, 1, 2, 3], False: [0, 1, 3]}  # channels of W, Y, Z, X by whether there is height


@dataclass(frozen=True, slots=True)
class VideoJob:
    """One video to write: where, from which seed, its number, how many clips long."""

    out: Path
    seed: int
    number: int
    clips: int


def write_source(
    out: Path,
    clips: int,
    seed: int,
    *,
    executor: Executor | None = None,
    reporter: Reporter | None = None,
    overwrite: bool = False,
) -> None:
    """Write a source folder, or what is missing of it.

    The bytes depend on ``clips`` and ``seed`` alone, not on the executor nor on how often the work was interrupted.
    More clips may be added to a folder of the same seed.

    Args:
        out: the folder; made if it is not there.
        clips: how many clips of 10 s all videos have together, at least 5.
        seed: of everything random, not negative.
        executor: where videos are made; in this process by default.
        reporter: hears how many videos of those that were missing are done.
        overwrite: write everything again, in place of whatever mini-360 is there.

    Raises:
        OptionError: if the number of clips or the seed cannot be.
        OutputError: if the folder holds something else, another seed, or more clips, or cannot be written.
    """
    FOLDER.claim(out, clips, seed, overwrite, lambda before: _remove_half_video(out, before))
    jobs = [VideoJob(out, seed, number, clips_of(number, clips)) for number in range(1, videos_of(clips) + 1)]
    missing = [job for job in jobs if not _is_written(out, job.number)]

    def rest() -> None:
        videos = [draw_video(job.seed, job.number, job.clips) for job in jobs]
        _write_layouts(out, videos)
        write_truth(out, videos, TABLES)

    FOLDER.fill(out, write_video, missing, rest, executor, reporter, things="videos")


def write_video(job: VideoJob) -> None:
    """Make one video and write its sound and its pictures.

    Args:
        job: which video, and where.

    Raises:
        OutputError: if it cannot be written.
    """
    video = draw_video(job.seed, job.number, job.clips)
    sheet = BytesIO()
    wavfile.write(sheet, SAMPLE_RATE, to_pcm16(field(video)[_RECORDED[video.has_height]]))
    write_source_file(_sound_path(job.out, job.number), sheet.getvalue(), job.out)
    write_source_file(_video_path(job.out, job.number), encode_pictures(pictures(video)), job.out)


def _sound_path(out: Path, number: int) -> Path:
    return out / RECORDINGS / f"{clip_name(number)}.wav"


def _video_path(out: Path, number: int) -> Path:
    return out / RECORDINGS / f"{clip_name(number)}.mp4"


def _is_written(out: Path, number: int) -> bool:
    return _sound_path(out, number).is_file() and _video_path(out, number).is_file()


def _remove_half_video(out: Path, clips: int) -> None:
    """Remove the last video of so many clips if it would have been longer among more."""
    last = videos_of(clips)
    if clips_of(last, clips) < CLIPS_PER_VIDEO:
        _sound_path(out, last).unlink(missing_ok=True)


def _write_layouts(out: Path, videos: list[Video]) -> None:
    lines = [f"{video.video_id} {'WXYZ' if video.has_height else 'WXY'}\n" for video in videos]
    write_source_file(out / RECORDINGS / LAYOUTS_FILE, "".join(lines).encode(), out)
