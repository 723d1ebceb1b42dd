"""``hrtf {list,info,fetch,plot}``: the heads."""

import json
from pathlib import Path

import click

from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.cli.remarks import remarks_as_lines
from fairplay_bench.errors import OptionError, OutputError

_PICTURES = (".png", ".pdf", ".svg")


@click.group("hrtf", short_help="Heads: list, look at, fetch and plot HRIR sets.")
def hrtf_command() -> None:
    """Named HRIR sets, and any SOFA file of free-field head-related impulse responses."""


@hrtf_command.command("list", short_help="The sets that have a name.")
@shared_options("as_json")
def list_command(as_json: bool) -> None:
    """List the named sets with their licences, and which of them are here."""
    from dataclasses import asdict

    from hrtf.catalogue import HEADS, cache_folder

    heads = [
        asdict(spec) | {"here": not spec.url or (cache_folder() / spec.file_name).is_file()} for spec in HEADS.values()
    ]
    if as_json:
        click.echo(json.dumps({"heads": heads}))
        return
    for head in heads:
        here = ("here" if head["url"] else "computed") if head["here"] else "not fetched"
        click.echo(f"{head['name']:16} {here:12} {head['about']} [{head['licence']}]")


@hrtf_command.command("info", short_help="Figures of a set.")
@click.argument("name_or_file")
@shared_options("as_json")
def info_command(name_or_file: str, as_json: bool) -> None:
    """Print rate, directions, and the measured level and time difference of a source at the left."""
    from hrtf.catalogue import load_head
    from hrtf.describe import describe

    with remarks_as_lines():
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
@click.option("--out", type=PATH, default=None, help="A .png, .pdf or .svg; <name>.png by default.")
@shared_options("overwrite")
def plot_command(name_or_file: str, out: Path | None, overwrite: bool) -> None:
    """Draw magnitude, ITD and ILD over azimuth, and the measured directions."""
    from fairplay_bench.media.files import output_problem
    from fairplay_bench.media.outputs import check_is_free
    from hrtf.catalogue import load_head
    from hrtf.plots import plot_head

    out = out or Path(f"{Path(name_or_file).stem}.png")
    if out.suffix.lower() not in _PICTURES:
        raise OptionError(f"--out {out}: give a name that ends in {', '.join(_PICTURES)}.")
    check_is_free(out, overwrite)
    with remarks_as_lines():
        head = load_head(name_or_file)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        click.echo(plot_head(head, out))
    except OSError as error:
        raise OutputError(output_problem(out, error)) from error
