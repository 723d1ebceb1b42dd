"""Tables as CSV: a line a row, every digit, one table a file."""

import csv
import io
from collections.abc import Iterator

from leaderboard.board import Cell, Row, Table
from leaderboard.text import one_line

_FORMULA = "=+-@"  # a spreadsheet takes a text that begins so for a formula


def csv_table(table: Table) -> str:
    """One table; its columns are the row's origin, then mean, se, low, high and rank of each metric."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    figures = ("mean", "se", "low", "high", "rank")
    heads = [f"{column.key}_{figure}" for column in table.columns for figure in figures]
    writer.writerow(["dataset", "split_set", "protocol", *_ABOUT, *heads])
    for row in table.rows:
        cells = (row.cells.get(column.key) for column in table.columns)
        numbers = [value for cell in cells for value in _figures(cell)]
        writer.writerow([table.dataset, table.split_set, table.protocol, *_about(row), *numbers])
    return out.getvalue()


_ABOUT = ("key", "kind", "method", "status", "failed", "paper", "year", "venue", "source", "hand", "note")


def _about(row: Row) -> Iterator[str | int]:
    printed, card = row.publication, row.card
    yield row.key
    yield row.kind
    yield _plain(row.name)
    yield row.status or ""
    yield len(row.result.failed) if row.result is not None else ""
    yield _plain(printed.paper if printed else card.paper if card else "")
    yield printed.year if printed else ""
    yield printed.venue if printed else ""
    yield _plain(printed.source if printed else card.url if card else "")
    yield "" if printed is None else "first" if printed.first_hand else "second"
    yield printed.note if printed else ""


def _figures(cell: Cell | None) -> list[str]:
    values = (None,) * 5 if cell is None else (cell.mean, cell.se, cell.low, cell.high, cell.rank)
    return ["" if value is None else repr(value) for value in values]


def _plain(text: str) -> str:
    line = one_line(text)
    return f"'{line}" if line.startswith(tuple(_FORMULA)) else line
