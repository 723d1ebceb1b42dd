"""``study``: listening studies: a page that asks, and what the answers say."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, parse_splits, shared_options

if TYPE_CHECKING:
    from leaderboard.study.analyse import Analysis, Share


@click.group("study", short_help="Ask people what they hear.")
def study_command() -> None:
    """Ask people what they hear: make the page of a study, count its answers."""


@study_command.command("build", short_help="Make the page of a listening study.")
@shared_options("data", "split_set", "splits", "listen")
@click.option("--clips", type=int, default=12, show_default=True, help="Clips of each part.")
@click.option(
    "--part",
    type=click.Choice(["both", "preference", "direction"]),
    default="both",
    show_default=True,
    help="Which of two is more like the reference; from where it sounds; or both.",
)
@click.option("--directions", type=PATH, default=None, help="CSV of clip_id and direction (left, centre, right).")
@click.option("--title", default="A listening study", show_default=True, help="Shown to participants.")
@click.option("--headphone-check/--no-headphone-check", default=True, help="Ask first whether headphones are worn.")
@click.option("--out", type=PATH, default=Path("study"), show_default=True, help="Folder of the page.")
@shared_options("overwrite")
def build_command(
    data: Path,
    split_set: str | None,
    splits: str | None,
    listen: tuple[str, ...],
    clips: int,
    part: Any,
    directions: Path | None,
    title: str,
    headphone_check: bool,
    out: Path,
    overwrite: bool,
) -> None:
    """Make a static page that participants open in a browser; it saves and downloads their answers.

    The reference and the target of directions are the recorded ears; methods come by --listen.
    """
    numbers = parse_splits(splits)
    from fairplay_bench.datasets.prepared import open_prepared
    from leaderboard.page.versions import Selection, parse_version
    from leaderboard.study.build import StudyPlan, build_study
    from leaderboard.study.directions import read_directions

    versions = tuple(parse_version(text) for text in listen)
    selection = Selection(open_prepared(data), versions, split_set, numbers, clips)
    told = None if directions is None else read_directions(directions)
    built = build_study(
        StudyPlan(selection, part, told, title, headphone_check), out, overwrite, reporter=ConsoleReporter()
    )
    click.echo(
        f"study {built.study}: {built.preference} clips to compare, {built.direction} to place, {built.lists} lists "
        f"(a participant hears one, drawn at random or chosen with ?list=0 … {built.lists - 1})\nopen {built.page}"
    )


@study_command.command("analyse", short_help="Count the answers of a listening study.")
@click.argument("files", type=PATH, nargs=-1, required=True)
@click.option(
    "--keep-failed/--leave-out-failed", default=False, help="Count who failed the headphone check.", show_default=True
)
@shared_options("as_json")
def analyse_command(files: tuple[Path, ...], keep_failed: bool, as_json: bool) -> None:
    """Count answers: shares of preference with Wilson intervals, and where instruments were heard.

    FILES are what participants downloaded, or folders of them.
    """
    from leaderboard.study.analyse import analyse
    from leaderboard.study.answers import read_answers

    analysis = analyse(read_answers(files), keep_failed)
    if as_json:
        import json
        from dataclasses import asdict

        click.echo(json.dumps(asdict(analysis), ensure_ascii=False))
    else:
        _show(analysis)


def _show(analysis: "Analysis") -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console()
    left_out = f", {len(analysis.excluded)} left out by the headphone check" if analysis.excluded else ""
    unfinished = f", {analysis.unfinished} did not finish" if analysis.unfinished else ""
    console.print(
        escape(f"{analysis.title} ({analysis.study}): {analysis.participants} participants{left_out}{unfinished}")
    )
    if analysis.preferences:
        console.print(_preference_table(analysis))
        console.print(escape(f"answers A, whatever it was: {_words(analysis.first_side)}"))
    for confusion in analysis.directions:
        console.print(_confusion_table(confusion))
    for note in analysis.notes:
        console.print(escape(note), style="dim")


def _preference_table(analysis: "Analysis") -> Any:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="more like the reference", title_justify="left")
    for head in ("A", "B", "A preferred (95 %)", "p", "participants"):
        table.add_column(head)
    for row in analysis.preferences:
        p = "–" if row.p is None else f"{row.p:.2g}"
        table.add_row(escape(row.a), escape(row.b), _words(row.a_preferred), p, str(row.participants))
    for name, share in analysis.overall.items():
        table.add_row(escape(name), "all others", _words(share), "", "")
    return table


def _confusion_table(confusion: Any) -> Any:
    from rich.markup import escape
    from rich.table import Table

    from leaderboard.study.directions import DIRECTIONS

    table = Table(title=escape(f"{confusion.version}: right {_words(confusion.right)}"), title_justify="left")
    for head in ("true ↓ heard →", *DIRECTIONS):
        table.add_column(head, justify="left" if head.startswith("true") else "right")
    for truth, counts in zip(DIRECTIONS, confusion.counts, strict=True):
        table.add_row(truth, *map(str, counts))
    return table


def _words(share: "Share") -> str:
    if share.share is None:
        return "–"
    return f"{share.count} of {share.of}, {share.share:.1%} ({share.low:.1%} … {share.high:.1%})"
