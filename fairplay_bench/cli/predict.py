"""``predict``: a folder of predicted WAVs."""

from pathlib import Path
from typing import Any

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.records import SUBSETS

_SHOWN = 10


@click.command("predict", short_help="Write a method's predictions as WAVs.")
@shared_options("task", "model")
@click.option("--weights", type=PATH, default=None, help="Trained weights.")
@shared_options("data", "split_set", "split")
@click.option("--subset", type=click.Choice(SUBSETS), default="test", show_default=True, help="Which of the split.")
@shared_options("protocol", "device", "limit")
@click.option("--out", type=PATH, required=True, help="A folder; a WAV (32-bit float) named after each clip.")
@shared_options("overwrite")
def predict_command(model: str, out: Path, **options: Any) -> None:
    """Write a method's predictions, without scoring them. Exits with 1 if a clip is missing or failed.

    Two ears at 16 kHz; with --task ambisonics W, Y, Z, X at 48 kHz. An interrupted run continues. Score the folder
    later with eval --model predictions:FOLDER and the same --task.
    """
    from fairplay_bench.scoring.predict import PredictionPlan, predict

    failed = predict(PredictionPlan(method=model, out=out, **options), ConsoleReporter())
    for clip_id, reason in list(failed.items())[:_SHOWN]:
        click.echo(f"{clip_id}: {reason}", err=True)
    if failed:
        click.echo(f"{len(failed)} clips failed.", err=True)
        raise SystemExit(1)
    click.echo(f"written to {out}", err=True)
