"""Preparing a data set: the engine that every data set shares.

Every file appears whole or not at all; a second run does only what is missing; a killed run loses nothing; the
result is the same bytes whatever the number of workers. What cannot be read is named and the rest goes on; an
output that cannot be written ends the run.
"""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path

from fairplay_bench.datasets.finish import finish
from fairplay_bench.datasets.index import DATASET_FILE
from fairplay_bench.datasets.plan import PrepareOutcome, PreparePlan, UnitWorker
from fairplay_bench.datasets.units import Failure, PreparedUnit, Unit, UnitRecords
from fairplay_bench.errors import DatasetError, MediaError, OutputError, ShapeError
from fairplay_bench.jobs import Reporter, run_all
from fairplay_bench.media.files import TEMPORARY, output_problem

SECONDS_PER_CLIP_S = 0.15  # of one core, for 720p material
_STATE = ".prepare"


def prepare(
    plan: PreparePlan, folder: Path, pool: Executor, reporter: Reporter, *, workers: int = 1, overwrite: bool = False
) -> PrepareOutcome:
    """Prepare a data set into ``folder``.

    Args:
        plan: what to prepare.
        folder: the prepared data set; created, or continued.
        pool: where the work is done.
        reporter: hears what is needed and how far it is.
        workers: number of workers of the pool, for the estimate.
        overwrite: whether to do everything again.

    Returns:
        What came of it.

    Raises:
        OutputError: if the folder holds another data set, is in use, cannot be written, or the disk is too small.
    """
    parameters = {"dataset": plan.spec.name, "version": plan.spec.version, **plan.parameters}
    with _locked(folder, plan.spec.name) as state:
        if overwrite:
            shutil.rmtree(state / "records", ignore_errors=True)
        digest = sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
        records = UnitRecords(state / "records", digest, folder)
        todo = [unit for unit in plan.units if records.done(unit) is None]
        _announce(plan, folder, todo, workers, reporter)
        failures = list(plan.refused)
        for failure in failures:
            records.drop(failure.clip_id)
        scratch = state / "scratch"
        work = run_all(pool, partial(_attempt, plan.worker, plan.root, folder, scratch), todo, workers)
        for unit, outcome in reporter.track(work, len(todo), "clips"):
            if isinstance(outcome, Failure):
                records.drop(unit.name)
                failures.append(outcome)
                reporter.say(f"{outcome.clip_id}: {outcome.reason}")
            else:
                records.add(outcome)
        shutil.rmtree(scratch)
        return finish(plan, folder, parameters, records.all(), failures)


def _attempt(worker: UnitWorker, root: Path, folder: Path, scratch: Path, unit: Unit) -> PreparedUnit | Failure:
    try:
        return worker(unit, folder, scratch)
    except (MediaError, DatasetError, ShapeError) as error:
        return Failure(unit.name, str(error).replace(f"{root}/", ""))


@contextmanager
def _locked(folder: Path, name: str) -> Iterator[Path]:
    """Hold the folder for this run alone; what a killed run left half-written is removed."""
    import fcntl

    _check_ours(folder, name)
    state = folder / _STATE
    try:
        (state / "records").mkdir(parents=True, exist_ok=True)
        lock = (state / "lock").open("w")
    except OSError as error:
        raise OutputError(output_problem(folder, error)) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(f"{folder}: another run is preparing it; wait for it or stop it.") from error
        try:
            _remove_half_written(folder, state)
            (state / "scratch").mkdir()
        except OSError as error:
            raise OutputError(output_problem(folder, error)) from error
        yield state


def _remove_half_written(folder: Path, state: Path) -> None:
    shutil.rmtree(state / "scratch", ignore_errors=True)
    for left in (*folder.glob(TEMPORARY), *(state / "records").glob(TEMPORARY)):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _check_ours(folder: Path, name: str) -> None:
    file = folder / DATASET_FILE
    if not file.is_file():
        if folder.is_dir() and any(folder.iterdir()) and not (folder / _STATE).is_dir():
            raise OutputError(f"{folder}: neither empty nor a prepared data set; choose another --out.")
        return
    try:
        known = json.loads(file.read_text("utf-8"))["name"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{file}: not that of a prepared data set; choose another --out.") from error
    if known != name:
        raise OutputError(f"{folder}: holds the data set {known}, not {name}; choose another --out.")


def _announce(plan: PreparePlan, folder: Path, todo: list[Unit], workers: int, reporter: Reporter) -> None:
    seconds_of_sound = sum(plan.lengths_s.get(unit.name, plan.spec.clip_s) for unit in todo)
    needed = int(seconds_of_sound * plan.bytes_per_clip_s)
    free = shutil.disk_usage(folder).free
    minutes = seconds_of_sound * SECONDS_PER_CLIP_S / workers / 60
    done = len(plan.units) - len(todo)
    reporter.say(
        f"{plan.spec.name}: {len(todo)} to prepare, {done} done already; needs up to {needed / 1e9:.1f} GB of "
        f"{free / 1e9:.1f} GB free and about {max(1, round(minutes))} min with {workers} worker(s)."
    )
    if needed > free:
        raise OutputError(
            f"{folder}: {needed / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free; free some or use --limit."
        )
