"""Scoring a method over the test clips of several splits.

The method runs in this process, clip after clip; its predictions are scored in worker processes meanwhile. What is
asked and how answers are scored is the task's affair: ``scoring/binaural.py``, ``scoring/ambisonics.py``,
``scoring/separation/task.py``.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import OptionError
from fairplay_bench.jobs import Continued, Reporter, executor, run_all, workers_of
from fairplay_bench.media.files import sha256_of
from fairplay_bench.models.interface import Ambisonizer, Binauralizer, Separator, card_of
from fairplay_bench.records import ModelCard, named_protocol
from fairplay_bench.results.environment import environment, now, tool_version
from fairplay_bench.results.schema import ClipScores, DatasetRef, Result
from fairplay_bench.scoring.checks import Check
from fairplay_bench.scoring.summary import summarize
from fairplay_bench.scoring.task import SPLIT, EvaluationPlan, Run, Scope, Task, named_task

__all__ = ["EvaluationPlan", "Method", "evaluate", "run_plan"]

Method = str | Binauralizer | Ambisonizer | Separator | Check
SCORING_MODULES = ("fairplay_bench.scoring.run", "fairplay_bench.scoring.binaural", "fairplay_bench.scoring.ambisonics")


def evaluate(
    method: Method, data: str | os.PathLike[str], *, reporter: Reporter | None = None, **options: Any
) -> Result:
    """Score a method on the test clips of a prepared data set.

    Args:
        method: an object with ``binauralize(clip)`` (of other tasks ``ambisonize(clip)`` or ``separate(...)``), or what
            ``--model`` takes.
        data: the prepared data set, such as ``"data/mini"``.
        reporter: hears how far it is; silent by default.
        **options: ``split_set``, ``splits``, ``protocol``, ``weights``, ``device``, ``jobs``, ``limit``,
            ``save_predictions``, ``overwrite``, ``scheduler``, ``task``: see :class:`EvaluationPlan`. Here ``jobs`` is
            1 by default, since a script that starts worker processes has to be guarded by ``if __name__ ==
            "__main__":``.

    Returns:
        The result; clips that are missing or whose prediction is bad are in ``result.failed``.

    Raises:
        OptionError: if a name, split or folder does not exist; said before work starts.
        MethodError: if the method fails its rehearsal.
    """
    return run_plan(method, EvaluationPlan(Path(data), **({"jobs": 1} | options)), reporter or Reporter())


def run_plan(method: Method, plan: EvaluationPlan, reporter: Reporter, pool: Executor | None = None) -> Result:
    """Do what :func:`evaluate` describes, with the given workers or with its own."""
    task = named_task(plan.task)
    scope = scope_of(task, plan)
    listed = _listed(task, scope)
    methods = {split: _method_of(task, method, plan, split) for split in scope.splits}
    for one in {id(one): one for one in methods.values()}.values():
        if not isinstance(one, Check):
            task.rehearse(one, scope, [split for split in scope.splits if methods[split] is one])
    card = card_of_run(method, list(methods.values()), plan, scope.splits)
    run = Run(scope, methods, listed, card, reporter)
    entries, total = task.entries(run), sum(map(len, listed.values()))
    with nullcontext(pool) if pool else executor(plan.jobs, SCORING_MODULES, plan.scheduler) as scorers:
        work = run_all(scorers, task.score, entries, workers_of(plan.jobs))
        clips = [scores for _, scores in reporter.track(Continued(work, _kept), total, "clips")]
    clips.sort(key=lambda clip: (clip.split, clip.clip_id))
    data = scope.data
    return Result(
        tool=tool_version(),
        created=now(),
        dataset=DatasetRef(name=data.name, version=data.version, index_sha256=data.index_sha256),
        split_set=scope.split_set,
        splits=scope.splits,
        protocol=scope.protocol.name,
        task=task.name,
        limit=plan.limit,
        card=card,
        environment=environment(plan.device),
        notes=task.notes(run),
        metrics=summarize(clips, scope.splits, task.metrics(scope.protocol)),
        clips=clips,
    )


def _kept(pair: tuple[Any, ClipScores]) -> bool:
    """Whether the answer that was scored comes from an earlier run."""
    kept: bool = pair[0].kept
    return kept


def scope_of(task: Task, plan: EvaluationPlan) -> Scope:
    """Look up the names of a plan.

    Raises:
        UnknownNameError: if the protocol or the split set is not known.
        BenchError: if there is no prepared data set, or it is damaged.
    """
    protocol, data = named_protocol(plan.protocol), open_prepared(plan.data)
    split_set = data.split_set(plan.split_set, protocol)
    splits = sorted(set(plan.splits)) if plan.splits is not None else task.splits(data, split_set)
    return Scope(plan, data, split_set, splits, protocol)


def _listed(task: Task, scope: Scope) -> dict[int, Sequence[Any]]:
    """What is asked in each split."""
    limit = scope.plan.limit
    if limit is not None and limit < 1:
        raise OptionError(f"--limit {limit}: at least one clip is needed.")
    listed = {split: task.listed(scope, split)[:limit] for split in scope.splits}
    if not any(listed.values()):
        asked = "mixture" if task.name == "separation" else "test clip"
        numbers = ", ".join(map(str, scope.splits)) or "none"
        raise OptionError(
            f"{scope.data.folder}: no {asked} is listed in the splits of {scope.split_set} asked for ({numbers}); "
            "choose others."
        )
    return listed


def _method_of(task: Task, method: Method, plan: EvaluationPlan, split: int) -> Any:
    if not isinstance(method, str):
        if plan.weights is not None:
            raise OptionError(f"weights={plan.weights!r}: {type(method).__name__} is made already; leave them out.")
        return method
    weights = None if plan.weights is None else plan.weights.replace(SPLIT, str(split))
    return task.load(method.replace(SPLIT, str(split)), weights, plan.device)


def card_of_run(method: Method, loaded: Sequence[Any], plan: EvaluationPlan, splits: list[int]) -> ModelCard:
    """Card of the run: the first one, what all of them were trained on, and the hash of all weights."""
    cards = [one.card if isinstance(one, Check) else card_of(one) for one in loaded]
    trained_on = tuple(dict.fromkeys(seen for card in cards for seen in card.trained_on))
    weights = list(dict.fromkeys(card.weights_sha256 for card in cards if card.weights_sha256 is not None))
    together = sha256("".join(weights).encode()).hexdigest() if len(weights) > 1 else cards[0].weights_sha256
    card = replace(cards[0], trained_on=trained_on, weights_sha256=together)
    if isinstance(method, str) and method.startswith("predictions:"):
        folder = Path(method.removeprefix("predictions:"))  # its last two names tell enough, and not whose it is
        card = replace(card, name=f"predictions:{'/'.join(folder.parts[-2:])}")
    if plan.weights is not None and card.weights_sha256 is None:
        paths = dict.fromkeys(Path(plan.weights.replace(SPLIT, str(split))) for split in splits)
        files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
        card = replace(card, weights_sha256=sha256_of(file for file in files if file.is_file()))
    return card
