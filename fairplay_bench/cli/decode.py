"""``decode IN… --hrtf X --out OUT.wav``: ambisonic recordings to two ears."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.cli.remarks import remarks_as_lines
from fairplay_bench.errors import BenchError, OptionError

if TYPE_CHECKING:
    from fairplay_bench.datasets.decoding import DecodedFile
    from hrtf.ambisonics import AmbisonicFormat
    from hrtf.decoder import Decoder


@click.command("decode", short_help="Decode ambisonic sound to two ears.")
@click.argument("sources", type=PATH, nargs=-1, required=True, metavar="IN...")
@click.option("--order", type=click.Choice(["acn", "fuma"]), default=None, help="Their order; acn if not said.")
@click.option("--norm", type=click.Choice(["sn3d", "n3d", "fuma"]), default=None, help="Their weights; sn3d, or fuma.")
@click.option("--out", type=PATH, required=True, help="The WAV; a folder for several inputs.")
@click.option("--plot", type=PATH, default=None, help="Draw where the sound of a single input comes from: a PNG.")
@shared_options("hrtf", "decoder", "jobs", "scheduler", "overwrite", "as_json")
def decode_command(
    sources: tuple[Path, ...],
    order: Literal["acn", "fuma"] | None,
    norm: Literal["sn3d", "n3d", "fuma"] | None,
    out: Path,
    plot: Path | None,
    hrtf: str,
    decoder: str,
    jobs: int | None,
    scheduler: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Decode WAV, FLAC, OGG, or the sound of MP4, WebM and MKV, to a 48 kHz float WAV of two ears.

    Sound whose W is 60 dB or more below the other channels is no ambisonics and is refused, as by prepare.
    """
    from fairplay_bench.datasets.decoding import named_decoder, output_names, plot_direction
    from fairplay_bench.jobs import executor, run_all
    from fairplay_bench.media.ambisonic import AMBISONIC_RATE
    from fairplay_bench.media.outputs import check_is_free
    from hrtf.ambisonics import format_of
    from hrtf.errors import AmbisonicsError

    try:
        stored = format_of(order, norm)
    except AmbisonicsError as error:
        raise OptionError(f"--order, --norm: {error}.") from error
    outs = output_names(sources, out)
    if plot is not None and len(sources) > 1:
        raise OptionError("--plot: draws one input; decode the files one by one.")
    for path in [*outs, *([plot] if plot else [])]:
        check_is_free(path, overwrite)
    with remarks_as_lines():
        chosen = named_decoder(hrtf, decoder, AMBISONIC_RATE)
    reporter, failed = ConsoleReporter(), []
    decoded: list[DecodedFile] = []
    work = partial(_decode, chosen.decoder, stored)
    pairs = [(source.absolute(), path.absolute()) for source, path in zip(sources, outs, strict=True)]
    with executor(1 if len(pairs) == 1 else jobs, scheduler=scheduler) as pool:
        for (source, _), outcome in reporter.track(run_all(pool, work, pairs), len(pairs), "files"):
            if isinstance(outcome, str):
                failed.append(str(source))
                reporter.say(outcome)
            else:
                decoded.append(outcome)
                _show(outcome, reporter, as_json)
    if as_json:
        files = [asdict(one) for one in sorted(decoded, key=lambda one: one.source)]
        click.echo(json.dumps({"decoded": files, "failed": sorted(failed)}))
    if failed:
        raise SystemExit(1)
    if plot is not None:
        plot_direction(sources[0], stored, plot)


def _decode(decoder: "Decoder", stored: "AmbisonicFormat", pair: tuple[Path, Path]) -> "DecodedFile | str":
    from fairplay_bench.datasets.decoding import decode_file

    try:
        return decode_file(*pair, decoder, stored)
    except BenchError as error:
        return str(error)


def _show(done: "DecodedFile", reporter: ConsoleReporter, as_json: bool) -> None:
    if done.source_rate != done.sample_rate:
        reporter.say(f"{done.source}: resampled from {done.source_rate} to {done.sample_rate} Hz.")
    if done.peak > 1:
        reporter.say(f"{done.out}: its peak is {done.peak:.2f}; lower it before converting it to integers.")
    if not as_json:
        click.echo(f"{done.out}: two ears at {done.sample_rate} Hz")
