"""``train``: train a method on one split."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options

if TYPE_CHECKING:
    from fairplay_bench.training.interface import Setting

_PREFIX = "setting_"  # of the parameters that a method brings, which keeps them apart from the command's own


class TrainCommand(click.Command):
    """A command that also has the options of the method after ``--model``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse with the options of the method that the arguments name."""
        ctx.meta["settings"] = [_option(setting) for setting in _settings_of(_model_in(args))]
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the command's options and the method's."""
        return [*super().get_params(ctx), *ctx.meta.get("settings", [])]


def _model_in(args: list[str]) -> str | None:
    for place, argument in enumerate(args):
        if argument == "--model" and place + 1 < len(args):
            return args[place + 1]
        if argument.startswith("--model="):
            return argument.removeprefix("--model=")
    return None


def _settings_of(model: str | None) -> "tuple[Setting, ...]":
    if model is None:
        return ()
    from fairplay_bench.training.settings import settings_of, trainable

    return settings_of(trainable(model))


def _option(setting: "Setting") -> click.Option:
    name = f"--{setting.name}/--no-{setting.name}" if setting.kind is bool else f"--{setting.name}"
    kind: Any = click.Choice(setting.choices) if setting.choices else setting.kind
    shown = setting.default is not None
    return click.Option(
        [name, _PREFIX + setting.name.replace("-", "_")],
        type=None if setting.kind is bool else PATH if setting.kind is Path else kind,
        default=setting.default,
        show_default=shown,
        help=f"{setting.help} [this method]",
    )


@click.command("train", cls=TrainCommand, short_help="Train a method on one split of a prepared data set.")
@shared_options("trained_model", "data", "split_set", "split", "preset", "protocol", "seed")
@click.option("--half", type=click.Choice(["first", "second", "all"]), default=None, help="Of the training clips.")
@click.option(
    "--epochs",
    type=int,
    default=None,
    help="Passes over the training clips, also of what is trained first; the preset's by default.",
)
@click.option(
    "--pretrained/--no-pretrained", default=None, help="Start the visual branch from ImageNet, or from chance."
)
@click.option("--crop/--no-crop", default=None, help="Crop pictures at random; the preset's way by default.")
@click.option(
    "--cutout/--no-cutout", default=None, help="Cover squares of pictures at random; the preset's way by default."
)
@click.option("--visual-weights", type=PATH, default=None, help="A ResNet-18 to start from; else torchvision's.")
@click.option("--out", type=PATH, required=True, help="The run folder; eval --weights takes it.")
@shared_options("device")
@click.option("--devices", type=int, default=1, show_default=True, help="Processes of each machine.")
@click.option("--nodes", type=int, default=1, show_default=True, help="Machines.")
@click.option("--strategy", default="auto", show_default=True, help="Lightning's, such as ddp.")
@click.option("--precision", default="fp32", show_default=True, help="fp32, tf32 (NVIDIA GPUs) or bf16.")
@click.option("--compile/--no-compile", "compiled", default=False, help="torch.compile.")
@click.option("--workers", type=int, default=0, show_default=True, help="Reading processes of each training process.")
@click.option("--log", type=click.Choice(["csv", "tensorboard"]), default="csv", show_default=True, help="In OUT/log.")
@click.option("--resume/--no-resume", default=True, help="Continue a run that stopped; --no-resume refuses.")
@shared_options("overwrite")
def train_command(model: str, **options: Any) -> None:
    """Train a method; the best weights by validation and run.json go to --out. The test clips are never looked at.

    Presets: paper (the paper's recipe) and small (two cores; narrower networks, half the picture, visual branch from
    chance). SIGTERM saves; the same command again goes on. Methods can have options and recipes of their own: see
    train --model NAME --help.
    """
    from fairplay_bench.training.fit import train
    from fairplay_bench.training.plan import TrainingPlan

    brought = [key for key in options if key.startswith(_PREFIX)]
    settings = {key.removeprefix(_PREFIX).replace("_", "-"): options.pop(key) for key in brought}
    run = train(TrainingPlan(method=model, **options, settings=settings), ConsoleReporter())
    best = run.training
    if "best_loss" in best:  # of several processes the first one alone keeps it
        text = f"{options['out']}: best validation loss {best['best_loss']:.5f} at step {best['best_step']}."
        click.echo(text, err=True)
