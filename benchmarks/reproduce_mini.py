"""Mono2Binaural, Audio-Only and Flipped-Visual on mini: three seeds each, and the table of ``docs/training.md``.

Run as ``python -m benchmarks.reproduce_mini --out FOLDER``; about an hour on two idle cores. It makes the data, trains
with preset ``small``, scores, and writes ``FOLDER/table.md``. What is there already is not made again.
"""

import argparse
import json
from pathlib import Path
from statistics import mean, pstdev

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.datasets.mini.make import make_mini
from fairplay_bench.jobs import executor, usable_cores
from fairplay_bench.results.files import read_result, write_result
from fairplay_bench.results.schema import Result
from fairplay_bench.scoring.run import EvaluationPlan, run_plan
from fairplay_bench.training.fit import TrainingPlan, train
from fairplay_bench.training.run_folder import read_run

CLIPS, DATA_SEED = 300, 5
METRICS = ("stft", "stft_raw", "env", "ild", "itd")


def trained(model: str, data: Path, out: Path, seed: int) -> Path:
    """A run folder; trained only where it is not finished."""
    run = read_run(out)
    if run is None or "cpu_seconds" not in run.training:
        train(TrainingPlan(model, data, out, preset="small", seed=seed), ConsoleReporter())
    return out


def scored(model: str, data: Path, weights: Path | None, file: Path) -> Result:
    """The result on the test clips of split 1; made only where it is missing."""
    if not file.is_file():
        plan = EvaluationPlan(data, splits=[1], weights=None if weights is None else str(weights))
        write_result(run_plan(model, plan, ConsoleReporter()), file)
    return read_result(file)


def row(name: str, results: list[Result], runs: list[Path]) -> str:
    """One line of the table: mean over the seeds ± their deviation."""
    values = [[result.metrics[key].mean or 0.0 for result in results] for key in METRICS]
    cells = [f"{mean(of):.3f}" + (f" ± {pstdev(of):.3f}" if len(of) > 1 else "") for of in values]
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
    data = arguments.data or out / "mini"
    if arguments.data is None:
        with executor() as pool:
            make_mini(out, CLIPS, DATA_SEED, pool, ConsoleReporter(), workers=usable_cores())
    lines = [f"| method | {' | '.join(METRICS)} | steps | CPU s | wall s |", "|---" * (len(METRICS) + 4) + "|"]
    lines.append(row("Mono-Mono", [scored("mono-mono", data, None, out / "mono-mono.json")], []))
    seeing = [trained("mono2binaural", data, out / f"mono2binaural-{seed}", seed) for seed in seeds]
    hearing = [trained("audio-only", data, out / f"audio-only-{seed}", seed) for seed in seeds]
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
