"""Measured rows of a table: means, intervals, ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from fairplay_bench.results.schema import MetricSummary, Result
from leaderboard.board import Cell, Column, Row, Status, Verification
from leaderboard.clip_scores import ClipScoreArrays
from leaderboard.ranking import ranks
from leaderboard.statistics import estimate


@dataclass(frozen=True, slots=True)
class Source:
    """A result and where it comes from.

    Attributes:
        key: name of its row.
        result: the result.
        status: claimed, verified or local.
        verification: of a verified one.
    """

    key: str
    result: Result
    status: Status
    verification: Verification | None

    @property
    def may_be_best(self) -> bool:
        """Whether it is a method all of whose clips were scored."""
        return self.result.card.kind == "method" and not self.result.failed


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What is found out about one result on one metric by looking at all of them."""

    half: float | None = None
    rank: int | None = None


def measured_rows(sources: Sequence[Source], columns: Sequence[Column]) -> list[Row]:
    """Rows of results that may stand side by side: methods, the best first, then checks."""
    judged = _judgements(sources, columns)
    best = {column.key: _best(sources, column) for column in columns}
    rows = []
    for place, source in enumerate(sources):
        cells = {
            column.key: _cell(source, column.key, judged.get((place, column.key), _Judgement()), best[column.key])
            for column in columns
        }
        card = source.result.card
        rows.append(
            Row(
                key=source.key,
                kind="check" if card.kind == "check" else "measured",
                name=card.name,
                cells=cells,
                status=source.status,
                rank=cells[columns[0].key].rank if columns else None,
                card=card,
                verification=source.verification,
                result=source.result,
            )
        )
    return sorted(rows, key=lambda row: (row.kind == "check", not row.complete, *order_by(row.cells, columns)))


def order_by(cells: Mapping[str, Cell], columns: Sequence[Column]) -> tuple[bool, float]:
    """Key to sort rows by their first metric, the best first and those without it last."""
    first = columns[0] if columns else None
    mean = cells[first.key].mean if first is not None and first.key in cells else None
    if first is None or mean is None:
        return (True, 0.0)
    return (False, -mean if first.higher_is_better else mean)


def _best(sources: Sequence[Source], column: Column) -> float | None:
    means = [source.result.metrics[column.key].mean for source in sources if source.may_be_best]
    known = [mean for mean in means if mean is not None]
    return (max if column.higher_is_better else min)(known, default=None)


def _judgements(sources: Sequence[Source], columns: Sequence[Column]) -> dict[tuple[int, str], _Judgement]:
    """Judge every source, by its place, on every metric.

    Results without failures have the same cells and are looked at together; the others are judged alone, without rank.
    """
    complete = [place for place, source in enumerate(sources) if not source.result.failed]
    others = [place for place, source in enumerate(sources) if source.result.failed]
    judged = {}
    for places in [complete, *([place] for place in others)]:
        if not places:
            continue
        arrays = ClipScoreArrays([sources[place].result for place in places], [column.key for column in columns])
        ranked = np.array([sources[place].may_be_best for place in places])
        for column in columns:
            cells = arrays.cells(column.key)
            if cells is None:
                continue
            half = estimate(cells.values, cells.units, cells.splits).half
            rank_of = dict(zip(np.flatnonzero(ranked), ranks(cells.of(ranked), column.higher_is_better), strict=True))
            for number, place in enumerate(places):
                rank = rank_of.get(number)
                judged[place, column.key] = _Judgement(float(half[number]), None if rank is None else int(rank))
    return judged


def _cell(source: Source, key: str, judgement: _Judgement, best: float | None) -> Cell:
    summary: MetricSummary = source.result.metrics[key]
    mean, half = summary.mean, judgement.half
    around = (mean, half) if mean is not None and half is not None and isfinite(half) else None
    parts = summary.splits.values()
    return Cell(
        mean=mean,
        se=summary.se,
        low=around[0] - around[1] if around else None,
        high=around[0] + around[1] if around else None,
        best=source.may_be_best and mean is not None and mean == best,
        rank=judgement.rank,
        n=sum(part.n for part in parts),
        failed=sum(part.failed for part in parts),
        undefined=sum(part.undefined for part in parts),
        splits=summary.splits,
    )
