"""A table as text cells, before it is written in any language of markup."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.board import Cell, Column, Row, Table
from leaderboard.notes import SECOND_HAND, ranked
from leaderboard.text import standard_error


@dataclass(frozen=True, slots=True)
class TextCell:
    """One number.

    Attributes:
        mean: as text.
        se: of its standard error; empty where it is not known.
        best: whether to print it in bold.
    """

    mean: str
    se: str
    best: bool


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row.

    Attributes:
        rank: as text; empty where there is none.
        name: of the method, as its author wrote it.
        marks: what is said about it in brackets: a check, incomplete.
        origin: who says so: verified, claimed, or the paper's venue and year.
        published: whether it is a published row.
        check: whether it is a check.
        cells: a cell a column; None where there is no number.
    """

    rank: str
    name: str
    marks: tuple[str, ...]
    origin: str
    published: bool
    check: bool
    cells: tuple[TextCell | None, ...]


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table.

    Attributes:
        title: in words.
        has_ranks: whether ranks are shown.
        has_origin: whether it is shown who says so.
        columns: the metrics.
        rows: in the table's order.
        notes: sentences below.
    """

    title: str
    has_ranks: bool
    has_origin: bool
    columns: tuple[Column, ...]
    rows: tuple[TextRow, ...]
    notes: tuple[str, ...]


def text_table(table: Table) -> TextTable:
    """Write the numbers of a table."""
    rows = tuple(_row(row, table.columns) for row in table.rows)
    origin = any(row.origin for row in rows)
    return TextTable(table.title, ranked(table), origin, table.columns, rows, table.notes)


def head(column: Column) -> str:
    """Heading of a metric: key, unit and direction."""
    unit = f" ({column.unit})" if column.unit else ""
    return f"{column.key}{unit} {'↑' if column.higher_is_better else '↓'}"


def _row(row: Row, columns: Sequence[Column]) -> TextRow:
    marks = [*(["check"] if row.kind == "check" else []), *([] if row.complete else ["incomplete"])]
    return TextRow(
        rank="" if row.rank is None else str(row.rank),
        name=row.name,
        marks=tuple(marks),
        origin=_origin(row),
        published=row.kind == "published",
        check=row.kind == "check",
        cells=tuple(_cell(row.cells.get(column.key)) for column in columns),
    )


def _origin(row: Row) -> str:
    if row.publication is not None:
        where = f"{row.publication.venue} {row.publication.year}"
        return where if row.publication.first_hand else f"{where} {SECOND_HAND}"
    return "" if row.status == "local" else row.status or ""


def _cell(cell: Cell | None) -> TextCell | None:
    if cell is None or cell.mean is None:
        return None
    return TextCell(cell.printed or f"{cell.mean:.4g}", "" if cell.se is None else standard_error(cell.se), cell.best)
