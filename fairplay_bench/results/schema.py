"""The result file, field by field: one JSON a run."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fairplay_bench.records import ModelCard

SCHEMA = 1  # of the files written today

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Record(BaseModel):
    """Base of every part: frozen, without unknown fields, without NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DatasetRef(Record):
    """Which prepared data set was scored.

    Attributes:
        name: of the data set.
        version: of the data set.
        index_sha256: hash of its index: equal hashes mean the same clips from the same sources.
    """

    name: str
    version: str
    index_sha256: Sha256


class SplitSummary(Record):
    """One metric on one split.

    Attributes:
        mean: over the clips that have a score; None without any.
        se: standard error of the mean, sources resampled; None below two sources.
        n: clips in the mean.
        failed: clips without a score because they or their prediction are missing or bad.
        undefined: clips whose target has no such score.
    """

    mean: float | None
    se: float | None
    n: int
    failed: int
    undefined: int = 0


class MetricSummary(Record):
    """One metric over all splits.

    Attributes:
        version: of the metric.
        unit: of its numbers.
        mean: mean over the splits' means.
        se: its standard error, two-way clustered by source and split.
        splits: by number.
    """

    version: int
    unit: str
    mean: float | None
    se: float | None
    splits: dict[str, SplitSummary]


class ClipScores(Record):
    """One test clip of one split.

    Attributes:
        split: number of the split.
        clip_id: the clip.
        video_id: the recording it was cut from.
        scores: by metric; None where the target has no such score; empty when failed.
        failed: why there is no score, else None.
    """

    split: int
    clip_id: str
    video_id: str
    scores: dict[str, float | None]
    failed: str | None = None


class Result(Record):
    """A whole run.

    Attributes:
        schema_version: ``schema`` in the file.
        tool: version of fairplay-bench.
        created: date and time, ISO 8601, UTC.
        dataset: what was scored.
        split_set: which split set.
        splits: which splits.
        protocol: how scores were made.
        task: what the method does.
        limit: how many clips a split were asked for; None for all.
        card: the method.
        environment: versions and platform.
        notes: what else must be known of how scores were made, a line each.
        metrics: summaries by metric.
        clips: scores by clip.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)

    schema_version: Literal[1] = Field(default=1, alias="schema")
    tool: str
    created: str
    dataset: DatasetRef
    split_set: str
    splits: list[int]
    protocol: str
    task: Literal["binaural", "separation", "ambisonics"]
    limit: int | None = None
    card: ModelCard
    environment: dict[str, Any]
    notes: tuple[str, ...] = ()
    metrics: dict[str, MetricSummary]
    clips: list[ClipScores]

    @property
    def failed(self) -> list[ClipScores]:
        """Clips without scores."""
        return [clip for clip in self.clips if clip.failed is not None]
