"""The folder that a training leaves: ``run.json`` beside the weights that the method itself writes."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fairplay_bench.errors import BenchError
from fairplay_bench.media.files import write_json
from fairplay_bench.records import ModelCard

RUN_FILE = "run.json"
_FORMAT = 1


class RunError(BenchError):
    """A run's description of itself cannot be read."""


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
        RunError: if it is damaged or of a later format.
    """
    from pydantic import TypeAdapter, ValidationError

    file = folder / RUN_FILE
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text("utf-8"))
        if not isinstance(content, dict) or "format" not in content:
            raise RunError(f"{file}: no description of a run; train again or take another run.")
        if content.pop("format") != _FORMAT:
            raise RunError(f"{file}: of a later format than this version knows; update the tool.")
        return TypeAdapter(RunDescription).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise RunError(f"{file}: damaged ({reason}); train again or take another run.") from error
    except (OSError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise RunError(f"{file}: damaged ({reason}); train again or take another run.") from error
