"""``prepare DATASET``: from published files to a prepared data set."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options

if TYPE_CHECKING:
    from fairplay_bench.datasets.prepare import PrepareOutcome

_SHOWN = 10  # lines of one kind on the screen; dataset.json has them all


@click.group("prepare", short_help="Prepare a data set from its published files.")
def prepare_command() -> None:
    """Prepare a data set into OUT/<name>. A second run does only what is missing."""


@prepare_command.command("fair-play", short_help="FAIR-Play, from its git-LFS clone.")
@click.option("--source", type=PATH, required=True, help="The clone: binaural_audios/, videos/, splits/.")
@click.option("--out", type=PATH, required=True, help="The data set is written to OUT/fair-play.")
@click.option("--manifest", type=PATH, default=None, help="Check the sources first: a CSV of path,sha256,size.")
@click.option("--xu2021-splits", type=PATH, default=None, help="The folder of PseudoBinaural's split1 … split5.")
@shared_options("jobs", "limit", "overwrite")
def fair_play_command(
    source: Path,
    out: Path,
    manifest: Path | None,
    xu2021_splits: Path | None,
    jobs: int | None,
    limit: int | None,
    overwrite: bool,
) -> None:
    """Prepare FAIR-Play. Exits with 1 if a listed clip is missing or a file is bad."""
    from fairplay_bench.datasets.prepare import prepare
    from fairplay_bench.datasets.recipes import FairPlayOptions, fair_play_plan
    from fairplay_bench.jobs import executor, usable_cores

    reporter, workers = ConsoleReporter(), usable_cores() if jobs is None else jobs
    with executor(jobs) as pool:
        options = FairPlayOptions(source, manifest, xu2021_splits, limit)
        plan = fair_play_plan(options, pool, reporter, workers)
        outcome = prepare(plan, out / plan.spec.name, pool, reporter, workers=workers, overwrite=overwrite)
    show(outcome)


@prepare_command.command("mini", short_help="The embedded data set, made here.")
@click.option("--clips", type=int, default=100, show_default=True, help="Number of clips of 10 s.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed gives other scenes and splits.")
@click.option("--out", type=PATH, required=True, help="Source in OUT/mini-source, data set in OUT/mini.")
@shared_options("jobs", "overwrite")
def mini_command(clips: int, seed: int, out: Path, jobs: int | None, overwrite: bool) -> None:
    """Draw and play small scenes in FAIR-Play's layout, then prepare them like FAIR-Play."""
    from fairplay_bench.datasets.mini.make import make_mini
    from fairplay_bench.jobs import executor, usable_cores

    with executor(jobs) as pool:
        workers = usable_cores() if jobs is None else jobs
        outcome = make_mini(out, clips, seed, pool, ConsoleReporter(), workers=workers, overwrite=overwrite)
    show(outcome)


def show(outcome: "PrepareOutcome") -> None:
    """Print what came of preparing; leave with 1 if anything is amiss."""
    click.echo(f"{outcome.folder}: {outcome.clips} clips ready.")
    _list("could not be prepared", [f"{f.clip_id}: {f.reason}" for f in outcome.failures], outcome.folder)
    _list("listed in a split but absent", list(outcome.missing), outcome.folder)
    _list("problems", list(outcome.problems), outcome.folder)
    if not outcome.complete:
        raise SystemExit(1)


def _list(title: str, lines: list[str], folder: Path) -> None:
    if not lines:
        return
    click.echo(f"{title}: {len(lines)}", err=True)
    for line in lines[:_SHOWN]:
        click.echo(f"  {line}", err=True)
    if len(lines) > _SHOWN:
        click.echo(f"  … all {len(lines)} in {folder / 'dataset.json'}", err=True)
