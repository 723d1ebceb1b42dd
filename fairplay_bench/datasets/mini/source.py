"""Writes mini in FAIR-Play's published layout.

``binaural_audios/NNNNNN.wav``, ``videos/NNNNNN.mp4``, ``splits/split{1..10}/{train,val,test}.h5``; beside it
``truth/*.csv`` and the marker ``mini.json``. Every file appears whole or not at all, a clip depends on the seed and
its own number alone, and a second run writes only what is missing.
"""

import json
import shutil
from concurrent.futures import Executor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from scipy.io import wavfile

from fairplay_bench.datasets.mini import truth
from fairplay_bench.datasets.mini.picture import encode
from fairplay_bench.datasets.mini.scene import clip_name, draw_scene
from fairplay_bench.datasets.mini.sound import binaural, to_pcm16
from fairplay_bench.datasets.mini.splits import LEAST_CLIPS, SPLITS, draw_split, split_file
from fairplay_bench.datasets.mini.synthesis import SAMPLE_RATE
from fairplay_bench.errors import OptionError, OutputError
from fairplay_bench.jobs import Reporter, SerialExecutor, run_all
from fairplay_bench.media.files import output_problem, write_json, written_whole

VERSION = 1  # of the recipe: another one for any change that makes other clips of the same seed
MARKER = "mini.json"
SCRATCH = ".partial"
MOST_CLIPS = 999_999  # the names have six digits


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
    if not LEAST_CLIPS <= clips <= MOST_CLIPS:
        raise OptionError(f"mini of {clips} clips: ask for {LEAST_CLIPS} to {MOST_CLIPS}.")
    if seed < 0:
        raise OptionError(f"seed {seed}: take one that is not negative.")
    _claim(out, clips, seed, overwrite)
    scratch = out / SCRATCH
    try:
        shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
        scratch.mkdir()
        missing = [ClipJob(out, seed, number) for number in range(1, clips + 1) if not _is_written(out, number)]
        outcomes = run_all(executor or SerialExecutor(), write_clip, missing)
        for _ in (reporter or Reporter()).track(outcomes, len(missing), "clips of mini made"):
            pass
        _write_splits(out, clips, seed)
        _write_truth(out, clips, seed)
    except OSError as error:
        raise OutputError(output_problem(out, error)) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


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
    _write(_sound_path(job.out, job.number), sheet.getvalue(), job.out)
    _write(_video_path(job.out, job.number), encode(scene), job.out)


def _sound_path(out: Path, number: int) -> Path:
    return out / "binaural_audios" / f"{clip_name(number)}.wav"


def _video_path(out: Path, number: int) -> Path:
    return out / "videos" / f"{clip_name(number)}.mp4"


def _is_written(out: Path, number: int) -> bool:
    return _sound_path(out, number).is_file() and _video_path(out, number).is_file()


def _write(path: Path, content: bytes, out: Path) -> None:
    with written_whole(path, out / SCRATCH) as temporary:
        temporary.write_bytes(content)


def _claim(out: Path, clips: int, seed: int, overwrite: bool) -> None:
    """Mark the folder as ours for this seed, or refuse it."""
    there = _read_marker(out)
    half_claimed = f".{MARKER}."  # the marker's temporary name, left by a run that was killed while it began
    if there is None and out.is_dir() and not all(path.name.startswith(half_claimed) for path in out.iterdir()):
        raise OutputError(f"{out}: holds something that is not mini; give an empty or a new folder.")
    if there is not None:
        same = (there.get("version"), there.get("seed")) == (VERSION, seed)
        if overwrite:
            _remove(out)
        elif not same:
            raise OutputError(
                f"{out}: holds mini version {there.get('version')} of seed {there.get('seed')}, not version {VERSION} "
                f"of seed {seed}; give another folder, or overwrite it."
            )
        elif there["clips"] > clips:
            raise OutputError(
                f"{out}: holds mini of {there['clips']} clips, more than {clips}; give another folder, or overwrite it."
            )
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path in out.glob(f"{half_claimed}*"):
            path.unlink()
    except OSError as error:
        raise OutputError(output_problem(out, error)) from error
    write_json(out / MARKER, {"name": "mini", "version": VERSION, "seed": seed, "clips": clips})


def _read_marker(out: Path) -> dict[str, int] | None:
    path = out / MARKER
    if not path.is_file():
        return None
    try:
        marker = json.loads(path.read_text("utf-8"))
        return {key: int(marker[key]) for key in ("version", "seed", "clips")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{path}: not a marker of mini ({error}); give an empty or a new folder.") from error


def _remove(out: Path) -> None:
    """Remove what mini wrote, its marker last, so that a killed removal is still recognised."""
    try:
        for name in ("binaural_audios", "videos", "splits", "truth"):
            if (out / name).is_dir():
                shutil.rmtree(out / name)
        (out / MARKER).unlink()
    except OSError as error:
        raise OutputError(output_problem(out, error)) from error


def _write_splits(out: Path, clips: int, seed: int) -> None:
    for split in range(1, SPLITS + 1):
        for subset, numbers in draw_split(clips, seed, split).items():
            _write(out / "splits" / f"split{split}" / f"{subset}.h5", split_file(numbers), out)


def _write_truth(out: Path, clips: int, seed: int) -> None:
    scenes = [draw_scene(seed, number) for number in range(1, clips + 1)]
    for name, columns, rows_of in (
        ("sources", truth.SOURCES, truth.source_rows),
        ("boxes", truth.BOXES, truth.box_rows),
        ("solos", truth.SOLOS, truth.solo_rows),
    ):
        text = truth.table(columns, (row for scene in scenes for row in rows_of(scene)))
        _write(out / "truth" / f"{name}.csv", text.encode(), out)
