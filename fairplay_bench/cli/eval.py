"""``eval``: score a method and write one result file."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, parse_splits, shared_options

if TYPE_CHECKING:
    from fairplay_bench.results.schema import Result

_SHOWN = 10


@click.command("eval", short_help="Score a method on the test clips.")
@shared_options(
    "task", "model", "weights", "data", "split_set", "splits", "protocol", "device", "jobs", "scheduler", "limit"
)
@click.option("--save-predictions", default=None, help="Keep the predictions as WAV; {split} is the split's number.")
@click.option("--out", type=PATH, default=None, help="Result file; results/<data>-<protocol>-<model>.json by default.")
@shared_options("overwrite", "as_json")
def eval_command(
    task: str,
    model: str,
    weights: str | None,
    data: Path,
    split_set: str | None,
    splits: str | None,
    protocol: str,
    device: str,
    jobs: int | None,
    scheduler: str | None,
    limit: int | None,
    save_predictions: str | None,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Score a method and write one result file. Exits with 1 if any clip is missing or failed.

    With --save-predictions an interrupted run continues where it stopped. With --task separation the method parts the
    mixtures of the data set's solo clips (prepare --solos), and SDR, SIR and SAR are reported.
    """
    numbers = parse_splits(splits)
    from fairplay_bench.media.outputs import check_is_free
    from fairplay_bench.results.files import write_result
    from fairplay_bench.scoring.run import EvaluationPlan, run_plan

    name = model if task == "binaural" else f"{task}-{model}"
    out = out or Path("results") / (re.sub(r"[^\w.-]+", "-", f"{data.resolve().name}-{protocol}-{name}") + ".json")
    check_is_free(out, overwrite)
    plan = EvaluationPlan(
        data, split_set, numbers, protocol, weights, device, jobs, limit, save_predictions, overwrite, scheduler, task
    )
    result = run_plan(model, plan, ConsoleReporter())
    write_result(result, out, overwrite)
    _show(result, as_json)
    click.echo(f"written to {out}", err=True)
    if result.failed:
        raise SystemExit(1)


def _show(result: "Result", as_json: bool) -> None:
    from fairplay_bench.cli.tables import show_results

    if as_json:
        click.echo(result.model_dump_json(by_alias=True))
    else:
        task = () if result.task == "binaural" else (result.task,)
        parts = (result.dataset.name, result.split_set, f"{len(result.splits)} splits", f"protocol {result.protocol}")
        show_results([result], ", ".join((*parts, *task)))
    failed = result.failed
    if failed:
        click.echo(f"{len(failed)} of {len(result.clips)} clips failed:", err=True)
    for clip in failed[:_SHOWN]:
        click.echo(f"  split {clip.split}, {clip.clip_id}: {clip.failed}", err=True)
    if len(failed) > _SHOWN:
        click.echo("  … all of them in the result file", err=True)
