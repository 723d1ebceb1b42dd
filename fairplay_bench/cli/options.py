"""Options that several commands share, so that they have one name and one meaning everywhere."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from fairplay_bench.errors import OptionError
from fairplay_bench.records import DEFAULT_PROTOCOL, WINDOWS_AT_ONCE

Command = TypeVar("Command", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)
_SPAN = re.compile(r"(?P<first>[0-9]{1,4})(-(?P<last>[0-9]{1,4}))?")

_OPTIONS = {
    "model": click.option(
        "--model", required=True, help="A registered name, package.module:attribute, or predictions:FOLDER."
    ),
    "weights": click.option("--weights", default=None, help="Trained weights; {split} stands for the split's number."),
    "data": click.option("--data", type=PATH, required=True, help="A prepared data set, such as data/fair-play."),
    "split_set": click.option("--split-set", default=None, help="The protocol's by default, else the data set's own."),
    "splits": click.option("--splits", default=None, help="Such as 1-10 or 1,3; all that are usable by default."),
    "protocol": click.option("--protocol", default=DEFAULT_PROTOCOL, show_default=True, help="How scores are made."),
    "task": click.option("--task", default="binaural", show_default=True, help="binaural, ambisonics or separation."),
    "jobs": click.option("--jobs", type=int, default=None, help="Worker processes; one a core by default."),
    "scheduler": click.option("--scheduler", default=None, help="Address of a Dask scheduler to work on instead."),
    "hrtf": click.option(
        "--hrtf", default="ari-nh2-hrtf", show_default=True, help="A head: a name of `hrtf list`, or FILE.sofa."
    ),
    "decoder": click.option("--decoder", default="foa-binaural/1", show_default=True, help="How to decode."),
    "solos": click.option(
        "--solos", type=PATH, default=None, help="A CSV of clip_id,instrument: solos whose mixtures test separation."
    ),
    "limit": click.option("--limit", type=int, default=None, help="Only so many clips, the first by name."),
    "device": click.option("--device", default="cpu", show_default=True, help="Where the method runs, as torch says."),
    "precision": click.option(
        "--precision", default="fp32", show_default=True, help="fp32, or bf16: faster where the hardware has it."
    ),
    "batch": click.option(
        "--batch", type=int, default=WINDOWS_AT_ONCE, show_default=True, help="Windows at once, of all cores together."
    ),
    "trained_weights": click.option("--weights", default=None, help="Trained weights, such as a run folder of train."),
    "trained_model": click.option("--model", required=True, help="A registered name, or package.module:attribute."),
    "split": click.option("--split", type=int, default=1, show_default=True, help="Number of the split."),
    "preset": click.option("--preset", default="paper", show_default=True, help="The recipe: paper or small."),
    "seed": click.option("--seed", type=int, default=0, show_default=True, help="Of everything drawn at random."),
    "listen": click.option(
        "--listen",
        multiple=True,
        help="A method to hear: NAME=FOLDER with a WAV named after each clip ({split} allowed), or just mono-mono.",
    ),
    "overwrite": click.option("--overwrite/--no-overwrite", default=False, help="Replace what is there."),
    "as_json": click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table."),
}


def shared_options(*names: str) -> Callable[[Command], Command]:
    """Add the shared options of these names to a command."""

    def add(command: Command) -> Command:
        for name in reversed(names):
            command = _OPTIONS[name](command)
        return command

    return add


def parse_splits(text: str | None) -> list[int] | None:
    """Read ``1-10`` or ``1,3``.

    Raises:
        OptionError: if it is neither.
    """
    if text is None:
        return None
    numbers: set[int] = set()
    for part in text.split(","):
        span = _SPAN.fullmatch(part.strip())
        if span is None or int(span["first"]) > int(span["last"] or span["first"]):
            raise OptionError(f"--splits {text}: give numbers such as 1-10 or 1,3.")
        numbers |= set(range(int(span["first"]), int(span["last"] or span["first"]) + 1))
    return sorted(numbers)
