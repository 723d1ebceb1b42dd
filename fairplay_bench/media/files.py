"""Files that appear whole or not at all, hashes, and files that only stand for others."""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fairplay_bench.errors import MediaError, OutputError

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_BLOCK = 1 << 20
_LONGEST_NAME = 255  # bytes, on the usual file systems
TEMPORARY = ".*.[0-9]*.tmp"  # pattern of the names that files have until they are whole


@contextmanager
def written_whole(path: Path, scratch: Path | None = None, *, folder: bool = False) -> Iterator[Path]:
    """Give a temporary path whose file (or folder) takes the name ``path`` once the block ends well.

    Args:
        path: the final name; what was there is replaced.
        scratch: an existing folder on the same file system for the temporary name; by default beside ``path``.
        folder: whether a folder is written rather than a file; it is created.

    Yields:
        The temporary path. After an error nothing of it stays and ``path`` is as before.

    Raises:
        OutputError: if the disk is full or the place cannot be written.
    """
    temporary = (scratch or path.parent) / _temporary_name(path.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if folder:
            shutil.rmtree(temporary, ignore_errors=True)  # of a killed run whose number this one has got
            temporary.mkdir()
        yield temporary
        if folder and path.exists():
            shutil.rmtree(path)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(output_problem(path, error)) from error
    except OutputError as error:  # of a file in the folder, which is called by the name it would have got
        raise OutputError(str(error).replace(str(temporary), str(path))) from error
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        else:
            with suppress(FileNotFoundError, NotADirectoryError):  # a file may stand where its folder should be
                temporary.unlink()


def _temporary_name(name: str) -> str:
    """A name that matches :data:`TEMPORARY` and is short enough for a file system wherever ``name`` is."""
    temporary = f".{name}.{os.getpid()}.tmp"
    if len(os.fsencode(temporary)) <= _LONGEST_NAME:
        return temporary
    return f".{hashlib.sha256(os.fsencode(name)).hexdigest()}.{os.getpid()}.tmp"


@contextmanager
def folders_made_for(folder: Path) -> Iterator[None]:
    """Take those folders away again, from ``folder`` upwards, that came in the block, if it fails and they are empty.

    For work of one process alone: another could be about to write into one of them.
    """
    absent = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        yield
    except BaseException:
        for one in absent:
            with suppress(OSError):  # it was not made, or something lies in it
                one.rmdir()
        raise


def output_problem(path: Path, error: OSError) -> str:
    """One line that says why ``path`` cannot be written and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"cannot write {path}: the disk is full; free some space and run the same command again."
    return f"cannot write {path}: {error.strerror or error}; choose another place with --out."


def write_json(path: Path, value: Any) -> None:
    """Write an object as indented JSON, whole or not at all; NaN is refused."""
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")


def sha256_of(paths: Iterable[Path]) -> str:
    """SHA-256, in hexadecimal, of the bytes of these files one after another."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()


def check_is_content(path: Path) -> None:
    """Refuse a file that is missing, empty, or a git-LFS pointer in place of its content.

    Raises:
        MediaError: saying which.
    """
    try:
        with path.open("rb") as file:
            head = file.read(len(_LFS_POINTER))
    except FileNotFoundError as error:
        raise MediaError(f"{path}: missing; copy or download it.") from error
    except OSError as error:
        raise MediaError(f"{path}: cannot be opened ({error.strerror}); copy or download it again.") from error
    if not head:
        raise MediaError(f"{path}: the file is empty; copy or download it again.")
    if head == _LFS_POINTER:
        raise MediaError(f"{path}: a git-LFS pointer, not the file itself; run `git lfs pull` in its repository.")
