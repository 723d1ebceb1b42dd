"""Writes mini in FAIR-Play's published layout.

``binaural_audios/NNNNNN.wav``, ``videos/NNNNNN.mp4``, ``splits/split{1..10}/{train,val,test}.h5``; beside it
``truth/*.csv`` and the marker ``mini.json``. Every file appears whole or not at all, a clip depends on the seed and
its own number alone, and a second run writes only what is missing.
"""

from concurrent.futures import Executor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from scipy.io import wavfile

from fairplay_bench.datasets.mini import truth
from fairplay_bench.datasets.mini.picture import encode
from fairplay_bench.datasets.mini.scene import MOST_CLIPS, clip_name, draw_scene
from fairplay_bench.datasets.mini.sound import binaural, to_pcm16
from fairplay_bench.datasets.mini.source_folder import SourceFolder, write_source_file
from fairplay_bench.datasets.mini.splits import LEAST_CLIPS, SPLITS, draw_split, split_file
from fairplay_bench.datasets.mini.synthesis import SAMPLE_RATE
from fairplay_bench.jobs import Reporter

FOLDER = SourceFolder("mini", 1, ("binaural_audios", "videos", "splits", "truth"), LEAST_CLIPS, MOST_CLIPS)


@dataclass(frozen=True, slots=True)
class ClipJob:
    """One clip to write: where, from which seed, its number."""

    out: Path
    seed: int
    number: int


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
        clips: how many clips, at least 10.
        seed: of everything random, not negative.
        executor: where clips are made; in this process by default.
        reporter: hears how many clips of those that were missing are done.
        overwrite: write everything again, in place of whatever mini is there.

    Raises:
        OptionError: if the number of clips or the seed cannot be.
        OutputError: if the folder holds something else, another seed, or more clips, or cannot be written.
    """
    FOLDER.claim(out, clips, seed, overwrite)
    missing = [ClipJob(out, seed, number) for number in range(1, clips + 1) if not _is_written(out, number)]

    def rest() -> None:
        _write_splits(out, clips, seed)
        _write_truth(out, clips, seed)

    FOLDER.fill(out, write_clip, missing, rest, executor, reporter)


def write_clip(job: ClipJob) -> None:
    """Make one clip and write its sound and its picture.

    Args:
        job: which clip, and where.

    Raises:
        OutputError: if it cannot be written.
    """
    scene = draw_scene(job.seed, job.number)
    sheet = BytesIO()
    wavfile.write(sheet, SAMPLE_RATE, to_pcm16(binaural(scene)))
    write_source_file(_sound_path(job.out, job.number), sheet.getvalue(), job.out)
    write_source_file(_video_path(job.out, job.number), encode(scene), job.out)


def _sound_path(out: Path, number: int) -> Path:
    return out / "binaural_audios" / f"{clip_name(number)}.wav"


def _video_path(out: Path, number: int) -> Path:
    return out / "videos" / f"{clip_name(number)}.mp4"


def _is_written(out: Path, number: int) -> bool:
    return _sound_path(out, number).is_file() and _video_path(out, number).is_file()


def _write_splits(out: Path, clips: int, seed: int) -> None:
    for split in range(1, SPLITS + 1):
        for subset, numbers in draw_split(clips, seed, split).items():
            write_source_file(out / "splits" / f"split{split}" / f"{subset}.h5", split_file(numbers), out)


def _write_truth(out: Path, clips: int, seed: int) -> None:
    scenes = [draw_scene(seed, number) for number in range(1, clips + 1)]
    truth.write_truth(out, scenes, truth.TABLES)
