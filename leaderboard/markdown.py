"""Results as a Markdown table."""

import re
from collections.abc import Sequence

from fairplay_bench.errors import ResultError, UnknownNameError
from fairplay_bench.records import named_protocol
from fairplay_bench.results.schema import Result
from fairplay_bench.scoring.metrics import DECLARED

_MARKUP = re.compile(r"[\\`*_\[\]<>&~!|]")


def markdown_table(results: Sequence[Result]) -> str:
    """One table of results that may stand side by side.

    The best mean of each metric among the methods is bold. Checks and methods of which clips failed are marked and
    never best.

    Args:
        results: of one data set (same index), split set, splits, protocol and versions of the metrics.

    Returns:
        A heading, the table and what its marks mean, ending in a newline.

    Raises:
        ResultError: if they are of different data, splits, protocols or versions of a metric, or there is none.
        UnknownNameError: if their protocol or a metric is not known.
    """
    if not results:
        raise ResultError("no results to tabulate; run `fairplay-bench eval` first.")
    if len({_kind(result) for result in results}) > 1:
        raise ResultError(
            "results of different data, splits, protocols or versions of a metric do not go into one table; part them."
        )
    first = results[0]
    for key in first.metrics:
        if key not in DECLARED:
            raise UnknownNameError("metric", key, DECLARED)
    keys = list(first.metrics)
    best = {key: _best(key, results) for key in keys}
    heads = [f"{key}{f' ({DECLARED[key].unit})' if DECLARED[key].unit else ''} {_arrow(key)}" for key in keys]
    task = "" if first.task == "binaural" else f"{first.task}, "
    lines = [
        f"## {_text(first.dataset.name)}: {task}split set {_text(first.split_set)}, protocol {first.protocol}",
        "",
        "| method | " + " | ".join(heads) + " |",
        "|---|" + "---:|" * len(keys),
    ]
    for result in results:
        cells = [_cell(result, key, best[key]) for key in keys]
        lines.append(f"| {_name(result)} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *_notes(results)]) + "\n"


def _kind(result: Result) -> tuple[object, ...]:
    """What must agree within a table."""
    versions = frozenset((key, metric.version) for key, metric in result.metrics.items())
    where = (result.dataset.index_sha256, result.split_set, tuple(result.splits), result.limit)
    tested = () if result.task == "binaural" else tuple((clip.split, clip.clip_id) for clip in result.clips)
    return (*where, result.protocol, result.task, versions, tested)


def _may_be_best(result: Result) -> bool:
    return result.card.kind == "method" and not result.failed


def _best(key: str, results: Sequence[Result]) -> float | None:
    means = [result.metrics[key].mean for result in results if _may_be_best(result)]
    known = [mean for mean in means if mean is not None]
    return (max if DECLARED[key].higher_is_better else min)(known, default=None)


def _arrow(key: str) -> str:
    return "↑" if DECLARED[key].higher_is_better else "↓"


def _name(result: Result) -> str:
    name = _text(result.card.name)
    marked = f"*{name}* (check)" if result.card.kind == "check" else name
    return f"{marked} (incomplete)" if result.failed else marked


def _text(text: str) -> str:
    """Text of strangers, so that it neither breaks the table nor becomes markup, a disguised link or a picture."""
    line = "".join(character for character in " ".join(text.split()) if character.isprintable())
    return _MARKUP.sub(lambda match: "&#124;" if match[0] == "|" else f"\\{match[0]}", line)


def _cell(result: Result, key: str, best: float | None) -> str:
    summary = result.metrics[key]
    if summary.mean is None:
        return "–"
    bold = _may_be_best(result) and summary.mean == best
    mean = f"**{summary.mean:.4g}**" if bold else f"{summary.mean:.4g}"
    return mean if summary.se is None else f"{mean} ± {summary.se:.2g}"


def _notes(results: Sequence[Result]) -> list[str]:
    first = results[0]
    notes = [
        f"Mean over {len(first.splits)} split(s) ± standard error (by source and split); "
        f"{len(first.clips)} test clips. Index `{first.dataset.index_sha256[:12]}`.",
    ]
    if any(result.card.kind == "check" for result in results):
        notes.append("Checks are made from the target itself: they test the harness and are no methods.")
    if named_protocol(first.protocol).oracle_level:
        notes.append("Oracle level: this protocol tells a method the level of the sound it has to predict.")
    if first.limit is not None:
        notes.append(f"Only {first.limit} clips of each split were asked for.")
    for result in results:
        if result.failed:
            notes.append(f"{_text(result.card.name)}: {len(result.failed)} of {len(result.clips)} clips failed.")
    return notes
