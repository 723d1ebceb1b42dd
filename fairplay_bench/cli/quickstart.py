"""``quickstart``: the whole way in one command, without any data."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from fairplay_bench.results.schema import Result

_CLIPS, _SEED = 100, 0
_METHOD = "mono-mono"
_SITE = "site"
_HEARD = (_METHOD, "swapped-ears")


@click.command("quickstart", short_help="Make a small data set, score on it, show the table.")
@click.option("--out", type=PATH, default=Path("quickstart"), show_default=True, help="Where everything goes.")
@click.option("--clips", type=int, default=_CLIPS, show_default=True, help="Number of clips of 10 s.")
@shared_options("jobs")
def quickstart_command(out: Path, clips: int, jobs: int | None) -> None:
    """Make mini, prepare it, score Mono-Mono and two sanity rows, write leaderboard.md and a site."""
    from fairplay_bench.cli.tables import show_results
    from fairplay_bench.datasets.mini.make import make_mini
    from fairplay_bench.jobs import executor, workers_of
    from fairplay_bench.media.files import written_whole
    from fairplay_bench.scoring.run import SCORING_MODULES
    from leaderboard.markdown import markdown_table
    from leaderboard.page.folder import check_site_is_free

    reporter = ConsoleReporter()
    check_site_is_free(out / _SITE, overwrite=True)
    with executor(jobs, SCORING_MODULES) as pool:
        make_mini(out, clips, _SEED, pool, reporter, workers=workers_of(jobs))
        scored = _score_all(out, pool, jobs, reporter)
    results = list(scored.values())
    with written_whole(out / "leaderboard.md") as temporary:
        temporary.write_text(f"# Quickstart\n\n{markdown_table(results)}", "utf-8")
    _build_site(out, scored, reporter)
    show_results(results, f"mini, {clips} clips, {len(results[0].splits)} splits, protocol {results[0].protocol}")
    click.echo(_next_steps(out))


def _score_all(out: Path, pool: "Executor", jobs: int | None, reporter: ConsoleReporter) -> dict[str, "Result"]:
    from fairplay_bench.results.files import write_result
    from fairplay_bench.scoring.checks import CHECKS
    from fairplay_bench.scoring.run import EvaluationPlan, Method, run_plan

    plan = EvaluationPlan(out / "mini", jobs=jobs)
    results = {}
    rows: list[tuple[str, Method]] = [(_METHOD, _METHOD), *CHECKS.items()]
    for name, method in rows:
        reporter.say(f"scoring {name}")
        result = run_plan(method, plan, reporter, pool)
        write_result(result, out / "results" / f"{name}.json", overwrite=True)
        results[name] = result
    return results


def _build_site(out: Path, results: dict[str, "Result"], reporter: ConsoleReporter) -> None:
    """The page of the results, on which the method and the swapped ears can be heard."""
    from fairplay_bench.datasets.prepared import open_prepared
    from leaderboard.build import board_of_results
    from leaderboard.page.site import build_site
    from leaderboard.page.versions import Selection, Version

    heard = [Version(results[name].card.name, name) for name in _HEARD]
    selection = Selection(open_prepared(out / "mini"), heard)
    build_site(board_of_results(results.values()), out / _SITE, listening=selection, overwrite=True, reporter=reporter)


def _next_steps(out: Path) -> str:
    return f"""
The table is in {out / "leaderboard.md"}, every clip's scores are in {out / "results"}, and the page on which the
clips are seen and heard is {out / _SITE / "index.html"}: open it in a browser.
The two checks are made from the target: target must be 0, swapped-ears bad. Next:

  fairplay-bench eval --model my_module:MyMethod --data {out / "mini"} --out mine.json   # your own (see README.md)
  fairplay-bench score PREDICTED.wav TARGET.wav                                  # one pair of files
  fairplay-bench prepare fair-play --source ~/FAIR-Play --out data               # the real thing
  fairplay-bench leaderboard build --results {out / "results"} --out site   # the page again, with your own results
  fairplay-bench models                                                          # what else is there"""
