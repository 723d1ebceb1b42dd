"""A manifest of sources: ``path,sha256,size`` a line, checked before anything is prepared."""

import re
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from fairplay_bench.errors import DatasetError
from fairplay_bench.jobs import Reporter, run_all
from fairplay_bench.media.csv_tables import csv_rows
from fairplay_bench.media.files import sha256_of

COLUMNS = ("path", "sha256", "size")
_SIZE, _SHA256 = re.compile(r"[0-9]{1,18}"), re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """What a source file should be.

    Attributes:
        name: its path in the manifest.
        path: where it is here.
        sha256: hash of its bytes, hexadecimal.
        size: number of its bytes.
    """

    name: str
    path: Path
    sha256: str
    size: int


def read_manifest(file: Path, root: Path, audio_folder: str) -> list[ManifestEntry]:
    """Read a manifest.

    Args:
        file: the CSV.
        root: the source folder its paths are relative to.
        audio_folder: the folder that holds ``binaural_audios`` here.

    Returns:
        Its entries.

    Raises:
        DatasetError: if it cannot be read, lacks a column, or names a file outside the source folder.
    """
    entries = []
    for where, row in csv_rows(file, COLUMNS):
        name, digest, size = (row[column] or "" for column in COLUMNS)
        parts = Path(name).parts
        if not parts or ".." in parts or Path(name).is_absolute():
            raise DatasetError(f"{where}: {name!r} is no path inside the source folder.")
        if not (_SIZE.fullmatch(size) and _SHA256.fullmatch(digest)):
            raise DatasetError(f"{where}: a size in bytes and a SHA-256 of 64 digits are needed.")
        here = (audio_folder, *parts[1:]) if parts[0] == "binaural_audios" else parts
        entries.append(ManifestEntry(name, root.joinpath(*here), digest.lower(), int(size)))
    return entries


def check_manifest(
    entries: Sequence[ManifestEntry], pool: Executor, reporter: Reporter, workers: int
) -> dict[Path, str]:
    """Compare the sources with a manifest; files that are absent are left to whoever needs them.

    Returns:
        For each file that differs: what differs.
    """
    there = [entry for entry in entries if entry.path.is_file()]
    reporter.say(f"manifest: {len(there)} of {len(entries)} files are here; checking them.")
    work = run_all(pool, _difference, there, workers)
    found = {entry.path: reason for entry, reason in reporter.track(work, len(there), "files") if reason}
    return dict(sorted(found.items()))


def _difference(entry: ManifestEntry) -> str | None:
    size = entry.path.stat().st_size
    if size != entry.size:
        return f"{entry.name}: {size} bytes, the manifest says {entry.size}; copy or download it again."
    if sha256_of([entry.path]) != entry.sha256:
        return f"{entry.name}: its SHA-256 is not the manifest's; copy or download it again."
    return None
