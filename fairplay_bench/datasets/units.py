"""Units of preparing: what is prepared in one piece, and the record that it is done.

A unit's record is written last, after all of its files, so whatever was interrupted has none and is done again. A
record counts while its parameters are today's and none of the sources is newer than it or has changed.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.media.files import sha256_of, write_json
from fairplay_bench.records import ClipId


@dataclass(frozen=True, slots=True)
class Unit:
    """One recording to prepare.

    Attributes:
        name: of the recording; that of its only clip where there is one.
        sources: its files.
    """

    name: str
    sources: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class PreparedUnit:
    """What became of a unit.

    Attributes:
        name: of the recording.
        source_rate: rate of its sound, Hz.
        rows: its clips.
        source_sha256: hash of its source.
        silent: clips of it below -60 dBFS, where that was looked at.
        remainder_s: what was left over at its end, seconds.
        dropped_clips: clips that were not worth keeping.
    """

    name: str
    source_rate: int
    rows: tuple[IndexRow, ...]
    source_sha256: str
    silent: tuple[ClipId, ...] = ()
    remainder_s: float = 0.0
    dropped_clips: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A clip or recording that could not be prepared, and why."""

    clip_id: ClipId
    reason: str


class UnitRecords:
    """The records of one data set, a small JSON file a unit.

    Args:
        folder: where they are kept.
        parameters: hash of everything that the outcome depends on beside the sources.
        out: the prepared data set.
    """

    def __init__(self, folder: Path, parameters: str, out: Path) -> None:
        self._folder, self._parameters, self._out = folder, parameters, out

    def done(self, unit: Unit) -> PreparedUnit | None:
        """Return the outcome of a unit that need not be done again, else None."""
        path = self._path(unit.name)
        prepared = self._read(path)
        if prepared is None or not all(self._is_there(row) for row in prepared.rows):
            return None
        written = path.stat().st_mtime_ns
        try:
            touched = any(_changed_ns(source) >= written for source in unit.sources)
            if touched and sha256_of(unit.sources) != prepared.source_sha256:
                return None
        except OSError:
            return prepared  # prepared earlier, its source given away since
        return prepared

    def all(self) -> list[PreparedUnit]:
        """Every outcome recorded with today's parameters, by name."""
        outcomes = (self._read(path) for path in sorted(self._folder.glob("*.json")))
        return [outcome for outcome in outcomes if outcome is not None]

    def add(self, prepared: PreparedUnit) -> None:
        """Record that a unit is done."""
        write_json(self._path(prepared.name), {"parameters": self._parameters, **asdict(prepared)})

    def drop(self, name: str) -> None:
        """Forget a unit."""
        self._path(name).unlink(missing_ok=True)

    def _is_there(self, row: IndexRow) -> bool:
        sounds = [row.audio, row.ambisonics] if row.ambisonics else [row.audio]
        return all((self._out / sound).is_file() for sound in sounds) and (self._out / row.frames).is_dir()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _read(self, path: Path) -> PreparedUnit | None:
        if not path.is_file():
            return None
        try:
            record = json.loads(path.read_text("utf-8"))
            if record.pop("parameters") != self._parameters:
                return None
            rows = tuple(IndexRow(**row) for row in record["rows"])
            return PreparedUnit(**record | {"rows": rows, "silent": tuple(record["silent"])})
        except (ValueError, KeyError, TypeError):
            return None  # damaged, as a power cut may leave it: the unit is done again


def _changed_ns(path: Path) -> int:
    status = path.stat()
    return max(status.st_mtime_ns, status.st_ctime_ns)  # a copy may bring its old time of writing along
