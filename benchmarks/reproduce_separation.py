"""Mix-and-Separate on mini in its four conditions: three seeds each, and the table of ``docs/separation.md``.

Run as ``python -m benchmarks.reproduce_separation --out FOLDER``; an hour and a half of one core. It makes the data,
trains a small Mono2Binaural on the first half of the training clips and, on the second half, the network of
audio-visual correspondence and every condition, with preset ``small``; each condition starts from the visual branch of
that network. It scores the mixtures of split 1 and writes ``FOLDER/table.md``. What is there already is not made again,
so several may share the work on one folder with ``--conditions`` and ``--seeds``; ``--conditions`` without any makes
the two checks alone.
"""

import argparse
import json
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from benchmarks.reproducing import mini_in, scored, trained
from fairplay_bench.records import CONDITIONS
from fairplay_bench.results.schema import Result
from fairplay_bench.scoring.separation.checks import SEPARATION_CHECKS
from fairplay_bench.training.plan import TrainingPlan

CLIPS = 1200
EPOCHS = 18  # fewer than the preset has, which is made for fewer clips
BINAURALIZER_EPOCHS = 6
RECIPE: dict[str, Any] = {"preset": "small", "precision": "bf16"}
METRICS = ("sdr", "sir", "sar", "sdr_mixture", "sdr_improvement", "sdr_images")
SEPARATOR, BINAURALIZER, TEACHER = "mix-and-separate", "mono2binaural", "audio-visual-correspondence"


def row(name: str, results: list[Result], runs: list[Path]) -> str:
    """One line of the table: mean over the seeds ± its standard error, and what a training took."""
    cells = []
    for key in METRICS:
        values = [value for result in results if (value := result.metrics[key].mean) is not None]
        error = f" ± {stdev(values) / sqrt(len(values)):.2f}" if len(values) > 1 else ""
        cells.append(f"{mean(values):.2f}{error}" if values else "–")
    notes = [json.loads((run / "run.json").read_text())["training"] for run in runs]
    spent = [
        f"{mean(note[key] for note in notes):.0f}" if notes else "–" for key in ("steps", "cpu_seconds", "seconds")
    ]
    return "| " + " | ".join([name, *cells, *spent]) + " |"


def settings_of(condition: str, binauralizer: Path | None, data: Path, out: Path) -> dict[str, Any]:
    """The method's own options for a condition; a binauralizer is trained where one is needed and none is given."""
    if condition != "predicted-binaural":
        return {"condition": condition}
    if binauralizer is None:
        plan = TrainingPlan(BINAURALIZER, data, out / BINAURALIZER, half="first", epochs=BINAURALIZER_EPOCHS, **RECIPE)
        binauralizer = trained(plan)
    return {"condition": condition, "binauralizer": BINAURALIZER, "binauralizer-weights": binauralizer}


def main() -> None:
    """Make the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--data", type=Path, default=None, help="A prepared data set, in place of mini made here.")
    parser.add_argument("--binauralizer", type=Path, default=None, help="A run of mono2binaural, --half first.")
    parser.add_argument("--conditions", nargs="*", default=list(CONDITIONS), choices=CONDITIONS)
    asked = parser.parse_args()
    out, data = asked.out, mini_in(asked.out, asked.data, CLIPS)
    lines = [f"| condition | {' | '.join(METRICS)} | steps | CPU s | wall s |", "|---" * (len(METRICS) + 4) + "|"]
    for name, check in SEPARATION_CHECKS.items():
        lines.append(row(f"*{name}* (check)", [scored(check, data, None, out / f"{name}.json", task="separation")], []))
    if asked.conditions:
        teacher = trained(TrainingPlan(TEACHER, data, out / TEACHER, half="second", **RECIPE))
        start = {"visual_weights": teacher / "visual.pth", "epochs": EPOCHS, **RECIPE}
    for condition in asked.conditions:
        settings = settings_of(condition, asked.binauralizer, data, out)
        runs = [
            trained(TrainingPlan(SEPARATOR, data, out / f"{condition}-{seed}", seed=seed, settings=settings, **start))
            for seed in asked.seeds
        ]
        results = [scored(SEPARATOR, data, run, out / f"{run.name}.json", task="separation") for run in runs]
        lines.append(row(condition, results, runs))
    table = "\n".join(lines) + "\n"
    if asked.conditions == list(CONDITIONS):
        (out / "table.md").write_text(table, "utf-8")
    print(table)


if __name__ == "__main__":
    main()
