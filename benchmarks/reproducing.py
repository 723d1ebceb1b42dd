"""What the scripts that reproduce a table of the documentation share: data, trainings and scores, each made once."""

from pathlib import Path
from statistics import mean, pstdev
from typing import Any

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.datasets.mini.make import make_mini
from fairplay_bench.jobs import executor, usable_cores
from fairplay_bench.results.files import read_result, write_result
from fairplay_bench.results.schema import Result
from fairplay_bench.scoring.run import EvaluationPlan, Method, run_plan
from fairplay_bench.training.fit import train
from fairplay_bench.training.plan import TrainingPlan
from fairplay_bench.training.run_folder import read_run

CLIPS, DATA_SEED = 300, 5


def mini_in(out: Path, given: Path | None, clips: int = CLIPS) -> Path:
    """The prepared mini that is given; else the one in ``out``, made or finished now."""
    if given is not None:
        return given
    with executor() as pool:
        make_mini(out, clips, DATA_SEED, pool, ConsoleReporter(), workers=usable_cores())
    return out / "mini"


def trained(plan: TrainingPlan) -> Path:
    """A run folder; trained only where it is not finished."""
    run = read_run(plan.out)
    if run is None or "cpu_seconds" not in run.training:
        train(plan, ConsoleReporter())
    return plan.out


def scored(method: Method, data: Path, weights: Path | None, file: Path, **options: Any) -> Result:
    """The result on split 1; made only where it is missing. ``options`` are others of an ``EvaluationPlan``."""
    if not file.is_file():
        plan = EvaluationPlan(data, splits=[1], weights=None if weights is None else str(weights), **options)
        write_result(run_plan(method, plan, ConsoleReporter()), file)
    return read_result(file)


def spread(values: list[float], digits: int = 3) -> str:
    """Mean over the seeds ± their deviation."""
    return f"{mean(values):.{digits}f}" + (f" ± {pstdev(values):.{digits}f}" if len(values) > 1 else "")
