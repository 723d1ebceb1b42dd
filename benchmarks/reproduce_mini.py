"""Mono2Binaural, Audio-Only and Flipped-Visual on mini: three seeds each, and the table of ``docs/training.md``.

Run as ``python -m benchmarks.reproduce_mini --out FOLDER``; about an hour on two idle cores. It makes the data, trains
with preset ``small``, scores, and writes ``FOLDER/table.md``. What is there already is not made again.
"""

import argparse
import json
from pathlib import Path
from statistics import mean

from benchmarks.reproducing import mini_in, scored, spread, trained
from fairplay_bench.results.schema import Result
from fairplay_bench.training.plan import TrainingPlan

METRICS = ("stft", "stft_raw", "env", "ild", "itd")


def row(name: str, results: list[Result], runs: list[Path]) -> str:
    """One line of the table: mean over the seeds ± their deviation."""
    values = [[result.metrics[key].mean or 0.0 for result in results] for key in METRICS]
    cells = [spread(of) for of in values]
    notes = [json.loads((run / "run.json").read_text())["training"] for run in runs]
    steps = f"{notes[0]['steps']}" if notes else "–"
    cpu = f"{mean(note['cpu_seconds'] for note in notes):.0f}" if notes else "–"
    wall = f"{mean(note['seconds'] for note in notes):.0f}" if notes else "–"
    return "| " + " | ".join([name, *cells, steps, cpu, wall]) + " |"


def main() -> None:
    """Make the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=None, help="A prepared data set, in place of mini made here.")
    arguments = parser.parse_args()
    out, seeds = arguments.out, range(arguments.seeds)
    data = mini_in(out, arguments.data)
    lines = [f"| method | {' | '.join(METRICS)} | steps | CPU s | wall s |", "|---" * (len(METRICS) + 4) + "|"]
    lines.append(row("Mono-Mono", [scored("mono-mono", data, None, out / "mono-mono.json")], []))
    seeing, hearing = (
        [trained(TrainingPlan(model, data, out / f"{model}-{seed}", preset="small", seed=seed)) for seed in seeds]
        for model in ("mono2binaural", "audio-only")
    )
    for name, model, runs in (
        ("Audio-Only", "audio-only", hearing),
        ("Flipped-Visual", "flipped-visual", seeing),
        ("Mono2Binaural", "mono2binaural", seeing),
    ):
        results = [
            scored(model, data, run, out / f"{model}-{seed}.json") for seed, run in zip(seeds, runs, strict=True)
        ]
        lines.append(row(name, results, [] if model == "flipped-visual" else runs))
    table = "\n".join(lines) + "\n"
    (out / "table.md").write_text(table, "utf-8")
    print(table)


if __name__ == "__main__":
    main()
