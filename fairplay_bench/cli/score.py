"""``score PREDICTED.wav TARGET.wav``."""

import json
from pathlib import Path

import click

from fairplay_bench.cli.options import PATH, shared_options


@click.command("score", short_help="Score one predicted WAV against its target.")
@click.argument("predicted", type=PATH)
@click.argument("target", type=PATH)
@click.option("--normalize/--no-normalize", default=True, help="Divide both by their own joint peak first.")
@shared_options("protocol", "as_json")
def score_command(predicted: Path, target: Path, normalize: bool, protocol: str, as_json: bool) -> None:
    """Score PREDICTED against TARGET, both WAV at 16 kHz. A one-channel PREDICTED is doubled."""
    from fairplay_bench.media.audio import read_sound
    from fairplay_bench.records import named_protocol
    from fairplay_bench.scoring.metrics import METRICS
    from fairplay_bench.scoring.pair import ears_of, fitted, score_ears

    chosen = named_protocol(protocol)
    sound = read_sound(predicted)
    if sound.channels == 1:
        click.echo(f"{predicted}: one channel, given to both ears.", err=True)
        sound = type(sound)(sound.samples.repeat(2, axis=1), sound.rate)
    target_ears = ears_of(read_sound(target), str(target))
    predicted_ears = fitted(ears_of(sound, str(predicted)), target_ears.shape[-1], str(predicted))
    scores = score_ears(predicted_ears, target_ears, chosen, normalize)
    if as_json:
        click.echo(json.dumps({"protocol": chosen.name, "scores": scores}))
        return
    for key, value in scores.items():
        shown = "undefined" if value is None else f"{value:.6g} {METRICS[key].unit}".rstrip()
        click.echo(f"{key:9} {shown}")
