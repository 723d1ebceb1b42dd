"""Refusing, before any work is done, a place that what comes of it could not be written to."""

import os
from collections.abc import Sequence
from pathlib import Path

from fairplay_bench.errors import OutputError
from fairplay_bench.media.files import output_problem


def check_is_free(path: Path, overwrite: bool) -> None:
    """Refuse a path that is taken, before any work is done for it.

    Raises:
        OutputError: if it exists and must not be replaced, is a folder, or its folder cannot be written.
    """
    try:
        if path.is_dir():
            raise OutputError(f"{path}: is a folder; give a file with --out.")
        _check_taken(path, overwrite)
    except OSError as error:
        raise OutputError(output_problem(path, error)) from error
    _check_home(path, path.absolute().parents)


def check_can_hold(folder: Path) -> None:
    """Refuse a folder that cannot be made or written, before any work is done for it.

    Raises:
        OutputError: if a file stands in its place, or above it, or it cannot be written.
    """
    _check_home(folder, (folder.absolute(), *folder.absolute().parents))


def check_folder_is_free(folder: Path, overwrite: bool) -> None:
    """Refuse a folder that is to appear whole where something stands, before any work is done for it.

    Raises:
        OutputError: if it exists and must not be replaced, or cannot be made or written.
    """
    check_can_hold(folder)
    _check_taken(folder, overwrite)


def _check_taken(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise OutputError(f"{path}: exists; choose another --out, or --overwrite to replace it.")


def _check_home(path: Path, folders: Sequence[Path]) -> None:
    """Refuse a path if the first of these folders that exists is none, or cannot be written."""
    try:
        home = next(folder for folder in folders if folder.exists())
    except OSError as error:
        raise OutputError(output_problem(path, error)) from error
    if not home.is_dir() or not os.access(home, os.W_OK):
        raise OutputError(f"cannot write {path}: {home} is no folder that can be written; choose another --out.")
