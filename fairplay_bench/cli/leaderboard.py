"""``leaderboard {add,check,submit,retract,build,compare}``: entries, tables and comparisons."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.leaderboard_build import build_command
from fairplay_bench.cli.leaderboard_compare import compare_command
from fairplay_bench.cli.leaderboard_options import BOARD, BY, DATA, board_folder, who
from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.errors import OptionError

if TYPE_CHECKING:
    from leaderboard.checks import Finding
    from leaderboard.entries import Entry

_SHOWN = 10


@click.group("leaderboard", short_help="Entries, tables and comparisons of methods.")
def leaderboard_command() -> None:
    """Put results on the board, check them, compare methods and build the tables."""


leaderboard_command.add_command(build_command)
leaderboard_command.add_command(compare_command)


@leaderboard_command.command("add", short_help="Add a result file.")
@click.argument("file", type=PATH)
@DATA
@BY
@BOARD
def add_command(file: Path, data: Path | None, by: str | None, board: Path | None) -> None:
    """Check the result file FILE and add it to the entries. Nothing is written if a check fails."""
    from leaderboard.entries import entries_folder
    from leaderboard.submission import add

    root = board_folder(board)
    entry = add(file, root, who(by), data)
    click.echo(f"added as {entry.key}: {entries_folder(root) / entry.key}.json")


@leaderboard_command.command("submit", short_help="Add a result file and write the pull request.")
@click.argument("file", type=PATH)
@DATA
@BY
@BOARD
@click.option("--out", type=PATH, default=Path("pull-request.md"), show_default=True, help="Text of the pull request.")
@shared_options("overwrite")
def submit_command(
    file: Path, data: Path | None, by: str | None, board: Path | None, out: Path, overwrite: bool
) -> None:
    """Walk through a submission: show each check of the result FILE, write the entry and the text of a pull request."""
    from fairplay_bench.media.files import written_whole
    from fairplay_bench.media.outputs import check_is_free
    from leaderboard.entries import entries_folder
    from leaderboard.submission import enter, examine, pull_request

    check_is_free(out, overwrite)
    root = board_folder(board)
    click.echo(f"1. Checks of {file}")
    submission = examine(file, root, data)
    _show(submission.findings)
    if submission.faults:
        click.echo(f"{len(submission.faults)} fault(s); mend them and submit again. Nothing was written.", err=True)
        raise SystemExit(1)
    entry = enter(submission, root, who(by))
    with written_whole(out) as temporary:
        temporary.write_text(pull_request(entry), "utf-8")
    click.echo(_next_steps(entries_folder(root) / f"{entry.key}.json", out, board))


def _next_steps(entry: Path, text: Path, board: Path | None) -> str:
    where = "" if board is None else f" --board {board}"
    return f"""2. The entry is {entry}
3. The text of the pull request is {text}; fill in what it leaves open.

Next: look at it with `fairplay-bench leaderboard build --format markdown{where}`,
commit the entry on a branch of a clone of the project, open a pull request with that text, and put the predicted sounds
where a maintainer can fetch them. Until a maintainer has scored them again the entry is shown as claimed.
docs/submit.md has the details."""


@leaderboard_command.command("check", short_help="Check entries, or score one again.")
@click.argument("entry", required=False)
@click.option("--predictions", default=None, help="The submitted WAVs; {split} stands for the split's number.")
@DATA
@BY
@BOARD
@shared_options("jobs")
def check_command(
    entry: str | None,
    predictions: str | None,
    data: Path | None,
    by: str | None,
    board: Path | None,
    jobs: int | None,
) -> None:
    """Check ENTRY (its key, its file, or a result file), or all entries. Exits with 1 if one has a fault.

    With --predictions and --data its sounds are scored again; if every score agrees to 1e-4, relative, the entry is
    marked as verified.
    """
    root = board_folder(board)
    if predictions is not None:
        if data is None:
            raise OptionError("--predictions: give the prepared data set with --data too.")
        if entry is None:
            raise OptionError("--predictions: say of which entry they are.")
        _rescore(entry, predictions, data, root, who(by), jobs)
        return
    from leaderboard.entries import entries_folder
    from leaderboard.inspection import inspect

    checked = faulty = False
    for name, findings in inspect(root, entry, data):
        click.echo(name)
        _show(findings)
        checked = True
        faulty = faulty or any(finding.faults for finding in findings)
    if not checked:
        click.echo(f"{entries_folder(root)}: no entries to check.", err=True)
    if faulty:
        raise SystemExit(1)


def _rescore(wanted: str, predictions: str, data: Path, root: Path, by: str, jobs: int | None) -> None:
    from leaderboard.entries import find_entry, read_entries
    from leaderboard.verification import TOLERANCE, rescore, verified

    entry = find_entry(read_entries(root), wanted)
    if entry.retracted is not None:
        raise OptionError(f"{entry.key}: was taken back ({entry.retracted.reason}); there is nothing to verify.")
    found = rescore(entry, predictions, data, ConsoleReporter(), jobs)
    for difference in found.differences[:_SHOWN]:
        click.echo(difference)
    if found.differences:
        click.echo(f"{entry.key}: {len(found.differences)} scores differ by more than {TOLERANCE:g}.", err=True)
        raise SystemExit(1)
    verified(entry, root, by, found)
    click.echo(f"{entry.key}: verified; {found.clips} clips, largest relative difference {found.largest:.1e}.")


@leaderboard_command.command("retract", short_help="Take an entry back.")
@click.argument("entry")
@click.option("--reason", required=True, help="Why; it is shown.")
@BY
@BOARD
def retract_command(entry: str, reason: str, by: str | None, board: Path | None) -> None:
    """Take ENTRY back. It leaves the tables and stays on record, with the reason."""
    from leaderboard.submission import retract

    changed: Entry = retract(entry, board_folder(board), who(by), reason)
    click.echo(f"{changed.key}: taken back.")


def _show(findings: "tuple[Finding, ...] | list[Finding]") -> None:
    for finding in findings:
        click.echo(f"  {'ok   ' if not finding.faults else 'FAULT'} {finding.title}")
        for fault in finding.faults:
            click.echo(f"        {fault}")
