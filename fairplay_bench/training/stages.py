"""Networks that another one's training needs, trained before it by the same command.

A method whose training needs another trained network says so by ``stages``; unless the user gives a finished run of
that network, it is trained into a folder inside the run's own, as ``train`` would train it alone: what is finished is
not trained again, and what was interrupted goes on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from torch import distributed

from fairplay_bench.errors import OptionError
from fairplay_bench.jobs import Reporter
from fairplay_bench.training.interface import Material, Trainable
from fairplay_bench.training.plan import TrainingPlan
from fairplay_bench.training.run_folder import RunDescription, read_run


@dataclass(frozen=True, slots=True)
class Stage:
    """A network that is trained first.

    Attributes:
        setting: the method's option that takes a finished run of it, a path; named so is its folder too.
        method: what it is called after ``--model``.
        settings: its own options by name; one of them may be the setting of an earlier stage.
    """

    setting: str
    method: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def stages_of(method: Trainable, settings: Mapping[str, Any], material: Material) -> Sequence[Stage]:
    """What a method's training needs first; none where it does not say.

    Raises:
        BenchError: if the method cannot be trained so, which it may say here, before anything is trained.
    """
    stages: Callable[[Mapping[str, Any], Material], Sequence[Stage]] | None = getattr(method, "stages", None)
    return () if stages is None else stages(settings, material)


def with_stages(
    plan: TrainingPlan,
    stages: Sequence[Stage],
    train: Callable[[TrainingPlan, Reporter], RunDescription],
    reporter: Reporter,
) -> dict[str, Any]:
    """Train what is needed first.

    Args:
        plan: of the method that needs it; what is trained first is trained on the same half of the clips.
        stages: from :func:`stages_of`, in order.
        train: trains one of them.
        reporter: hears which.

    Returns:
        The plan's settings, with the run of each stage.
    """
    settings = dict(plan.settings)
    for stage, out in _missing(plan, stages):
        reporter.say(f"{stage.method}: trained first, into {out}")
        train(replace(plan, method=stage.method, out=out, settings=dict(stage.settings)), reporter)
        _wait_for_the_others()
        settings[stage.setting] = out
    return settings


def finished_run(folder: Path, setting: str, method: str) -> RunDescription:
    """What a finished run of a network, given by the user, says of itself.

    Args:
        folder: of the run.
        setting: after which option it was given.
        method: whose run it should be.

    Raises:
        OptionError: if it is no finished run, or another network's; it says how such a run is made.
    """
    run = read_run(folder) if folder.is_dir() else None
    if run is None or "steps" not in run.training:
        what = "no finished run"
    elif run.method != method:
        what = f"a run of {run.method}"
    else:
        return run
    raise OptionError(f"--{setting} {folder}: {what}; give one of `train --model {method}`, or leave it out.")


def _wait_for_the_others() -> None:
    """Wait until every process of a training has come here: the first one alone writes the run that all will read."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.barrier()


def _missing(plan: TrainingPlan, stages: Sequence[Stage]) -> Iterator[tuple[Stage, Path]]:
    for stage in stages:
        if plan.settings.get(stage.setting) is None:
            yield stage, plan.out / stage.setting
