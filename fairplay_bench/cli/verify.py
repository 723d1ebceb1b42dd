"""``verify DIR``: is a prepared data set what its index says?"""

from pathlib import Path

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options


@click.command("verify", short_help="Check every file of a prepared data set.")
@click.argument("folder", type=PATH, metavar="DIR")
@shared_options("jobs")
def verify_command(folder: Path, jobs: int | None) -> None:
    """Open every file of the prepared data set in DIR and compare it with the index. Exits with 1 if one differs."""
    from fairplay_bench.datasets.prepared import open_prepared
    from fairplay_bench.datasets.verify import verify
    from fairplay_bench.jobs import executor, workers_of

    prepared = open_prepared(folder)
    with executor(jobs) as pool:
        problems = verify(prepared, pool, ConsoleReporter(), workers_of(jobs))
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(
            f"{folder}: {len(problems)} problems; delete the files named and prepare the data set again, or prepare it "
            "with --overwrite.",
            err=True,
        )
        raise SystemExit(1)
    click.echo(f"{folder}: all {len(prepared.clips)} clips are what the index says.")
