"""Pairs of methods: those that were named, and each method with the best of its table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fairplay_bench.errors import UnknownNameError
from fairplay_bench.results.schema import Result
from leaderboard.board import Board, Column, Comparison, Row, Table
from leaderboard.clip_scores import unit_means_of
from leaderboard.compare import compare_pair
from leaderboard.page.plots import Bar, Plot, interval, scatter
from leaderboard.page.text import slug

_SCATTERED = 3  # metrics whose recordings are drawn


@dataclass(frozen=True, slots=True)
class Pair:
    """Two measured rows of one table.

    Attributes:
        table: the table.
        a: the first row.
        b: the second row, the best of the table unless the pair was named.
        address: of its page from the root of the site.
    """

    table: Table
    a: Row
    b: Row
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One metric of a comparison."""

    column: Column
    comparison: Comparison
    bar: Bar


def pairs_of(board: Board, named: Sequence[tuple[str, str]]) -> list[Pair]:
    """Pairs to compare, table by table.

    Args:
        board: the tables.
        named: names (or keys) of two methods.

    Returns:
        Each measured row with the best one of its table, and the named pairs in every table that has both.

    Raises:
        UnknownNameError: if a named method is in no table, or no table has both.
    """
    measured = [(table, [row for row in table.rows if row.result is not None]) for table in board.tables]
    known = sorted({row.name for _, rows in measured for row in rows})
    for one in dict.fromkeys(name for pair in named for name in pair):
        if not any(_is(row, one) for _, rows in measured for row in rows):
            raise UnknownNameError("method to compare", one, known)
    pairs: dict[str, Pair] = {}
    for table, rows in measured:
        methods = [row for row in rows if row.kind == "measured" and row.complete]
        best = methods[0] if methods else None
        for row in rows:
            if best is not None and row is not best:
                _add(pairs, table, row, best)
        for a, b in named:
            for first in (row for row in rows if _is(row, a)):
                for second in (row for row in rows if _is(row, b) and row is not first):
                    _add(pairs, table, first, second)
    for a, b in named:
        if not any(_is(pair.a, a) and _is(pair.b, b) for pair in pairs.values()):
            raise UnknownNameError(f"method in a table with {a!r}", b, known)
    return list(pairs.values())


def _add(pairs: dict[str, Pair], table: Table, a: Row, b: Row) -> None:
    address = f"compare/{slug(table.key)}/{slug(a.key)}-and-{slug(b.key)}.html"
    pairs.setdefault(address, Pair(table, a, b, address))


def _is(row: Row, name: str) -> bool:
    return name.casefold() in (row.name.casefold(), row.key)


def comparison_pages(pairs: Sequence[Pair]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Address and values of each comparison's page; all with the same second method are computed together."""
    for _, group in groupby(pairs, key=lambda pair: (pair.table.key, pair.b.key)):
        chosen = list(group)
        table, best = chosen[0].table, chosen[0].b
        columns = [column for column in table.columns if column.key in best.cells]
        units = {column.key: unit_means_of(_result(best), column.key) for column in columns[:_SCATTERED]}
        for pair in chosen:
            compared = {one.metric: one for one in compare_pair(_result(pair.a), _result(best))}
            known = ((column, compared.get(column.key)) for column in columns)
            lines = [Line(column, one, interval(one)) for column, one in known if one is not None]
            yield pair.address, {"pair": pair, "table": table, "lines": lines, "plots": _plots(pair, units)}


def _plots(pair: Pair, units: dict[str, dict[str, float]]) -> list[Plot]:
    made = (scatter(key, unit_means_of(_result(pair.a), key), of_b) for key, of_b in units.items())
    return [plot for plot in made if plot is not None]


def _result(row: Row) -> Result:
    if row.result is None:
        raise ValueError(f"{row.key}: a published row has no scores by clip.")
    return row.result
