"""Looking at entries and result files that are there: what the checks say about them."""

import json
from collections.abc import Iterator
from pathlib import Path

from fairplay_bench.results.files import read_result
from fairplay_bench.results.schema import Result
from leaderboard.checks import Candidate, Finding, check_all
from leaderboard.entries import find_entry, read_entries, read_entry
from leaderboard.submission import examine, known_to


def inspect(root: Path, wanted: str | None, data: Path | None = None) -> Iterator[tuple[str, list[Finding]]]:
    """Check entries of a board, or one entry or result file.

    Args:
        root: the board.
        wanted: an entry's key or name, or the path of an entry or result file; all entries by default.
        data: the prepared data set of a result file, where the board does not know it.

    Yields:
        What was checked, and the findings.

    Raises:
        ResultError: if a file is damaged.
        UnknownNameError: if there is no such entry.
    """
    path = Path(wanted) if wanted is not None else None
    if path is not None and path.is_file() and not is_entry(path):
        yield str(path), list(examine(path, root, data).findings)
        return
    known = known_to(root)
    if path is not None and path.is_file():
        chosen = [read_entry(path)]
        entries = read_entries(root)
    else:
        entries = read_entries(root)
        chosen = entries if wanted is None else [find_entry(entries, wanted)]
    for entry in chosen:
        others = [other for other in entries if other.key != entry.key]
        yield entry.key, check_all(Candidate(entry.result, known, others if entry.retracted is None else ()))


def is_entry(path: Path) -> bool:
    """Whether a file looks like an entry rather than a result."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False  # whoever reads it as a result says what is wrong
    return isinstance(content, dict) and "entry" in content


def result_in(path: Path) -> Result:
    """The result in a file, which is a result file or an entry.

    Raises:
        ResultError: if it is damaged.
    """
    return read_entry(path).result if is_entry(path) else read_result(path)
