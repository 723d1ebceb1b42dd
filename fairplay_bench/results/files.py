"""Reading and writing result files."""

import json
from pathlib import Path
from typing import Any, TypeVar

from fairplay_bench.errors import ResultError
from fairplay_bench.media.files import write_json
from fairplay_bench.media.outputs import check_is_free
from fairplay_bench.results.schema import SCHEMA, Record, Result

Model = TypeVar("Model", bound=Record)


def write_result(result: Result, path: Path, overwrite: bool = False) -> None:
    """Write a result file, whole or not at all.

    Raises:
        OutputError: if it exists and ``overwrite`` is False, or cannot be written.
    """
    check_is_free(path, overwrite)
    write_json(path, result.model_dump(mode="json", by_alias=True))


def read_result(path: Path) -> Result:
    """Read a result file of this or any older schema.

    Raises:
        ResultError: if it is missing, no JSON, of a later schema, or does not fit the schema.
    """
    content = read_versioned(path, "schema", SCHEMA, "result file", "eval")
    return validated(path, content, Result)


def read_versioned(path: Path, field: str, latest: int, what: str, writer: str) -> dict[str, Any]:
    """Read a JSON object that tells the version of its own format.

    Args:
        path: the file.
        field: where the version stands.
        latest: the latest version that is known.
        what: the kind of file, for messages.
        writer: the command that writes such files, for messages.

    Returns:
        The object, of a known version, else unchecked.

    Raises:
        ResultError: if it is missing, no JSON, tells no version, or a later one.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no UTF-8 text"
        raise ResultError(f"{path}: cannot be read ({reason}); give a {what} that `{writer}` wrote.") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResultError(f"{path}: not JSON ({error}); give a {what} that `{writer}` wrote.") from error
    version = content.get(field) if isinstance(content, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise ResultError(f"{path}: no {what}: it has no {field!r}; give a file that `{writer}` wrote.")
    check_version(path, field, version, latest)
    checked: dict[str, Any] = content
    return checked


def check_version(path: Path, field: str, version: int, latest: int) -> None:
    """Refuse the format of a later version of the tool.

    Raises:
        ResultError: if it is later.
    """
    if version > latest:
        raise ResultError(f"{path}: {field} {version} is later than this version knows ({latest}); update the tool.")


def validated(path: Path, content: Any, kind: type[Model]) -> Model:
    """Make a record of the content of a file.

    Raises:
        ResultError: naming the first thing that does not fit.
    """
    from pydantic import ValidationError

    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(".".join(str(part) for part in first["loc"]).split())
        raise ResultError(f"{path}: {where}: {first['msg']} ({error.error_count()} such faults).") from error
