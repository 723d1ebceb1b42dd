"""From entries, result files and published scores to the board: which rows may stand side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fairplay_bench.errors import ResultError
from fairplay_bench.records import PROTOCOLS
from fairplay_bench.results.schema import Result
from leaderboard.board import Board, Column, Retracted, Row, Status, Table, Verification
from leaderboard.columns import column_of, columns_of
from leaderboard.entries import PACKAGED, Entry, free_key, read_entries, slug
from leaderboard.notes import with_notes
from leaderboard.published import PublishedScore, published_scores
from leaderboard.published_rows import published_columns, published_rows
from leaderboard.rows import Source, measured_rows

Group = tuple[str, str, str, str]  # task, data set, split set, protocol


@dataclass(frozen=True, slots=True)
class _Measured:
    """Sources that may share a table."""

    sources: tuple[Source, ...]

    @property
    def first(self) -> Result:
        return self.sources[0].result

    @property
    def group(self) -> Group:
        first = self.first
        return (first.task, first.dataset.name, first.split_set, first.protocol)


def read_board(root: Path | None = None) -> Board:
    """Make the board of a folder of entries, with every published score.

    Args:
        root: a folder that holds ``entries/``; the package's own by default.

    Returns:
        The board.

    Raises:
        OptionError: if there is no such folder.
        ResultError: if an entry is damaged.
    """
    return board_of_entries(read_entries(root or PACKAGED))


def board_of_entries(entries: Sequence[Entry]) -> Board:
    """Make the board of entries, with every published score."""
    there = [entry for entry in entries if entry.retracted is None]
    sources = [Source(entry.key, entry.result, _status(entry), _verification(entry)) for entry in there]
    taken_back = [
        Retracted(entry.key, entry.result.card.name, mark.by, mark.when, mark.reason)
        for entry in entries
        if (mark := entry.retracted) is not None
    ]
    latest_first = sorted(taken_back, key=lambda one: one.when, reverse=True)
    return Board(tuple(_tables(sources, published_scores(), alone=True)), tuple(latest_first))


def board_of_results(results: Iterable[Result]) -> Board:
    """Make a board of results that are no entries; published scores stand beside them where they fit.

    Raises:
        ResultError: if there is none.
    """
    sources: list[Source] = []
    for result in results:
        sources.append(Source(free_key(result, [source.key for source in sources]), result, "local", None))
    if not sources:
        raise ResultError("no results to tabulate; run `fairplay-bench eval` first.")
    return Board(tuple(_tables(sources, published_scores(), alone=False)))


def _status(entry: Entry) -> Status:
    return "verified" if entry.verified is not None else "claimed"


def _verification(entry: Entry) -> Verification | None:
    mark = entry.verified
    return None if mark is None else Verification(mark.by, mark.when, mark.tool)


def comparable(result: Result) -> tuple[object, ...]:
    """What results must share to stand in one table."""
    versions = frozenset((key, summary.version) for key, summary in result.metrics.items())
    where = (result.dataset.name, result.dataset.index_sha256, result.split_set, tuple(result.splits), result.limit)
    mixed = frozenset(clip.clip_id for clip in result.clips) if result.task == "separation" else None
    return (result.task, *where, result.protocol, versions, mixed)


def _tables(sources: Sequence[Source], scores: Sequence[PublishedScore], alone: bool) -> list[Table]:
    """Make the tables; published scores without a measured row get one of their own if ``alone``."""
    kinds: dict[tuple[object, ...], list[Source]] = {}
    for source in sources:
        kinds.setdefault(comparable(source.result), []).append(source)
    measured = sorted((_Measured(tuple(group)) for group in kinds.values()), key=_importance)
    printed: dict[Group, list[PublishedScore]] = {}
    for score in scores:
        printed.setdefault((score.task, score.dataset, score.split_set, score.protocol), []).append(score)
    groups = list(dict.fromkeys([*(one.group for one in measured), *(printed if alone else ())]))
    taken: set[str] = set()
    tables = []
    for group in sorted(groups, key=_order):
        left = printed.get(group, [])
        for one in (one for one in measured if one.group == group):
            fitting = [score for score in left if _fits(score, one.first)]
            left = [score for score in left if score not in fitting]
            tables.append(_table(group, one.sources, fitting, taken))
        tables += [_table(group, (), printed_together, taken) for printed_together in _parted(left) if alone]
    return tables


def _parted(scores: Sequence[PublishedScore]) -> list[list[PublishedScore]]:
    """Part printed numbers by their splits; those of unstated splits go with the most."""
    parts: dict[tuple[int, ...], list[PublishedScore]] = {}
    for score in scores:
        parts.setdefault(score.splits, []).append(score)
    unstated = parts.pop((), []) if len(parts) > 1 else []
    largest_first = sorted(parts.values(), key=len, reverse=True)
    return [[*largest_first[0], *unstated], *largest_first[1:]] if largest_first else []


def _importance(measured: _Measured) -> tuple[object, ...]:
    first = measured.first
    return (first.limit is not None, -len(first.splits), -len(measured.sources), first.dataset.index_sha256)


def _order(group: Group) -> tuple[object, ...]:
    task, dataset, split_set, protocol = group
    protocols = list(PROTOCOLS)
    place = protocols.index(protocol) if protocol in protocols else len(protocols)
    return (task != "binaural", task, dataset == "mini", dataset, place, split_set == "", split_set)


def _fits(score: PublishedScore, result: Result) -> bool:
    """Whether a printed number may stand beside a result: it is of all its clips, or does not say of which splits."""
    return result.limit is None and score.splits in ((), tuple(result.splits))


def _table(group: Group, sources: Sequence[Source], scores: Sequence[PublishedScore], taken: set[str]) -> Table:
    task, dataset, split_set, protocol = group
    first = sources[0].result if sources else None
    columns = tuple(columns_of(first)) if first else published_columns(protocol, scores)
    rows = (*measured_rows(sources, columns), *published_rows(scores, columns))
    key = _key(group, taken)
    splits = tuple(first.splits) if first else _splits(scores)
    known = PROTOCOLS.get(protocol)
    draft = Table(
        key=key,
        title=_title(group) + (f", {_spans(splits)}" if key != _base(group) and splits else ""),
        task=task,
        dataset=dataset,
        split_set=split_set,
        splits=splits,
        protocol=protocol,
        oracle_level=known is not None and known.oracle_level,
        outdated=any(column.version != column_of(column.key).version for column in columns),
        columns=columns,
        rows=rows,
        index_sha256=first.dataset.index_sha256 if first else None,
        limit=first.limit if first else None,
        n_clips=len(first.clips) if first else 0,
    )
    return with_notes(draft, left_out=_left_out(scores, columns))


def _title(group: Group) -> str:
    task, dataset, split_set, protocol = group
    of_task = "" if task == "binaural" else f" {task}"
    splits = f"split set {split_set}" if split_set else "splits not stated"
    return f"{dataset}{of_task}: {splits}, protocol {protocol or 'not stated'}"


def _spans(splits: Sequence[int]) -> str:
    """Say which splits, where another table is of other ones."""
    return f"split {splits[0]}" if len(splits) == 1 else f"splits {', '.join(map(str, splits))}"


def _base(group: Group) -> str:
    """Key of the first table of a group."""
    task, dataset, split_set, protocol = group
    parts = [dataset, split_set or "unstated", protocol or "unstated", *([task] if task != "binaural" else [])]
    return "-".join(slug(part, "x") for part in parts)


def _key(group: Group, taken: set[str]) -> str:
    base = key = _base(group)
    number = 1
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    taken.add(key)
    return key


def _splits(scores: Sequence[PublishedScore]) -> tuple[int, ...]:
    stated = {score.splits for score in scores if score.splits}
    return stated.pop() if len(stated) == 1 else ()


def _left_out(scores: Sequence[PublishedScore], columns: Sequence[Column]) -> int:
    shown = {column.key for column in columns}
    return sum(score.metric not in shown for score in scores)


def rows_of(board: Board) -> Iterable[tuple[Table, Row]]:
    """Every row with its table."""
    return ((table, row) for table in board.tables for row in table.rows)
