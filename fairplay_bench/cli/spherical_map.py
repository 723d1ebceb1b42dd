"""``spherical-map VIDEO``: where the energy of an ambisonic recording, or of a prediction, comes from."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click

from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.errors import OptionError


@click.command("spherical-map", short_help="Draw where ambisonic sound comes from, over its picture.")
@click.argument("video", type=PATH)
@click.option("--sound", type=PATH, default=None, help="The channels to map: a WAV, recorded or predicted.")
@click.option("--order", type=click.Choice(["acn", "fuma"]), default=None, help="Their order; acn if not said.")
@click.option("--norm", type=click.Choice(["sn3d", "n3d", "fuma"]), default=None, help="Their weights; sn3d, or fuma.")
@click.option("--height/--no-height", default=True, help="Whether Z was recorded; without, W, Y, X will do.")
@click.option("--projection", default=None, help="equirectangular, eac or cubemap; found out by default.")
@click.option("--at", "at_s", type=float, default=None, help="A PNG of the half second around this time, in seconds.")
@click.option("--out", type=PATH, required=True, help="A .png of all the recording, or an .mp4 over time.")
@shared_options("overwrite", "as_json")
def spherical_map_command(
    video: Path,
    sound: Path | None,
    order: Literal["acn", "fuma"] | None,
    norm: Literal["sn3d", "n3d", "fuma"] | None,
    height: bool,
    projection: str | None,
    at_s: float | None,
    out: Path,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Draw the energy of first-order ambisonic sound over the sphere as a heat map on the equirectangular picture.

    The sound is --sound, else the WAV of the same name beside VIDEO, else that of VIDEO. A sound file in the place of
    VIDEO is mapped without pictures.
    """
    from fairplay_bench.datasets.map_source import map_source
    from fairplay_bench.datasets.spherical_map import draw_map, film_map
    from fairplay_bench.media.outputs import check_is_free
    from hrtf.ambisonics import format_of
    from hrtf.errors import AmbisonicsError

    try:
        stored = format_of(order, norm)
    except AmbisonicsError as error:
        raise OptionError(f"--order, --norm: {error}.") from error
    kind = out.suffix.lower()
    if kind not in (".png", ".mp4"):
        raise OptionError(f"--out {out}: give a .png, or an .mp4 for a map over time.")
    if kind == ".mp4" and at_s is not None:
        raise OptionError("--at: is for a PNG; leave it out, or give --out a .png.")
    check_is_free(out, overwrite)
    source = map_source(video, sound, stored, height, projection)
    loudest = film_map(source, out) if kind == ".mp4" else draw_map(source, out, at_s)
    if as_json:
        click.echo(json.dumps({"out": str(out), **asdict(loudest)}))
    else:
        click.echo(
            f"{out}: {loudest.seconds:.1f} s, loudest at azimuth {loudest.azimuth_deg:.0f}°, "
            f"elevation {loudest.elevation_deg:.0f}°."
        )
