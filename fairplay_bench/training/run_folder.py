"""The folder that a training leaves: ``run.json`` beside the weights that the method itself writes."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fairplay_bench.errors import OptionError
from fairplay_bench.media.files import write_json
from fairplay_bench.records import ModelCard

RUN_FILE = "run.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class RunDescription:
    """What a run folder says of itself.

    Attributes:
        method: name after ``--model``.
        network: what the method needs to build the network again.
        card: who it is, and what it has seen.
        training: every setting of the training, and what came of it.
    """

    method: str
    network: dict[str, Any]
    card: ModelCard
    training: dict[str, Any] = field(default_factory=dict)


def write_run(folder: Path, run: RunDescription) -> None:
    """Write ``run.json``, whole or not at all.

    Raises:
        OutputError: if it cannot be written.
    """
    write_json(folder / RUN_FILE, {"format": _FORMAT, **asdict(run)})


def read_run(folder: Path) -> RunDescription | None:
    """Read ``run.json``.

    Returns:
        Its content; None where a folder has none.

    Raises:
        OptionError: if it is damaged or of a later format.
    """
    from pydantic import TypeAdapter, ValidationError

    file = folder / RUN_FILE
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text("utf-8"))
        if content.pop("format") != _FORMAT:
            raise OptionError(f"{file}: of a later format than this version knows; update the tool.")
        return TypeAdapter(RunDescription).validate_python(content)
    except (OSError, ValueError, AttributeError, KeyError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise OptionError(f"{file}: damaged ({reason}); train again or take another run.") from error
