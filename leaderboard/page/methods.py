"""What a method's page shows: a section for each table it is in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fairplay_bench.results.schema import ClipScores, Result
from leaderboard.board import Board, Column, Row, Table
from leaderboard.page.comparisons import Pair
from leaderboard.page.plots import Plot, SplitPlot, by_split, extremes, histogram

_EXTREMES = 5
_FAILED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownClip:
    """A clip among a method's best or worst.

    Attributes:
        clip_id: the clip.
        splits: the splits in which it is tested.
        score: of the table's first metric, averaged over them.
        heard: its place on the listening page, if it can be heard.
    """

    clip_id: str
    splits: list[int]
    score: float
    heard: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """A method in one table.

    Attributes:
        table: the table.
        row: its row.
        ranked: number of ranked rows in the table.
        comparisons: pages that compare it with another.
        by_split: scores by split.
        histograms: distributions over the clips, a metric each.
        extremes: words, and the clips they describe.
        failed: the first clips without a score.
        failed_count: how many there are.
    """

    table: Table
    row: Row
    ranked: int
    comparisons: list[Pair]
    by_split: SplitPlot | None = None
    histograms: tuple[Plot, ...] = ()
    extremes: tuple[tuple[str, list[ShownClip]], ...] = ()
    failed: tuple[ClipScores, ...] = ()
    failed_count: int = 0


@dataclass(frozen=True, slots=True)
class MethodPage:
    """All rows of one name.

    Attributes:
        name: of the method.
        sections: one for each row.
    """

    name: str
    sections: list[Section]


def methods_of(board: Board, pairs: Sequence[Pair], heard: Mapping[str, str]) -> Iterator[MethodPage]:
    """Gather the rows of each method.

    Args:
        board: the tables.
        pairs: the comparisons that have pages.
        heard: clips that can be heard, with their places on the listening page.

    Yields:
        A page for each name, in the order of the tables.
    """
    compared: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        for row in (pair.a, pair.b):
            compared.setdefault((pair.table.key, row.key), []).append(pair)
    sections: dict[str, list[tuple[Table, Row]]] = {}
    for table in board.tables:
        for row in table.rows:
            sections.setdefault(row.name, []).append((table, row))
    for name, places in sections.items():
        yield MethodPage(name, [_section(table, row, compared, heard) for table, row in places])


def _section(
    table: Table, row: Row, compared: Mapping[tuple[str, str], list[Pair]], heard: Mapping[str, str]
) -> Section:
    ranked = sum(other.rank is not None for other in table.rows)
    pairs = [pair for pair in compared.get((table.key, row.key), []) if pair.a is row][:_EXTREMES]
    if row.result is None or not table.columns:
        return Section(table, row, ranked, pairs)
    first, result = table.columns[0], row.result
    plots = (histogram(_titled(column), _scores(result, column)) for column in table.columns)
    return Section(
        table=table,
        row=row,
        ranked=ranked,
        comparisons=pairs,
        by_split=by_split(first.key, row.cells[first.key]) if first.key in row.cells else None,
        histograms=tuple(plot for plot in plots if plot is not None),
        extremes=_extremes(result, first, heard),
        failed=tuple(result.failed[:_FAILED_SHOWN]),
        failed_count=len(result.failed),
    )


def _titled(column: Column) -> str:
    return f"{column.key} ({column.unit})" if column.unit else column.key


def _scores(result: Result, column: Column) -> np.ndarray:
    values = (clip.scores.get(column.key) for clip in result.clips)
    return np.array([value for value in values if value is not None], dtype=np.float64)


def _extremes(result: Result, column: Column, heard: Mapping[str, str]) -> tuple[tuple[str, list[ShownClip]], ...]:
    found: dict[str, list[tuple[int, float]]] = {}
    for clip in result.clips:
        score = clip.scores.get(column.key)
        if score is not None:
            found.setdefault(clip.clip_id, []).append((clip.split, score))
    clips = [
        ShownClip(clip_id, [split for split, _ in places], sum(s for _, s in places) / len(places), heard.get(clip_id))
        for clip_id, places in found.items()
    ]
    chosen = extremes([clip.score for clip in clips], column.higher_is_better, _EXTREMES)
    return tuple(zip(("Best", "Worst"), ([clips[i] for i in places] for places in chosen), strict=False))
