"""``models``: the methods there are."""

import json

import click

from fairplay_bench.cli.options import shared_options


@click.command("models", short_help="List the registered methods.")
@shared_options("as_json")
def models_command(as_json: bool) -> None:
    """List the methods that --model knows by name: of binaural sound, then those that part mixtures."""
    from fairplay_bench.models.registry import SEPARATORS, registered

    methods, separators = registered(), registered(SEPARATORS)
    if as_json:
        click.echo(json.dumps({name: entry.value for name, entry in (methods | separators).items()}))
        return
    for name, entry in methods.items():
        click.echo(f"{name:24} {entry.value}")
    for name, entry in separators.items():
        click.echo(f"{name:24} {entry.value} (--task separation)")
    click.echo("Your own: --model package.module:attribute, or --model predictions:FOLDER with a WAV for each clip.")
