"""Whether a prepared data set is what its index says."""

from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from fairplay_bench.datasets.index import IndexRow, index_hash, splits_hash
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.datasets.separation import SEPARATION_FILE, mixtures_hash
from fairplay_bench.errors import DatasetError, MediaError, OptionError
from fairplay_bench.jobs import Reporter, run_all
from fairplay_bench.media.ambisonic import AMBISONIC_RATE, CHANNELS
from fairplay_bench.media.audio import read_sound
from fairplay_bench.media.files import sha256_of
from fairplay_bench.media.frames import frame_name, read_image
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, SAMPLE_RATE

EARS = 2


def verify(prepared: PreparedDataset, pool: Executor, reporter: Reporter, workers: int = 1) -> list[str]:
    """Open every file and compare it with the index.

    Args:
        prepared: the data set.
        pool: where the work is done.
        reporter: hears how far it is.
        workers: number of workers of the pool.

    Returns:
        What is wrong, a line each, ordered by clip; empty when all is well.

    Raises:
        DatasetError: if the index cannot be read.
    """
    problems = []
    rows = list(prepared.clips.values())
    if index_hash(rows) != prepared.index_sha256:
        problems.append("dataset.json: its index hash is not that of index.parquet")
    known = prepared.description["counts"]["clips"]
    if known != len(rows):
        problems.append(f"dataset.json: counts {known} clips, index.parquet {len(rows)}")
    problems += _split_problems(prepared) + _mixture_problems(prepared)
    work = run_all(pool, partial(clip_problems, prepared.folder), rows, workers)
    found = {row.clip_id: lines for row, lines in reporter.track(work, len(rows), "clips")}
    return problems + [f"{clip}: {line}" for clip, lines in sorted(found.items()) for line in lines]


def _split_problems(prepared: PreparedDataset) -> list[str]:
    try:
        rows = prepared.split_rows
    except DatasetError as error:
        return [str(error).replace(f"{prepared.folder}/", "")]
    if splits_hash(rows) != prepared.description["splits_sha256"]:
        return ["splits.parquet: its hash is not that of dataset.json"]
    return []


def _mixture_problems(prepared: PreparedDataset) -> list[str]:
    described = prepared.description.get("separation")
    if not described:
        return []
    try:
        mixtures = prepared.mixtures
    except (DatasetError, OptionError) as error:
        return [str(error).replace(f"{prepared.folder}/", "")]
    if mixtures_hash(mixtures) != described["sha256"]:
        return [f"{SEPARATION_FILE}: its hash is not that of dataset.json"]
    return []


def clip_problems(folder: Path, row: IndexRow) -> list[str]:
    """What is wrong with one prepared clip, a line each."""
    problems = _sound_problems(folder, row.audio, row.audio_sha256, (SAMPLE_RATE, EARS, row.n_samples))
    if row.ambisonics:
        samples = row.n_samples * AMBISONIC_RATE // SAMPLE_RATE
        problems += _sound_problems(folder, row.ambisonics, row.ambisonics_sha256, (AMBISONIC_RATE, CHANNELS, samples))
    return problems + _frame_problems(folder, row)


def _sound_problems(folder: Path, name: str, digest: str, wanted: tuple[int, int, int]) -> list[str]:
    """What is wrong with a sound that should have this rate, so many channels and samples, and these bytes."""
    path = folder / name
    try:
        sound = read_sound(path)
        found = (sound.rate, sound.channels, len(sound.samples))
        differing = zip(("rate", "channels", "samples"), found, wanted, strict=True)
        problems = [f"{name}: {what} {is_so}, not {should}" for what, is_so, should in differing if is_so != should]
        if sha256_of([path]) != digest:
            problems.append(f"{name}: its SHA-256 is not the index's")
    except MediaError as error:
        return [str(error).replace(f"{folder}/", "")]
    return problems


def _frame_problems(folder: Path, row: IndexRow) -> list[str]:
    there = {path.name for path in (folder / row.frames).glob("*")}
    wanted = [frame_name(number) for number in range(1, row.n_frames + 1)]
    absent = [name for name in wanted if name not in there]
    strange = sorted(there - set(wanted))
    problems = [f"{row.frames}: {len(absent)} frames missing, the first {absent[0]}"] if absent else []
    problems += [f"{row.frames}: {len(strange)} files too many, the first {strange[0]}"] if strange else []
    if problems:
        return problems
    paths = [folder / row.frames / name for name in wanted]
    try:
        if sha256_of(paths) == row.frames_sha256:
            return []
    except OSError as error:
        return [f"{row.frames}: cannot be read ({error.strerror})"]
    for path in paths:
        try:
            height, width, _ = read_image(path).shape
        except MediaError:
            return [f"{row.frames}/{path.name}: not a picture"]
        if (height, width) != (FRAME_HEIGHT, FRAME_WIDTH):
            return [f"{row.frames}/{path.name}: {width} x {height}, not {FRAME_WIDTH} x {FRAME_HEIGHT}"]
    return [f"{row.frames}: their SHA-256 is not the index's"]
