"""Reading and writing result files."""

import json
import os
from pathlib import Path

from fairplay_bench.errors import OutputError, ResultError
from fairplay_bench.media.files import output_problem, write_json
from fairplay_bench.results.schema import SCHEMA, Result


def check_is_free(path: Path, overwrite: bool) -> None:
    """Refuse a path that is taken, before any work is done for it.

    Raises:
        OutputError: if it exists and must not be replaced, is a folder, or its folder cannot be written.
    """
    try:
        if path.is_dir():
            raise OutputError(f"{path}: is a folder; give a file with --out.")
        if path.exists() and not overwrite:
            raise OutputError(f"{path}: exists; choose another --out, or --overwrite to replace it.")
        home = next(folder for folder in path.absolute().parents if folder.exists())
    except OSError as error:
        raise OutputError(output_problem(path, error)) from error
    if not home.is_dir() or not os.access(home, os.W_OK):
        raise OutputError(f"cannot write {path}: {home} is no folder that can be written; choose another --out.")


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
        reason = getattr(error, "strerror", None) or "no UTF-8 text"
        raise ResultError(f"{path}: cannot be read ({reason}); give a result file that `eval` wrote.") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResultError(f"{path}: not JSON ({error}); give a result file that `eval` wrote.") from error
    version = content.get("schema") if isinstance(content, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise ResultError(f"{path}: no result file: it has no 'schema'; give a file that `eval` wrote.")
    if version > SCHEMA:
        raise ResultError(f"{path}: schema {version} is later than this version knows ({SCHEMA}); update the tool.")
    try:
        return Result.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(".".join(str(part) for part in first["loc"]).split())
        raise ResultError(f"{path}: {where}: {first['msg']} ({error.error_count()} such faults).") from error
