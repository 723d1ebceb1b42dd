"""``leaderboard compare A B …``: which method is better, and how sure that is."""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairplay_bench.cli.leaderboard_options import BOARD, board_folder
from fairplay_bench.cli.options import shared_options
from fairplay_bench.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairplay_bench.results.schema import Result
    from leaderboard.board import Comparison


@click.command("compare", short_help="Compare methods on the clips they share.")
@click.argument("methods", nargs=-1, required=True, metavar="A B [C …]")
@click.option("--metric", "metrics", multiple=True, help="Only this metric; repeatable.")
@BOARD
@shared_options("as_json")
def compare_command(methods: tuple[str, ...], metrics: tuple[str, ...], board: Path | None, as_json: bool) -> None:
    """Compare methods, each the key of an entry, the name on its card, or a result file.

    The interval of the mean difference decides: units (recordings) are resampled for one split, variance is clustered
    by unit and split for several. Three methods or more are compared in pairs, corrected by Holm.
    """
    if len(methods) < 2:
        raise OptionError("compare: give two methods at least.")
    import json
    from dataclasses import asdict

    from leaderboard.compare import CAVEAT, compare_all

    results = [_result(method, board) for method in methods]
    found = compare_all(results, _names(methods, results), metrics or None)
    if as_json:
        pairs = [{key: _finite(value) for key, value in asdict(one).items()} for one in found]
        click.echo(json.dumps({"comparisons": pairs, "caveat": CAVEAT}, allow_nan=False))
        return
    for pair in dict.fromkeys((one.a, one.b) for one in found):
        _show([one for one in found if (one.a, one.b) == pair], several=len(methods) > 2)
    for one in found:
        click.echo(one.sentence)
    click.echo(CAVEAT)


def _result(method: str, board: Path | None) -> "Result":
    from fairplay_bench.results.files import read_result
    from leaderboard.entries import find_entry, read_entries

    path = Path(method)
    if path.suffix == ".json" and path.is_file():
        from leaderboard.inspection import result_in

        return result_in(path)
    if path.suffix == ".json" and path.parent != Path():
        return read_result(path)  # says what is wrong with it
    return find_entry(read_entries(board_folder(board)), method).result


def _names(methods: "Sequence[str]", results: "Sequence[Result]") -> list[str]:
    """Names of the cards where they tell the methods apart, else what was typed."""
    names = [result.card.name for result in results]
    return names if len(set(names)) == len(names) else list(methods)


def _finite(value: object) -> object:
    """A value for JSON, which has no infinity: an end of an interval that few recordings leave open."""
    return None if isinstance(value, float) and not isfinite(value) else value


def _show(found: "Sequence[Comparison]", several: bool) -> None:
    """Print the comparisons of one pair."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from leaderboard.text import one_line

    a, b = (escape(one_line(name)) for name in (found[0].a, found[0].b))
    table = Table(title=f"A: {a}   B: {b}", title_justify="left")
    for name in ("metric", "A - B", "95 % interval", "p", *(["Holm"] * several), "Wilcoxon", "better"):
        table.add_column(name)
    for one in found:
        p = [f"{one.p:.2g}", *([f"{one.p_holm:.2g}"] * several), f"{one.p_wilcoxon:.2g}"]
        interval = f"{one.low:.4g} … {one.high:.4g}"
        table.add_row(one.metric, f"{one.difference:.4g}", interval, *p, {"a": "A", "b": "B", None: "–"}[one.better])
    Console().print(table)
