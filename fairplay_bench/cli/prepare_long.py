"""``prepare rec-street | yt-clean | yt-music | stereo``: recordings that are cut into clips."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.cli.prepare_outcome import show
from fairplay_bench.cli.remarks import remarks_as_lines

if TYPE_CHECKING:
    from fairplay_bench.datasets.plan import PreparePlan

_SPHERICAL = {"rec-street": "REC-STREET", "yt-clean": "YT-CLEAN", "yt-music": "YT-MUSIC"}


def spherical_command(dataset: str) -> click.Command:
    """Make the command that prepares one of the 360° sets."""

    @click.command(dataset, short_help=f"{_SPHERICAL[dataset]}, 360° videos decoded to two ears.")
    @click.option("--source", type=PATH, required=True, help="Downloads, or the published preprocessing.")
    @click.option("--lists", type=PATH, default=None, help="The folder of the published .lst files and layouts.")
    @click.option("--projection", default=None, help="equirectangular, eac or cubemap; found out by default.")
    @click.option("--out", type=PATH, required=True, help=f"The data set is written to OUT/{dataset}.")
    @shared_options("hrtf", "decoder", "solos", "jobs", "scheduler", "limit", "overwrite")
    def command(
        source: Path,
        lists: Path | None,
        projection: str | None,
        out: Path,
        hrtf: str,
        decoder: str,
        solos: Path | None,
        jobs: int | None,
        scheduler: str | None,
        limit: int | None,
        overwrite: bool,
    ) -> None:
        """Decode first-order ambisonic recordings to two ears and cut them into clips of 10 s.

        Takes downloads with four-channel sound, <id>.wav beside <id>.mp4, or the published preprocessing.
        """
        from fairplay_bench.datasets.decoding import named_decoder
        from fairplay_bench.datasets.long_recipes import SphericalOptions, spherical_plan
        from fairplay_bench.media.ambisonic import AMBISONIC_RATE

        with remarks_as_lines():
            chosen = named_decoder(hrtf, decoder, AMBISONIC_RATE)
        options = SphericalOptions(dataset, source.absolute(), chosen.decoder, chosen.hrtf, lists, projection, limit)
        _prepare(lambda: spherical_plan(options), out, solos, jobs, scheduler, overwrite)

    return command


@click.command("stereo", short_help="Any folder of videos with two-channel sound.")
@click.option("--source", type=PATH, required=True, help="Videos, in folders or not.")
@click.option("--out", type=PATH, required=True, help="The data set is written to OUT/stereo.")
@click.option(
    "--near-mono-db", type=float, default=-30.0, show_default=True, help="Drop clips whose L-R lies further below L+R."
)
@shared_options("solos", "jobs", "scheduler", "limit", "overwrite")
def stereo_command(
    source: Path,
    out: Path,
    near_mono_db: float,
    solos: Path | None,
    jobs: int | None,
    scheduler: str | None,
    limit: int | None,
    overwrite: bool,
) -> None:
    """Cut stereo videos, such as MUSIC-Stereo or YouTube-ASMR, into clips of 10 s with seeded splits by video."""
    from fairplay_bench.datasets.long_recipes import stereo_plan

    _prepare(lambda: stereo_plan(source.absolute(), near_mono_db, limit), out, solos, jobs, scheduler, overwrite)


def _prepare(
    plan_of: Callable[[], "PreparePlan"],
    out: Path,
    solos: Path | None,
    jobs: int | None,
    scheduler: str | None,
    overwrite: bool,
) -> None:
    from fairplay_bench.datasets.prepare import prepare
    from fairplay_bench.datasets.separation import mixtures_of
    from fairplay_bench.jobs import executor, workers_of

    mixtures = None if solos is None else mixtures_of(solos)
    plan = replace(plan_of(), mixtures=mixtures)
    with executor(jobs, scheduler=scheduler) as pool:
        folder, workers = out.absolute() / plan.spec.name, workers_of(jobs)
        outcome = prepare(plan, folder, pool, ConsoleReporter(), workers=workers, overwrite=overwrite)
    show(outcome)
