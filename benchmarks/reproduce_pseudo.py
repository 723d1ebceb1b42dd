"""PseudoBinaural and Augment-PseudoBinaural on mini: three seeds each, and the table of ``docs/pseudo-binaural.md``.

Run as ``python -m benchmarks.reproduce_pseudo --out FOLDER``; under an hour on two idle cores. It makes the data, cuts
the solo players out by mini's own boxes, trains with preset ``small``, scores the test clips of split 1, and writes
``FOLDER/table.md``. What is there already is not made again, so several may share the work on one folder with
``--rows``.
"""

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baselines.pseudo_binaural.boxes import read_boxes
from baselines.pseudo_binaural.cutting import clips_of, cut_out
from baselines.pseudo_binaural.sources import PATCHES_FILE, write_patches
from benchmarks.reproduce_mini import METRICS, row
from benchmarks.reproducing import mini_in, scored, trained
from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.datasets.mini.make import TRUTH_FOLDER
from fairplay_bench.jobs import SerialExecutor
from fairplay_bench.training.plan import TrainingPlan

THIRD = 0.33
SCENES = {"stereo-mode": "direct", "patch-scale": "none", "background": "own"}
NETWORK = {"fusion": "none", "ears-loss": "l2", "separation-weight": 0.0}  # that of Mono2Binaural, and its loss


@dataclass(frozen=True)
class Row:
    """A row of the table: its name there, its folder, the method, and its options."""

    name: str
    key: str
    model: str
    settings: dict[str, Any] = field(default_factory=dict)


ROWS = (
    Row("PseudoBinaural (no recording)", "pseudo", "pseudo-binaural", SCENES | NETWORK),
    Row("Mono2Binaural, a third", "third", "mono2binaural", {"binaural-share": THIRD}),
    Row(
        "Augment-PseudoBinaural, a third",
        "augment",
        "augment-pseudo-binaural",
        SCENES | NETWORK | {"binaural-share": THIRD},
    ),
)


def patches(data: Path, file: Path) -> Path:
    """The players of mini's solo clips, cut out where its own table of boxes has them."""
    if not file.is_file():
        clips, _ = clips_of(data, read_boxes(data / TRUTH_FOLDER / "boxes.csv"))
        write_patches(file, cut_out(clips, None, SerialExecutor(), ConsoleReporter(), 1).rows)
    return file


def plan_of(row: Row, data: Path, cut: Path, out: Path, seed: int) -> TrainingPlan:
    """How a row is trained."""
    settings = row.settings | ({} if row.key == "third" else {"patches": cut})
    return TrainingPlan(row.model, data, out, preset="small", precision="bf16", seed=seed, settings=settings)


def main() -> None:
    """Train, score, and write the table where all rows are done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--rows", nargs="+", default=[row.key for row in ROWS], choices=[row.key for row in ROWS])
    parser.add_argument("--data", type=Path, default=None, help="A prepared mini, in place of the one made here.")
    arguments = parser.parse_args()
    out, data = arguments.out, mini_in(arguments.out, arguments.data)
    cut = patches(data, out / PATCHES_FILE)
    lines = [f"| method | {' | '.join(METRICS)} | steps | CPU s | wall s |", "|---" * (len(METRICS) + 4) + "|"]
    lines.append(row("Mono-Mono", [scored("mono-mono", data, None, out / "mono-mono.json")], []))
    for one in ROWS:
        if one.key in arguments.rows:
            runs = [trained(plan_of(one, data, cut, out / f"{one.key}-{seed}", seed)) for seed in arguments.seeds]
            files = [out / f"{one.key}-{seed}.json" for seed in arguments.seeds]
            results = [scored(one.model, data, run, file) for run, file in zip(runs, files, strict=True)]
            lines.append(row(one.name, results, runs))
    table = "\n".join(lines) + "\n"
    (out / "table.md").write_text(table, "utf-8")
    print(table)


if __name__ == "__main__":
    main()
