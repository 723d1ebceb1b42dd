"""Reading and writing result files."""

import json
from pathlib import Path

from fairplay_bench.errors import OutputError, ResultError
from fairplay_bench.media.files import write_json
from fairplay_bench.results.schema import SCHEMA, Result


def check_is_free(path: Path, overwrite: bool) -> None:
    """Refuse a path that is taken, before any work is done for it.

    Raises:
        OutputError: if it exists and must not be replaced, or is a folder.
    """
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; give a file with --out.")
    if path.exists() and not overwrite:
        raise OutputError(f"{path}: exists; choose another --out, or --overwrite to replace it.")


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
    from pydantic import ValidationError

    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ResultError(f"{path}: cannot be read ({error}).") from error
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ResultError(f"{path}: not JSON ({error}); give a result file that `eval` wrote.") from error
    version = content.get("schema") if isinstance(content, dict) else None
    if not isinstance(version, int):
        raise ResultError(f"{path}: no result file: it has no 'schema'.")
    if version > SCHEMA:
        raise ResultError(f"{path}: schema {version} is later than this version knows ({SCHEMA}); update the tool.")
    try:
        return Result.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ResultError(f"{path}: {where}: {first['msg']} ({error.error_count()} such faults).") from error
