"""``train``: train a method on one split."""

from typing import Any

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options


@click.command("train", short_help="Train a method on one split of a prepared data set.")
@shared_options("trained_model", "data", "split_set", "split", "preset", "protocol", "seed")
@click.option("--half", type=click.Choice(["first", "second", "all"]), default=None, help="Of the training clips.")
@click.option("--epochs", type=int, default=None, help="Passes over the training clips; the preset's by default.")
@click.option(
    "--pretrained/--no-pretrained", default=None, help="Start the visual branch from ImageNet, or from chance."
)
@click.option("--visual-weights", type=PATH, default=None, help="A ResNet-18 to start from; else torchvision's.")
@click.option("--out", type=PATH, required=True, help="The run folder; eval --weights takes it.")
@shared_options("device")
@click.option("--devices", type=int, default=1, show_default=True, help="Processes of each machine.")
@click.option("--nodes", type=int, default=1, show_default=True, help="Machines.")
@click.option("--strategy", default="auto", show_default=True, help="Lightning's, such as ddp.")
@shared_options("precision")
@click.option("--compile/--no-compile", "compiled", default=False, help="torch.compile.")
@click.option("--workers", type=int, default=0, show_default=True, help="Reading processes of each training process.")
@click.option("--log", type=click.Choice(["csv", "tensorboard"]), default="csv", show_default=True, help="In OUT/log.")
@click.option("--resume/--no-resume", default=True, help="Continue a run that stopped; --no-resume refuses.")
@shared_options("overwrite")
def train_command(model: str, **options: Any) -> None:
    """Train a method; the best weights by validation and run.json go to --out. The test clips are never looked at.

    Presets: paper (the paper's recipe) and small (two cores; narrower networks, half the picture, visual branch from
    chance). SIGTERM saves; the same command again goes on.
    """
    from fairplay_bench.training.fit import TrainingPlan, train

    run = train(TrainingPlan(method=model, **options), ConsoleReporter())
    best = run.training
    click.echo(f"{options['out']}: best validation loss {best['best_loss']:.5f} at step {best['best_step']}.", err=True)
