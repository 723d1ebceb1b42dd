"""Building the board of 200 entries of 10 splits of 187 clips, against reading and validating them alone, one core."""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from timing import one_core

from fairplay_bench.records import V1
from fairplay_bench.scoring.metrics import METRICS
from leaderboard.build import read_board
from leaderboard.entries import Entry
from leaderboard.output import files_of

SPLITS, CLIPS, ALL = 10, 187, 1871
TYPICAL = {"stft": 1.0, "env": 0.14, "phase": 1.5, "snr": 5.0, "wav": 6.0, "ild": 3.0, "itd": 250.0}


def entry(number: int, listed: list[np.ndarray], difficulty: np.ndarray) -> dict[str, Any]:
    """One entry: scores of clips that are easy or hard for every method, better or worse by method."""
    rng = np.random.default_rng(number)
    typical = np.array([TYPICAL[key.removesuffix("_raw")] for key in V1.metrics])
    clips, means = [], []
    for split, ids in enumerate(listed, start=1):
        noise = difficulty[ids, None] + 0.3 * rng.normal(size=(len(ids), len(typical))) + 0.002 * number
        scores = typical * (1 + 0.1 * noise)
        means.append(scores.mean(axis=0))
        for clip, row in zip(ids, scores.tolist(), strict=True):
            name = f"{clip:06d}"
            found = dict(zip(V1.metrics, row, strict=True))
            clips.append({"split": split, "clip_id": name, "video_id": name, "scores": found, "failed": None})
    metrics = {
        key: {
            "version": METRICS[key].version,
            "unit": METRICS[key].unit,
            "mean": float(np.mean([mean[place] for mean in means])),
            "se": 0.01,
            "splits": {
                str(split): {"mean": float(mean[place]), "se": 0.01, "n": CLIPS, "failed": 0}
                for split, mean in enumerate(means, start=1)
            },
        }
        for place, key in enumerate(V1.metrics)
    }
    result = {
        "schema": 1,
        "tool": "0.1.0",
        "created": "2026-01-01T00:00:00+00:00",
        "dataset": {"name": "fair-play", "version": "2019.1", "index_sha256": "0" * 64},
        "split_set": "gao2019",
        "splits": list(range(1, SPLITS + 1)),
        "protocol": "v1",
        "task": "binaural",
        "card": {"name": f"Method {number}"},
        "environment": {},
        "metrics": metrics,
        "clips": clips,
    }
    claimed = {"by": "somebody", "when": "2026-01-01T00:00:00+00:00", "tool": "0.1.0"}
    return {"entry": 1, "key": f"method-{number}", "claimed": claimed, "result": result}


def write_entries(root: Path, entries: int) -> int:
    """Write a board; returns its size in bytes."""
    rng = np.random.default_rng(0)
    listed = [np.sort(rng.choice(ALL, CLIPS, replace=False)) for _ in range(SPLITS)]
    difficulty = rng.normal(size=ALL)
    (root / "entries").mkdir()
    for number in range(entries):
        text = json.dumps(entry(number, listed, difficulty), indent=1)
        (root / "entries" / f"method-{number}.json").write_text(text, "utf-8")
    return sum(path.stat().st_size for path in (root / "entries").iterdir())


def read_plainly(root: Path) -> int:
    """Read and validate every entry, and do nothing with it."""
    texts = (path.read_text("utf-8") for path in sorted((root / "entries").glob("*.json")))
    return sum(len(Entry.model_validate(json.loads(text)).result.clips) for text in texts)


def timed(work: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """Do the work; returns what it returns, and its wall time and processor time in seconds."""
    began = time.perf_counter(), time.process_time()
    done = work()
    return done, (time.perf_counter() - began[0], time.process_time() - began[1])


@contextmanager
def many_entries(description: str | None) -> Iterator[tuple[Path, int, int]]:
    """Bind the process to one core, write as many entries as ``--entries`` says, and give folder, number and bytes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--entries", type=int, default=200)
    entries = parser.parse_args().entries
    one_core()
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder), entries, write_entries(Path(folder), entries)


def main() -> None:
    """Print seconds and the ratio."""
    with many_entries(__doc__) as (root, entries, size):
        clips, plain = timed(lambda: read_plainly(root))
        board, built = timed(lambda: read_board(root))
        _, written = timed(lambda: [files_of(board, form) for form in ("markdown", "csv", "latex")])
    ranks = [row.rank for row in board.tables[0].rows if row.rank is not None]
    print(f"{entries} entries, {clips} scored clips, {size / 1e6:.0f} MB")
    print(f"reading and validating alone: {plain[0]:.1f} s ({plain[1]:.1f} s of the processor)")
    print(f"board: {built[0]:.1f} s ({built[1]:.1f} s); its tables as Markdown, CSV and LaTeX: {written[0]:.1f} s")
    print(f"ratio of building to reading alone: {built[0] / plain[0]:.2f} ({built[1] / plain[1]:.2f})")
    print(f"ranks in {board.tables[0].columns[0].key}: {min(ranks)} to {max(ranks)}, {len(set(ranks))} different")


if __name__ == "__main__":
    main()
