"""``hrtf {list,info,fetch,plot}``: the heads."""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from fairplay_bench.cli.options import PATH, shared_options


@click.group("hrtf", short_help="Heads: list, look at, fetch and plot HRIR sets.")
def hrtf_command() -> None:
    """Named HRIR sets, and any SOFA file of free-field head-related impulse responses."""


@hrtf_command.command("list", short_help="The sets that have a name.")
@shared_options("as_json")
def list_command(as_json: bool) -> None:
    """List the named sets with their licences, and which of them are here."""
    from dataclasses import asdict

    from hrtf.catalogue import HEADS, cache_folder

    if as_json:
        click.echo(json.dumps([asdict(spec) for spec in HEADS.values()]))
        return
    for spec in HEADS.values():
        here = "computed" if not spec.url else "here" if (cache_folder() / spec.file_name).is_file() else "not fetched"
        click.echo(f"{spec.name:16} {here:12} {spec.about} [{spec.licence}]")


@hrtf_command.command("info", short_help="Figures of a set.")
@click.argument("name_or_file")
@shared_options("as_json")
def info_command(name_or_file: str, as_json: bool) -> None:
    """Print rate, directions, and the measured level and time difference of a source at the left."""
    from hrtf.catalogue import load_head
    from hrtf.describe import describe

    with _remarks_as_lines():
        figures = describe(load_head(name_or_file)).as_dict()
    if as_json:
        click.echo(json.dumps(figures))
        return
    for key, value in figures.items():
        shown = f"{value:.2f}" if isinstance(value, float) else value
        click.echo(f"{key:20} {shown}")


@hrtf_command.command("fetch", short_help="Download a named set.")
@click.argument("name")
def fetch_command(name: str) -> None:
    """Download a named set to the user's cache folder; an interrupted download is continued."""
    from hrtf.catalogue import fetch

    fetched = fetch(name)
    click.echo(f"{fetched.path}: SHA-256 {fetched.sha256}")
    if fetched.recorded:
        click.echo("Its checksum was not known before; later downloads are compared with this one.", err=True)


@hrtf_command.command("plot", short_help="Draw a set.")
@click.argument("name_or_file")
@click.option("--out", type=PATH, default=None, help="A PNG; <name>.png by default.")
@shared_options("overwrite")
def plot_command(name_or_file: str, out: Path | None, overwrite: bool) -> None:
    """Draw magnitude, ITD and ILD over azimuth, and the measured directions."""
    from fairplay_bench.results.files import check_is_free
    from hrtf.catalogue import load_head
    from hrtf.plots import plot_head

    out = out or Path(f"{Path(name_or_file).stem}.png")
    check_is_free(out, overwrite)
    with _remarks_as_lines():
        head = load_head(name_or_file)
    click.echo(plot_head(head, out))


@contextmanager
def _remarks_as_lines() -> Iterator[None]:
    """Print what a reader remarks on a file as lines of standard error."""
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        yield
    for remark in remarks:
        click.echo(f"note: {remark.message}", err=True)
