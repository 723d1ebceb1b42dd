"""Published rows of a table: what is printed, and where."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fairplay_bench.records import PROTOCOLS
from leaderboard.board import Cell, Column, Row
from leaderboard.columns import column_of
from leaderboard.entries import slug
from leaderboard.published import PublishedScore
from leaderboard.rows import order_by


def published_columns(protocol: str, scores: Sequence[PublishedScore]) -> tuple[Column, ...]:
    """Columns of a table without measured rows: the protocol's metrics, or those printed where it has none of them."""
    printed = list(dict.fromkeys(score.metric for score in scores))
    wanted = [key for key in PROTOCOLS[protocol].metrics if key in printed] if protocol in PROTOCOLS else []
    return tuple(column_of(key) for key in wanted or printed)


def published_rows(scores: Sequence[PublishedScore], columns: Sequence[Column]) -> list[Row]:
    """Rows of printed numbers, the best first; those without a number in any column are left out."""
    printed: dict[tuple[object, ...], dict[str, PublishedScore]] = {}
    for score in scores:
        if any(column.key == score.metric for column in columns):
            printed.setdefault(score.row, {})[score.metric] = score
    best = {column.key: _best(column, printed.values()) for column in columns}
    rows: list[Row] = []
    for cells in printed.values():
        first = next(iter(cells.values()))
        rows.append(
            Row(
                key=_key(first, {row.key for row in rows}),
                kind="published",
                name=first.name,
                cells={
                    key: Cell(score.value, best=_may_be_best(score) and score.value == best[key], printed=score.printed)
                    for key, score in cells.items()
                },
                publication=replace(first.publication, note=_notes(cells.values())),
            )
        )
    return sorted(rows, key=lambda row: order_by(row.cells, columns))


def _best(column: Column, rows: Iterable[dict[str, PublishedScore]]) -> float | None:
    scores = [cells[column.key] for cells in rows if column.key in cells]
    values = [score.value for score in scores if _may_be_best(score)]
    return (max if column.higher_is_better else min)(values, default=None)


def _notes(scores: Iterable[PublishedScore]) -> str:
    return "; ".join(dict.fromkeys(score.publication.note for score in scores if score.publication.note))


def _may_be_best(score: PublishedScore) -> bool:
    return score.first_hand and not score.doubtful


def _key(score: PublishedScore, taken: set[str]) -> str:
    base = key = f"published-{slug(score.publication.method)}-{score.publication.year}"
    number = 1
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key
