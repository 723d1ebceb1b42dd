"""The binauralizer of a separation: one that is asked for by the options of ``train``, and the one kept in a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.models.interface import Binauralizer
from fairplay_bench.models.registry import load_model
from fairplay_bench.records import Condition

FOLDER = "binauralizer"  # in a run, so that the run needs nothing beside itself


def asked_for(condition: Condition, name: str | None, weights: Path | None) -> Binauralizer | None:
    """Load the binauralizer of a training.

    Args:
        condition: of the training; only ``"predicted-binaural"`` has one.
        name: after ``--binauralizer``.
        weights: after ``--binauralizer-weights``.

    Raises:
        OptionError: if it is missing, not wanted, or cannot be loaded; the message names these options.
    """
    if condition != "predicted-binaural":
        if name is not None or weights is not None:
            raise OptionError(f"--binauralizer: --condition {condition} has none; leave it out.")
        return None
    if name is None:
        raise OptionError("--condition predicted-binaural: give --binauralizer NAME and --binauralizer-weights DIR.")
    with _options_named():
        return load_model(name, weights)


def kept(name: str, run: Path, device: str) -> Binauralizer:
    """Load the binauralizer that a run was trained with.

    Raises:
        OptionError: if the run has lost its weights.
        BenchError: as :func:`fairplay_bench.models.registry.load_model`.
    """
    folder = run / FOLDER
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    weights = inside[0] if len(inside) == 1 and inside[0].is_file() else folder  # a file may have been given alone
    try:
        return load_model(name, weights if inside else None, device)
    except OptionError as error:
        if inside:
            raise
        raise OptionError(
            f"--weights {run}: has no {FOLDER}/ with the weights of {name}, which makes the ears that it parts; copy "
            "the whole run folder."
        ) from error


@contextmanager
def _options_named() -> Iterator[None]:
    """Let a refusal name the options that were given: loading a method speaks of ``--model`` and ``--weights``."""
    try:
        yield
    except UnknownNameError as error:
        raise UnknownNameError("binauralizer", error.name, error.known) from error
    except OptionError as error:
        text = str(error).replace("--weights", "--binauralizer-weights").replace("--model", "--binauralizer")
        raise OptionError(text) from error
