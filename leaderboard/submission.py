"""Adding results to a board, taking entries back, and what a newcomer writes into a pull request."""

from dataclasses import dataclass
from pathlib import Path

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import OptionError, ResultError
from fairplay_bench.results.environment import now, tool_version
from fairplay_bench.results.files import read_result
from fairplay_bench.results.schema import Result
from leaderboard.checks import Candidate, Finding, check_all
from leaderboard.columns import columns_of
from leaderboard.entries import (
    PACKAGED,
    Claim,
    Entry,
    Retraction,
    find_entry,
    free_key,
    known_folder,
    read_entries,
    write_entry,
)
from leaderboard.known import KnownData, known_of, read_known, write_known
from leaderboard.text import number, one_line


@dataclass(frozen=True, slots=True)
class Submission:
    """A result on its way to a board.

    Attributes:
        candidate: the result and what it is held against.
        findings: what the checks found.
        new_data: the data set, if the board does not know it yet.
    """

    candidate: Candidate
    findings: tuple[Finding, ...]
    new_data: KnownData | None

    @property
    def faults(self) -> list[str]:
        """Everything that stands in the way."""
        return [fault for finding in self.findings for fault in finding.faults]


def examine(file: Path, root: Path, data: Path | None = None) -> Submission:
    """Read a result file and check it.

    Args:
        file: the result file.
        root: the board.
        data: the prepared data set it was scored on; needed where the board does not know its index.

    Returns:
        The outcome of every check.

    Raises:
        ResultError: if the file cannot be read as a result, or is of another index than ``data``.
        OptionError: if there is no such board or data set.
    """
    entries = read_entries(root)
    result = read_result(file)
    known = known_to(root)
    new_data = None
    if data is not None:
        prepared = open_prepared(data)
        if prepared.index_sha256 != result.dataset.index_sha256:
            raise ResultError(
                f"{file}: scored on index {result.dataset.index_sha256[:12]}, {data} has {prepared.index_sha256[:12]}; "
                "give the data set it was scored on."
            )
        if prepared.index_sha256 not in known:
            new_data = known_of(prepared)
            known |= {new_data.index_sha256: new_data}
    candidate = Candidate(result, known, entries)
    return Submission(candidate, tuple(check_all(candidate)), new_data)


def known_to(root: Path) -> dict[str, KnownData]:
    """Data sets that a board knows: those of the package and its own."""
    return read_known(known_folder(PACKAGED)) | (read_known(known_folder(root)) if root != PACKAGED else {})


def add(file: Path, root: Path, by: str, data: Path | None = None) -> Entry:
    """Add a result to a board; see :func:`examine`.

    Raises:
        ResultError: if a check finds a fault.
    """
    submission = examine(file, root, data)
    faults = submission.faults
    if faults:
        more = f" ({len(faults) - 1} more faults; `leaderboard check {file}` lists them)" if len(faults) > 1 else ""
        raise ResultError(f"{file}: {faults[0]}{more}")
    return enter(submission, root, by)


def enter(submission: Submission, root: Path, by: str) -> Entry:
    """Write the entry of a submission without faults, and its data set if that is new to the board."""
    if submission.new_data is not None:
        write_known(known_folder(root), submission.new_data)
    result, others = submission.candidate.result, submission.candidate.others
    key = free_key(result, (entry.key for entry in others))
    entry = Entry(key=key, claimed=Claim(by=one_line(by), when=now(), tool=tool_version()), result=result)
    write_entry(root, entry)
    return entry


def retract(wanted: str, root: Path, by: str, reason: str) -> Entry:
    """Take an entry back; it stays on record.

    Raises:
        OptionError: if there is no such entry, it was taken back before, or no reason is given.
    """
    entry = find_entry(read_entries(root), wanted)
    if not one_line(reason):
        raise OptionError("--reason: say why the entry is taken back.")
    if entry.retracted is not None:
        raise OptionError(f"{entry.key}: was taken back before, on {entry.retracted.when}.")
    retraction = Retraction(by=one_line(by), when=now(), reason=one_line(reason))
    changed = entry.model_copy(update={"retracted": retraction})
    write_entry(root, changed)
    return changed


def pull_request(entry: Entry) -> str:
    """Text of the pull request that adds an entry, Markdown."""
    from leaderboard.markdown import markdown_text

    result = entry.result
    card = result.card
    lines = [
        f"# {markdown_text(card.name)} on {markdown_text(result.dataset.name)}",
        "",
        f"Adds `leaderboard/entries/{entry.key}.json`.",
        "",
        f"- method: {markdown_text(card.name)}, version {markdown_text(card.version)}",
        f"- paper: {markdown_text(card.paper) or 'none yet'}",
        f"- code: {markdown_text(card.url) or 'not public yet'}",
        f"- protocol {result.protocol}, split set {markdown_text(result.split_set)}, {_splits(result)}; "
        f"index `{result.dataset.index_sha256[:12]}`; fairplay-bench {markdown_text(result.tool)}",
        f"- {len(result.clips)} test clips, {len(result.failed)} of them failed",
        f"- trained on: {markdown_text(_training(result))}",
        "",
        "| metric | mean | standard error |",
        "|---|---:|---:|",
        *(
            f"| {column.key}{f' ({column.unit})' * bool(column.unit)} | {number(result.metrics[column.key].mean)} | "
            f"{number(result.metrics[column.key].se)} |"
            for column in columns_of(result)
        ),
        "",
        "I have",
        "",
        "- [ ] not used any test clip for training, for choosing a model or for tuning;",
        "- [ ] put the predicted sounds (`eval --save-predictions`) where a maintainer can fetch them: …",
        "- [ ] said above where code and weights are, or that they are not public.",
    ]
    return "\n".join(lines) + "\n"


def _splits(result: Result) -> str:
    return f"split(s) {', '.join(map(str, result.splits))}"


def _training(result: Result) -> str:
    seen = [f"{one.dataset} {one.split_set} {one.split} ({', '.join(one.subsets)})" for one in result.card.trained_on]
    return "; ".join(seen) or "nothing"
