"""What a task is: which methods do it, what they are asked, and how their answers are scored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.errors import UnknownNameError
from fairplay_bench.jobs import Reporter
from fairplay_bench.records import DEFAULT_PROTOCOL, ModelCard, Protocol
from fairplay_bench.results.schema import ClipScores

TASKS = {
    "binaural": "fairplay_bench.scoring.binaural:BINAURAL",
    "ambisonics": "fairplay_bench.scoring.ambisonics:AMBISONICS",
    "separation": "fairplay_bench.scoring.separation.task:SEPARATION",
}
SPLIT = "{split}"  # stands for the split's number


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """What is scored, and how.

    Attributes:
        data: the prepared data set.
        split_set: the protocol's by default, else the data set's own.
        splits: numbers of the splits; all that are usable by default.
        protocol: name of the protocol.
        weights: trained weights, ``{split}`` allowed, for methods given by name.
        device: where the method runs, as torch says.
        jobs: worker processes that score; one a core by default.
        limit: only so many test clips, or mixtures, of each split.
        save_predictions: a folder to keep predictions in, ``{split}`` allowed.
        overwrite: whether saved predictions of another run are replaced.
        scheduler: address of a Dask scheduler whose workers score instead; they must see the data set.
        task: ``"binaural"``, ``"ambisonics"`` on the 360° sets, or ``"separation"`` of mixtures of two clips.
    """

    data: Path
    split_set: str | None = None
    splits: Sequence[int] | None = None
    protocol: str = DEFAULT_PROTOCOL
    weights: str | None = None
    device: str = "cpu"
    jobs: int | None = None
    limit: int | None = None
    save_predictions: str | None = None
    overwrite: bool = False
    scheduler: str | None = None
    task: str = "binaural"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run is about, its names looked up.

    Attributes:
        plan: as it was asked for.
        data: the prepared data set.
        split_set: name of the split set.
        splits: numbers of the splits, ascending.
        protocol: the protocol.
    """

    plan: EvaluationPlan
    data: PreparedDataset
    split_set: str
    splits: list[int]
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Run:
    """Who is asked what.

    Attributes:
        scope: on what.
        methods: the method, or check, of each split.
        listed: what it is asked in each split.
        card: of the whole run.
        reporter: hears what there is to say.
    """

    scope: Scope
    methods: Mapping[int, Any]
    listed: Mapping[int, Sequence[Any]]
    card: ModelCard
    reporter: Reporter


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Attributes:
        name: as in result files.
        splits: numbers of the splits that it can be tested on.
        listed: what a method is asked in a split, in a fixed order.
        load: finds a method by name, weights and device.
        rehearse: refuses a method that does not keep its contract or must not be scored on some splits.
        entries: asks the methods and yields what the workers score; ``kept`` of each says whether its answer was saved
            by an earlier run.
        score: scores one of these; a top-level function, because it runs in workers.
        metrics: keys of the metrics.
        notes: what a result must say of how it was made beyond its protocol.
    """

    name: Literal["binaural", "ambisonics", "separation"]
    splits: Callable[[PreparedDataset, str], list[int]]
    listed: Callable[[Scope, int], Sequence[Any]]
    load: Callable[[str, str | None, str], Any]
    rehearse: Callable[[Any, Scope, Sequence[int]], None]
    entries: Callable[[Run], Iterator[Any]]
    score: Callable[[Any], ClipScores]
    metrics: Callable[[Protocol], tuple[str, ...]]
    notes: Callable[[Run], tuple[str, ...]]


def named_task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        UnknownNameError: if there is none.
    """
    if name not in TASKS:
        raise UnknownNameError("task", name, TASKS)
    module, _, attribute = TASKS[name].partition(":")
    task: Task = getattr(import_module(module), attribute)
    return task
