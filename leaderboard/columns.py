"""The metrics of a result as columns of a table."""

from dataclasses import replace
from math import inf

from fairplay_bench.errors import UnknownNameError
from fairplay_bench.results.schema import Result
from fairplay_bench.scoring.metrics import METRICS
from leaderboard.board import Column

SEPARATION = ("sdr", "sir", "sar", "sdr_mixture", "sdr_improvement", "sdr_images")
TASK_METRICS = {
    "separation": tuple(Column(key, "dB", 1, True, -inf, inf) for key in SEPARATION),
}


def column_of(key: str, version: int | None = None) -> Column:
    """Column of a metric, of its present version by default.

    Raises:
        UnknownNameError: if there is no such metric.
    """
    others = {column.key: column for columns in TASK_METRICS.values() for column in columns}
    if key in others:
        return replace(others[key], version=others[key].version if version is None else version)
    if key not in METRICS:
        raise UnknownNameError("metric", key, [*METRICS, *others])
    metric = METRICS[key]
    return Column(
        key=key,
        unit=metric.unit,
        version=metric.version if version is None else version,
        higher_is_better=metric.higher_is_better,
        least=metric.least,
        most=metric.most,
    )


def columns_of(result: Result) -> list[Column]:
    """Columns of a result, in its own order.

    Raises:
        UnknownNameError: if a metric is not known.
    """
    return [column_of(key, summary.version) for key, summary in result.metrics.items()]
