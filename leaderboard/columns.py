"""The metrics of a result as columns of a table."""

from fairplay_bench.errors import UnknownNameError
from fairplay_bench.results.schema import Result
from fairplay_bench.scoring.metrics import DECLARED
from leaderboard.board import Column


def column_of(key: str, version: int | None = None) -> Column:
    """Column of a metric, of its present version by default.

    Raises:
        UnknownNameError: if there is no such metric.
    """
    if key not in DECLARED:
        raise UnknownNameError("metric", key, DECLARED)
    metric = DECLARED[key]
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
