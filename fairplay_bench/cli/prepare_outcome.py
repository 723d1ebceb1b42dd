"""What came of preparing, on the screen."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fairplay_bench.datasets.plan import PrepareOutcome

_SHOWN = 10  # lines of one kind on the screen; dataset.json has them all


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
