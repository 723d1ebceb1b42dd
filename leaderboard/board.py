"""What the leaderboard shows, as frozen records: the seam between what is computed and what is drawn.

:mod:`leaderboard.build` makes a :class:`Board`; Markdown, CSV, LaTeX and the page read nothing else. All texts are
those of papers and submissions as they came: whoever draws them escapes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fairplay_bench.records import ModelCard
from fairplay_bench.results.schema import Result, SplitSummary

Kind = Literal["measured", "published", "check"]
Status = Literal["claimed", "verified", "local"]


@dataclass(frozen=True, slots=True)
class Column:
    """One metric of a table.

    Attributes:
        key: of the metric.
        unit: of its numbers; empty for none.
        version: of the metric.
        higher_is_better: the direction.
        least: the smallest possible score.
        most: the largest possible score.
    """

    key: str
    unit: str
    version: int
    higher_is_better: bool
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One metric of one row.

    Attributes:
        mean: as the tables show it; None where there is no score.
        se: its standard error; None where it is not known.
        low: lower end of its 95 % interval.
        high: upper end of it.
        best: whether it is the best of its kind (measured, or published at first hand) in its column.
        rank: 1 + the number of methods significantly better; None for what is not ranked.
        n: scores in the mean, over all splits.
        failed: clips without a score, over all splits.
        undefined: clips whose target has no such score.
        splits: summaries by the split's number.
        printed: the number as a paper prints it; empty for measured ones.
    """

    mean: float | None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    best: bool = False
    rank: int | None = None
    n: int = 0
    failed: int = 0
    undefined: int = 0
    splits: Mapping[str, SplitSummary] = field(default_factory=dict)
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a published row is printed.

    Attributes:
        method: the suite's own name of the method.
        paper: title of the paper the method is from.
        year: of the paper.
        venue: of the paper.
        source: where the numbers stand, in words or as a link.
        first_hand: False where another paper reports them.
        note: what else is known about them; may be empty.
    """

    method: str
    paper: str
    year: int
    venue: str
    source: str
    first_hand: bool
    note: str


@dataclass(frozen=True, slots=True)
class Verification:
    """That a maintainer scored the submitted sounds again.

    Attributes:
        by: who.
        when: date and time, ISO 8601, UTC.
        tool: version of fairplay-bench.
    """

    by: str
    when: str
    tool: str


@dataclass(frozen=True, slots=True)
class Row:
    """One method, check or published result.

    Attributes:
        key: name of the entry, or one made for a published row; unique in its table, of ``a-z 0-9 -`` only.
        kind: measured by this suite, published elsewhere, or a check made from the target.
        name: of the method, as its author wrote it.
        cells: by key of the metric; a published row has only what is printed.
        status: claimed, verified, or local (a result file that is no entry); None for published rows.
        rank: that of the table's first metric.
        card: the card of a measured row.
        verification: of a verified row.
        publication: of a published row.
        result: the whole result of a measured row.
    """

    key: str
    kind: Kind
    name: str
    cells: Mapping[str, Cell]
    status: Status | None = None
    rank: int | None = None
    card: ModelCard | None = None
    verification: Verification | None = None
    publication: Publication | None = None
    result: Result | None = None

    @property
    def complete(self) -> bool:
        """Whether no clip failed."""
        return self.result is None or not self.result.failed


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that may stand side by side.

    Attributes:
        key: made of what the table is about; unique on the board, of ``a-z 0-9 -`` only.
        title: the same in words.
        task: what the methods do.
        dataset: name of the data set.
        split_set: which split set; empty where the papers do not say.
        splits: which splits; empty where the papers do not say.
        protocol: how scores were made; empty where the papers do not say.
        oracle_level: whether the protocol tells a method the level of the sound it has to predict.
        outdated: whether a metric has a later version than the one shown.
        columns: the metrics, in the protocol's order.
        rows: measured rows, the best first; then checks; then published rows, the best first.
        notes: sentences to print below.
        index_sha256: of the data set scored; None without measured rows.
        limit: how many clips a split were asked for; None for all.
        n_clips: number of test clips, over all splits.
    """

    key: str
    title: str
    task: str
    dataset: str
    split_set: str
    splits: tuple[int, ...]
    protocol: str
    oracle_level: bool
    outdated: bool
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    index_sha256: str | None = None
    limit: int | None = None
    n_clips: int = 0


@dataclass(frozen=True, slots=True)
class Retracted:
    """An entry that was taken back; it is in no table.

    Attributes:
        key: of the entry.
        name: of the method.
        by: who took it back.
        when: date and time, ISO 8601, UTC.
        reason: why.
    """

    key: str
    name: str
    by: str
    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything there is to show.

    Attributes:
        tables: one a task, data set, split set, protocol and set of clips.
        retracted: what was taken back, the latest first.
    """

    tables: tuple[Table, ...]
    retracted: tuple[Retracted, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two methods on one metric. The interval of the mean difference decides.

    Attributes:
        metric: the key.
        a: name of the first method.
        b: name of the second.
        difference: mean of ``a`` minus mean of ``b``, in the metric's unit.
        low: lower end of its 95 % interval.
        high: upper end of it.
        p: of the difference being zero, by the same method as the interval.
        p_holm: the same, corrected by Holm for all comparisons made together; equal to ``p`` for one.
        p_wilcoxon: of Wilcoxon's signed-rank test on the units' means; shown beside it, decides nothing.
        units: number of source recordings compared.
        splits: number of splits.
        better: which of them is significantly better, if any.
        sentence: the outcome in words.
        higher_is_better: the direction of the metric.
        left_out: clips that only one of them lists or has a score for.
    """

    metric: str
    a: str
    b: str
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    p_wilcoxon: float
    units: int
    splits: int
    better: Literal["a", "b"] | None
    sentence: str
    higher_is_better: bool = False
    left_out: int = 0
