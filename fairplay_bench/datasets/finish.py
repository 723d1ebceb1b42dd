"""The last step of preparing: the tables and the description of what is there."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from fairplay_bench.datasets.index import (
    DATASET_FILE,
    DECODER_FILE,
    FORMAT_VERSION,
    INDEX_FILE,
    SPLITS_FILE,
    IndexRow,
    SplitRow,
    index_hash,
    splits_hash,
    write_table,
)
from fairplay_bench.datasets.plan import PrepareOutcome, PreparePlan
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.datasets.separation import SEPARATION_FILE, Mixture, mixtures_hash, write_mixtures
from fairplay_bench.datasets.split_sets import SplitSet
from fairplay_bench.datasets.units import Failure, PreparedUnit
from fairplay_bench.media.files import write_json, written_whole
from fairplay_bench.records import ClipId


def finish(
    plan: PreparePlan, folder: Path, parameters: dict[str, Any], units: list[PreparedUnit], failed: list[Failure]
) -> PrepareOutcome:
    """Write the index, the splits and ``dataset.json``; the same bytes whatever the order of the work.

    Args:
        plan: what was to be prepared.
        folder: the prepared data set.
        parameters: everything that the outcome depended on.
        units: every recording that is there.
        failed: what could not be prepared.

    Returns:
        What came of it.

    Raises:
        OutputError: if a file cannot be written.
    """
    rows = sorted((row for unit in units for row in unit.rows), key=lambda row: row.clip_id)
    failures = tuple(sorted(failed, key=lambda failure: failure.clip_id))
    there = {unit.name for unit in units} | {failure.clip_id for failure in failures}
    named = {row.clip_id for split_set in plan.split_sets for row in split_set.rows}  # clips, or whole recordings
    missing = () if plan.limited else tuple(sorted(named - there))
    problems = (*plan.problems, *(problem for split_set in plan.split_sets for problem in split_set.problems))
    split_rows = [row for split_set in plan.split_sets for row in _clip_rows(split_set, units)]
    mixtures = _mixtures(plan, folder, {row.clip_id for row in rows} | named, split_rows)
    write_table(folder / INDEX_FILE, rows, IndexRow)
    write_table(folder / SPLITS_FILE, split_rows, SplitRow)
    listed = {row.clip_id for row in split_rows}
    counts = {
        "clips": len(rows),
        "recordings": len(units),
        "failed": len(failures),
        "missing": len(missing),
        "unlisted": len({row.clip_id for row in rows} - listed),
        "dropped_clips": sum(unit.dropped_clips for unit in units),
        "dropped_remainder_s": round(sum(unit.remainder_s for unit in units), 3),
    }
    rates = {unit.name: unit.source_rate for unit in units if unit.source_rate != plan.expected_rate}
    description = {
        "format": FORMAT_VERSION,
        "name": plan.spec.name,
        "version": plan.spec.version,
        "tool": version("fairplay-bench"),
        "licence": plan.spec.licence,
        "citation": plan.spec.citation,
        "parameters": parameters,
        "hrtf": plan.hrtf,
        "decoder": plan.decoder,
        "counts": counts,
        "limited": plan.limited,
        "split_sets": {s.name: {"published": s.published, "splits": s.splits} for s in plan.split_sets},
        "source_rate_hz": {"expected": plan.expected_rate, "others": rates},
        "silent": sorted(clip for unit in units for clip in unit.silent),
        "failures": [{"clip_id": failure.clip_id, "reason": failure.reason} for failure in failures],
        "missing": list(missing),
        "problems": list(problems),
        "index_sha256": index_hash(rows),
        "splits_sha256": splits_hash(split_rows),
        "separation": mixtures and {"mixtures": len(mixtures), "sha256": mixtures_hash(mixtures)},
    }
    if plan.filters is not None:
        with written_whole(folder / DECODER_FILE) as temporary, temporary.open("wb") as file:
            np.save(file, plan.filters)
    write_json(folder / DATASET_FILE, description)
    return PrepareOutcome(folder, len(rows), failures, missing, problems)


def _mixtures(plan: PreparePlan, folder: Path, clips: set[ClipId], split_rows: list[SplitRow]) -> list[Mixture] | None:
    """Write the test set of separation; where the plan has none, that of an earlier run stays."""
    if plan.mixtures is not None:
        mixtures = plan.mixtures(clips, split_rows)
        write_mixtures(folder, mixtures)
        return mixtures
    return PreparedDataset(folder, {}).mixtures if (folder / SEPARATION_FILE).is_file() else None


def _clip_rows(split_set: SplitSet, units: list[PreparedUnit]) -> list[SplitRow]:
    """Rows by clip; of a split set by recording, each recording stands for the clips that are there."""
    if not split_set.by_recording:
        return list(split_set.rows)
    clips = {unit.name: [row.clip_id for row in unit.rows] for unit in units}
    return [
        SplitRow(row.split_set, row.split, row.subset, clip)
        for row in split_set.rows
        for clip in clips.get(row.clip_id, [])
    ]
