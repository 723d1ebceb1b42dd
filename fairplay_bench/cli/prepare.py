"""``prepare DATASET``: from published files to a prepared data set."""

from pathlib import Path

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.cli.prepare_long import spherical_command, stereo_command
from fairplay_bench.cli.prepare_outcome import show
from fairplay_bench.cli.remarks import remarks_as_lines


@click.group("prepare", short_help="Prepare a data set from its published files.")
def prepare_command() -> None:
    """Prepare a data set into OUT/<name>. A second run does only what is missing."""


@prepare_command.command("fair-play", short_help="FAIR-Play, from its git-LFS clone.")
@click.option("--source", type=PATH, required=True, help="The clone: binaural_audios/, videos/, splits/.")
@click.option("--out", type=PATH, required=True, help="The data set is written to OUT/fair-play.")
@click.option("--manifest", type=PATH, default=None, help="Check the sources first: a CSV of path,sha256,size.")
@click.option("--xu2021-splits", type=PATH, default=None, help="The folder of PseudoBinaural's split1 … split5.")
@shared_options("solos", "jobs", "scheduler", "limit", "overwrite")
def fair_play_command(
    source: Path,
    out: Path,
    manifest: Path | None,
    xu2021_splits: Path | None,
    solos: Path | None,
    jobs: int | None,
    scheduler: str | None,
    limit: int | None,
    overwrite: bool,
) -> None:
    """Prepare FAIR-Play. Exits with 1 if a listed clip is missing or a file is bad."""
    from fairplay_bench.datasets.prepare import prepare
    from fairplay_bench.datasets.recipes import FairPlayOptions, fair_play_plan
    from fairplay_bench.jobs import executor, workers_of

    reporter, workers = ConsoleReporter(), workers_of(jobs)
    with executor(jobs, scheduler=scheduler) as pool:
        options = FairPlayOptions(source.absolute(), manifest, xu2021_splits, limit, solos)
        plan = fair_play_plan(options, pool, reporter, workers)
        outcome = prepare(plan, out.absolute() / plan.spec.name, pool, reporter, workers=workers, overwrite=overwrite)
    show(outcome)


@prepare_command.command("mini", short_help="The embedded data set, made here.")
@click.option("--clips", type=int, default=100, show_default=True, help="Number of clips of 10 s.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed gives other scenes and splits.")
@click.option("--out", type=PATH, required=True, help="Source in OUT/mini-source, data set in OUT/mini.")
@shared_options("jobs", "overwrite")
def mini_command(clips: int, seed: int, out: Path, jobs: int | None, overwrite: bool) -> None:
    """Draw and play small scenes in FAIR-Play's layout, then prepare them like FAIR-Play."""
    from fairplay_bench.datasets.mini.make import make_mini
    from fairplay_bench.jobs import executor, workers_of

    with executor(jobs) as pool:
        outcome = make_mini(out, clips, seed, pool, ConsoleReporter(), workers=workers_of(jobs), overwrite=overwrite)
    show(outcome)


@prepare_command.command("mini-360", short_help="The embedded 360° data set, made here.")
@click.option("--clips", type=int, default=100, show_default=True, help="Number of clips of 10 s, two a video.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed gives other scenes and splits.")
@click.option("--out", type=PATH, required=True, help="Source in OUT/mini-360-source, data set in OUT/mini-360.")
@click.option(
    "--hrtf", default="spherical-head", show_default=True, help="A head: a name of `hrtf list`, or FILE.sofa."
)
@shared_options("decoder", "jobs", "overwrite")
def mini_360_command(
    clips: int, seed: int, out: Path, hrtf: str, decoder: str, jobs: int | None, overwrite: bool
) -> None:
    """Draw and play small scenes all around, as 360° recordings, then prepare them like the 360° sets."""
    from fairplay_bench.datasets.decoding import named_decoder
    from fairplay_bench.datasets.mini_360.make import make_mini_360
    from fairplay_bench.jobs import executor, workers_of
    from fairplay_bench.media.ambisonic import AMBISONIC_RATE

    with remarks_as_lines():
        chosen = named_decoder(hrtf, decoder, AMBISONIC_RATE)
    with executor(jobs) as pool:
        reporter, workers = ConsoleReporter(), workers_of(jobs)
        outcome = make_mini_360(out, clips, seed, chosen, pool, reporter, workers=workers, overwrite=overwrite)
    show(outcome)


for _name in ("rec-street", "yt-clean", "yt-music"):
    prepare_command.add_command(spherical_command(_name))
prepare_command.add_command(stereo_command)
