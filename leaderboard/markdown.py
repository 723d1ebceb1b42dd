"""Results as a Markdown table."""

from collections.abc import Sequence

from fairplay_bench.errors import ResultError
from fairplay_bench.records import PROTOCOLS
from fairplay_bench.results.schema import MetricSummary, Result
from fairplay_bench.scoring.metrics import METRICS


def markdown_table(results: Sequence[Result]) -> str:
    """One table of results that may stand side by side.

    The best mean of each metric among the methods is bold; checks are marked and never best.

    Args:
        results: of one data set (same index), split set, splits and protocol.

    Returns:
        A heading, the table and what its marks mean, ending in a newline.

    Raises:
        ResultError: if they are of different data, splits or protocols, or there is none.
    """
    if not results:
        raise ResultError("no results to tabulate; run `fairplay-bench eval` first.")
    kinds = {(r.dataset.index_sha256, r.split_set, tuple(r.splits), r.protocol, r.task, r.limit) for r in results}
    if len(kinds) > 1:
        raise ResultError("results of different data, splits or protocols do not go into one table; part them.")
    first = results[0]
    keys = list(first.metrics)
    best = {key: _best(key, results) for key in keys}
    heads = [f"{key}{f' ({METRICS[key].unit})' if METRICS[key].unit else ''} {_arrow(key)}" for key in keys]
    lines = [
        f"## {first.dataset.name}: split set {first.split_set}, protocol {first.protocol}",
        "",
        "| method | " + " | ".join(heads) + " |",
        "|---|" + "---:|" * len(keys),
    ]
    for result in results:
        cells = [_cell(result.metrics[key], bold=result is best[key]) for key in keys]
        lines.append(f"| {_name(result)} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *_notes(results)]) + "\n"


def _best(key: str, results: Sequence[Result]) -> Result | None:
    sign = 1 if METRICS[key].higher_is_better else -1
    methods = [r for r in results if r.card.kind == "method" and r.metrics[key].mean is not None]
    return max(methods, key=lambda r: sign * (r.metrics[key].mean or 0.0), default=None)


def _arrow(key: str) -> str:
    return "↑" if METRICS[key].higher_is_better else "↓"


def _name(result: Result) -> str:
    name = result.card.name.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
    return f"*{name}* (check)" if result.card.kind == "check" else name


def _cell(summary: MetricSummary, bold: bool) -> str:
    if summary.mean is None:
        return "–"
    mean = f"**{summary.mean:.4g}**" if bold else f"{summary.mean:.4g}"
    return mean if summary.se is None else f"{mean} ± {summary.se:.2g}"


def _notes(results: Sequence[Result]) -> list[str]:
    first = results[0]
    scored = len(first.clips) - len(first.failed)
    notes = [
        f"Mean over {len(first.splits)} split(s) ± standard error (by source and split); {scored} clips scored. "
        f"Index `{first.dataset.index_sha256[:12]}`.",
    ]
    if any(result.card.kind == "check" for result in results):
        notes.append("Checks are made from the target itself: they test the harness and are no methods.")
    if PROTOCOLS[first.protocol].oracle_level:
        notes.append("Oracle level: this protocol tells a method the level of the sound it has to predict.")
    if first.limit is not None:
        notes.append(f"Only {first.limit} clips of each split were asked for.")
    for result in results:
        if result.failed:
            notes.append(f"{_name(result)}: {len(result.failed)} of {len(result.clips)} clips failed.")
    return notes
