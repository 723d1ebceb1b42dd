"""``models``: the methods there are."""

import json

import click

from fairplay_bench.cli.options import shared_options


@click.command("models", short_help="List the registered methods.")
@shared_options("as_json")
def models_command(as_json: bool) -> None:
    """List what --model knows: methods of binaural sound, those that part mixtures, and what can only be trained."""
    from fairplay_bench.models.registry import PARTS, SEPARATORS, registered

    groups = (
        (registered(), ""),
        (registered(SEPARATORS), " (--task separation)"),
        (registered(PARTS), " (train only)"),
    )
    if as_json:
        click.echo(json.dumps({name: entry.value for entries, _ in groups for name, entry in entries.items()}))
        return
    for entries, remark in groups:
        for name, entry in entries.items():
            click.echo(f"{name:28} {entry.value}{remark}")
    click.echo("Your own: --model package.module:attribute, or --model predictions:FOLDER with a WAV for each clip.")
