"""Tables that users hand in as CSV: UTF-8, a line of column names, fields parted by commas."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from fairplay_bench.errors import DatasetError

Row = dict[str, str | None]
_OTHER_DELIMITERS = (";", "\t")  # of spreadsheets, where the comma is the decimal point


def csv_rows(file: Path, needed: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """Read the rows of a table one by one. A byte order mark, Windows line ends and other columns do no harm.

    Args:
        file: the CSV.
        needed: columns it must have, in any order.

    Yields:
        Where a row stands (file and line), and its fields by column; None where the line is too short.

    Raises:
        DatasetError: if it cannot be read or lacks a column.
    """
    wanted = f"give a CSV of {','.join(needed)} in UTF-8"
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            table = csv.DictReader(opened)
            names = table.fieldnames or ()
            absent = [column for column in needed if column not in names]
            if absent:
                raise DatasetError(f"{file}: no column {', '.join(absent)}{_parted(names)}; {wanted}.")
            for row in table:
                yield f"{file}, line {table.line_num}", row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{file}: cannot be read ({error}); {wanted}.") from error


def _parted(names: Sequence[str]) -> str:
    """What is wrong with a line of names that no comma parts."""
    for delimiter in _OTHER_DELIMITERS:
        if len(names) == 1 and delimiter in names[0]:
            return f", since {delimiter!r} parts its columns and not a comma"
    return ""
