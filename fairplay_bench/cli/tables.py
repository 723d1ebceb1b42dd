"""Results as a table on the screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairplay_bench.results.schema import Result


def show_results(results: Sequence["Result"], title: str) -> None:
    """Print a row a metric and a column a result: mean and standard error; an oracle level is marked."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from fairplay_bench.records import PROTOCOLS
    from fairplay_bench.scoring.metrics import DECLARED

    oracle = any(PROTOCOLS[result.protocol].oracle_level for result in results)
    table = Table(title=escape(title + " (oracle level)" * oracle), title_justify="left")
    table.add_column("metric")
    table.add_column("better")
    for result in results:
        check = " (check)" if result.card.kind == "check" else ""
        table.add_column(escape(result.card.name) + check, justify="right")
    for key in results[0].metrics:
        metric = DECLARED[key]
        cells = [_cell(result.metrics[key].mean, result.metrics[key].se) for result in results]
        unit = f" [{metric.unit}]" if metric.unit else ""
        table.add_row(escape(key + unit), "higher" if metric.higher_is_better else "lower", *cells)
    Console().print(table)


def _cell(mean: float | None, se: float | None) -> str:
    from leaderboard.text import number, standard_error

    return number(mean) if mean is None or se is None else f"{number(mean)} ± {standard_error(se)}"
