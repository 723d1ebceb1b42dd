"""The sentences below a table."""

from collections.abc import Iterator
from dataclasses import replace

from fairplay_bench.datasets.spec import SPECS
from leaderboard.board import Row, Table
from leaderboard.text import one_line

SECOND_HAND = "†"


def with_notes(table: Table, left_out: int) -> Table:
    """Return the table with what has to be said about it.

    Args:
        table: the table without notes.
        left_out: printed numbers of metrics that it has no column for.
    """
    return replace(table, notes=tuple(_notes(table, left_out)))


def ranked(table: Table) -> bool:
    """Whether ranks say anything: at least two methods have one."""
    return sum(row.rank is not None for row in table.rows) > 1


def _notes(table: Table, left_out: int) -> Iterator[str]:
    measured = [row for row in table.rows if row.kind != "published"]
    published = [row for row in table.rows if row.kind == "published"]
    if table.oracle_level:
        yield "Oracle level: this protocol tells a method the level of the sound it has to predict."
    if measured:
        yield from _of_measured(table, measured)
    if published:
        yield from _of_published(table, published, left_out)


def _of_measured(table: Table, rows: list[Row]) -> Iterator[str]:
    yield (
        f"Mean over {len(table.splits)} split(s) ± standard error (by source and split); {table.n_clips} test clips. "
        f"Index {(table.index_sha256 or '')[:12]}."
    )
    if ranked(table):
        yield (
            f"Rank: 1 + the number of methods significantly better in {table.columns[0].key} (5 %, all pairs corrected "
            "by Holm). It is about these trained models."
        )
    if any(row.kind == "check" for row in rows):
        yield "Checks are made from the target itself: they test the harness and are no methods."
    if table.limit is not None:
        yield f"Only {table.limit} clips of each split were asked for."
    if table.outdated:
        yield "A metric has a later version by now: score again to stand in the present table."
    remarks = dict.fromkeys(
        f"{one_line(row.name)}: {note}." for row in rows if row.result is not None for note in row.result.notes
    )
    yield from remarks
    for row in rows:
        if row.result is not None and row.result.failed:
            failed, clips = len(row.result.failed), len(row.result.clips)
            yield f"{one_line(row.name)}: {failed} of {clips} clips failed; it is not ranked."


def _of_published(table: Table, rows: list[Row], left_out: int) -> Iterator[str]:
    yield "Published rows are as printed; they carry no error and no rank."
    spec = SPECS.get(table.dataset)
    if spec is not None and spec.videos:
        yield (
            "The published rows were computed on 360° recordings decoded to two ears by a decoder that is not public: "
            "never compare them with measured ones."
        )
    if any(row.publication is not None and not row.publication.first_hand for row in rows):
        yield f"{SECOND_HAND} second-hand: reported by another paper than the method's own."
    remarks: dict[str, list[str]] = {}
    for row in rows:
        if row.publication is not None and row.publication.note:
            remarks.setdefault(row.publication.note, []).append(row.name)
    for remark, names in remarks.items():
        yield f"{', '.join(dict.fromkeys(names))}: {remark}."
    if left_out:
        yield f"{left_out} printed numbers of other metrics are in published.csv."
