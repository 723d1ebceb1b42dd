"""Entries: a result with who claims it, who verified it, and whether it was taken back; one JSON file each."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.media.files import write_json
from fairplay_bench.results.files import check_version, read_versioned, validated
from fairplay_bench.results.schema import SCHEMA, Record, Result

ENTRY = 1  # version of the files written today
PACKAGED = Path(__file__).parent
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_KEY = "^[a-z0-9][a-z0-9-]{0,120}$"


class Claim(Record):
    """Who says that the method scores so.

    Attributes:
        by: who submitted it.
        when: date and time, ISO 8601, UTC.
        tool: version of fairplay-bench that checked it.
    """

    by: str
    when: str
    tool: str


class Verified(Record):
    """That a maintainer scored the submitted sounds again and got the same.

    Attributes:
        by: who.
        when: date and time, ISO 8601, UTC.
        tool: version of fairplay-bench that scored them.
        clips: how many clips were scored.
        largest_difference: of any score, relative to the claimed one.
    """

    by: str
    when: str
    tool: str
    clips: int
    largest_difference: float


class Retraction(Record):
    """That an entry was taken back; it stays on record.

    Attributes:
        by: who.
        when: date and time, ISO 8601, UTC.
        reason: why.
    """

    by: str
    when: str
    reason: str


class Entry(Record):
    """One row of the leaderboard.

    Attributes:
        entry: version of this format.
        key: its name, that of the file without ``.json``.
        claimed: who claims it.
        verified: who verified it; None as long as nobody did.
        retracted: whether and why it was taken back.
        result: the result as it was submitted.
    """

    entry: Literal[1] = 1
    key: str = Field(pattern=_KEY)
    claimed: Claim
    verified: Verified | None = None
    retracted: Retraction | None = None
    result: Result

    @property
    def status(self) -> Literal["claimed", "verified", "retracted"]:
        """Where it stands."""
        if self.retracted is not None:
            return "retracted"
        return "verified" if self.verified is not None else "claimed"


def entries_folder(root: Path) -> Path:
    """Folder of the entries of a board."""
    return root / "entries"


def known_folder(root: Path) -> Path:
    """Folder of the data sets that a board knows."""
    return root / "indices"


def identity(result: Result) -> tuple[object, ...]:
    """What may be on the board once."""
    where = (result.task, result.dataset.name, result.dataset.index_sha256, result.split_set, tuple(result.splits))
    return (*where, result.protocol, result.card.name, result.card.version, result.card.weights_sha256)


def read_entry(path: Path) -> Entry:
    """Read an entry of this or any older version.

    Raises:
        ResultError: if it is missing, no JSON, of a later version, or does not fit.
    """
    content = read_versioned(path, "entry", ENTRY, "entry", "leaderboard add")
    result = content.get("result")
    if isinstance(result, dict) and isinstance(result.get("schema"), int):
        check_version(path, "schema", result["schema"], SCHEMA)
    entry = validated(path, content, Entry)
    if entry.key != path.stem:
        raise OptionError(f"{path}: holds the entry {entry.key}; name the file {entry.key}.json.")
    return entry


def read_entries(root: Path) -> list[Entry]:
    """Read all entries of a board, by key.

    Raises:
        OptionError: if there is no such board.
        ResultError: if an entry is damaged.
    """
    if not root.is_dir():
        raise OptionError(f"--board {root}: no such folder; give a folder that holds entries/.")
    return [read_entry(path) for path in sorted(entries_folder(root).glob("*.json"))]


def write_entry(root: Path, entry: Entry) -> Path:
    """Write an entry, whole or not at all.

    Returns:
        The file.
    """
    path = entries_folder(root) / f"{entry.key}.json"
    write_json(path, entry.model_dump(mode="json", by_alias=True))
    return path


def find_entry(entries: Sequence[Entry], wanted: str) -> Entry:
    """Find an entry by its key, the path of its file, or the name on its card if only one has it.

    Raises:
        UnknownNameError: if none is called so.
        OptionError: if several are.
    """
    key = Path(wanted).stem if wanted.endswith(".json") else wanted
    for entry in entries:
        if entry.key == key:
            return entry
    named = [entry for entry in entries if entry.result.card.name == wanted]
    if len(named) > 1:
        raise OptionError(f"{wanted!r} names {', '.join(entry.key for entry in named)}; give one of these keys.")
    if not named:
        raise UnknownNameError("entry", wanted, [entry.key for entry in entries])
    return named[0]


def free_key(result: Result, taken: Iterable[str]) -> str:
    """Make a key for a result that no entry has yet."""
    base = "-".join((slug(result.card.name), slug(result.dataset.name), slug(result.protocol)))
    keys = set(taken)
    number, key = 1, base
    while key in keys:
        number += 1
        key = f"{base}-{number}"
    return key


def slug(text: str, otherwise: str = "method") -> str:
    """Text as a part of file names and addresses: at most 40 of a-z, 0-9 and single hyphens."""
    return _NO_SLUG.sub("-", text.lower()).strip("-")[:40].strip("-") or otherwise
