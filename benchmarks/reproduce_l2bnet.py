"""L2BNet on mini: three seeds each, and the tables of ``docs/l2bnet.md``.

Run as ``python -m benchmarks.reproduce_l2bnet --out FOLDER``; under an hour on two idle cores. It makes the data, cuts
the solo players out by mini's own boxes, trains with preset ``small``, scores the test clips of split 1, and writes
``FOLDER/table.md``. What is there already is not made again, so several may share the work on one folder with
``--rows`` and ``--seeds``; the last one, without them, writes the tables.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from baselines.l2bnet.listening import INPUTS
from baselines.l2bnet.places import SeenPlaces, places_of
from baselines.l2bnet.weights import load_listener
from baselines.pseudo_binaural.sources import PATCHES_FILE
from benchmarks.measure_localisation import by_ear, hits, sides
from benchmarks.reproduce_mini import METRICS
from benchmarks.reproduce_pseudo import Row, patches
from benchmarks.reproducing import mini_in, scored, spread, trained
from fairplay_bench.datasets.prepared import PreparedDataset, open_prepared
from fairplay_bench.media.files import write_json
from fairplay_bench.results.files import read_result
from fairplay_bench.training.plan import TrainingPlan

TENTH = 0.1
RECIPE: dict[str, Any] = {"preset": "small", "precision": "bf16"}
LISTENERS = tuple(f"hears-{hears}" for hears in INPUTS)


@dataclass(frozen=True)
class Trained(Row):
    """A row that may be trained for another number of passes than its preset says."""

    epochs: int | None = None


ROWS = (
    Trained("Mono-Mono", "mono-mono", "mono-mono"),
    Trained("Mono2Binaural, a tenth", "tenth", "mono2binaural", {"binaural-share": TENTH}, epochs=40),
    Trained("after L2BNet, weak", "weak", "l2bnet", {"setting": "weak"}),
    Trained("after L2BNet, weak, judge alone", "judge", "l2bnet", {"setting": "weak", "scene-weight": 0.0}),
    Trained("after L2BNet, weak, scenes alone", "scenes", "l2bnet", {"setting": "weak", "judge-weight": 0.0}),
    Trained("after L2BNet, weak, no boxes", "unlabelled", "l2bnet", {"setting": "weak", "teacher": "correspondence"}),
    Trained("after L2BNet, semi, a tenth", "semi", "l2bnet", {"setting": "semi", "binaural-share": TENTH}),
)


@dataclass(frozen=True)
class Place:
    """Where things are: the data, the cut-outs, the folder of this table."""

    data: Path
    cut: Path
    out: Path


def listener(place: Place, hears: str, seed: int) -> Path:
    """A run of the localisation network with this input."""
    settings = {"localiser-input": hears, "patches": place.cut}
    out = place.out / f"hears-{hears}-{seed}"
    return trained(TrainingPlan("audio-localisation", place.data, out, seed=seed, settings=settings, **RECIPE))


def heard(row: Trained, place: Place, seed: int) -> Path:
    """A result file of the test clips, with the predictions beside it; made only where it is missing."""
    file, run = place.out / f"{row.key}-{seed}.json", None
    if row.model != "mono-mono":
        settings = row.settings | ({"patches": place.cut} if row.model == "l2bnet" else {})
        if row.model == "l2bnet" and row.settings["setting"] == "weak":  # what a training of its own would give
            settings["localiser"] = listener(place, "ild-itd", seed)
        out = place.out / f"{row.key}-{seed}"
        plan = TrainingPlan(row.model, place.data, out, seed=seed, epochs=row.epochs, settings=settings, **RECIPE)
        run = trained(plan)
    ears = str(place.out / f"{row.key}-{seed}-ears")
    scored(row.model, place.data, run, file, save_predictions=ears, overwrite=True, jobs=1)
    return file


def measured(file: Path, ears: Path | None, run: Path, data: PreparedDataset, places: SeenPlaces) -> dict[str, float]:
    """What :mod:`benchmarks.measure_localisation` measures, kept in a file."""
    if not file.is_file():
        network, _ = load_listener(run)
        write_json(file, hits(by_ear(network), data, places, ears=ears) | sides(data, places, ears))
    found: dict[str, float] = json.loads(file.read_text("utf-8"))
    return found


def seconds(run: Path) -> float:
    """Seconds of the processor of a run and of what was trained first for it."""
    notes = [json.loads(file.read_text("utf-8"))["training"] for file in run.rglob("run.json")]
    given = notes[0]["settings"].get("localiser")
    before = json.loads((Path(given) / "run.json").read_text("utf-8"))["training"]["cpu_seconds"] if given else 0.0
    return sum(note["cpu_seconds"] for note in notes) + before


def method_line(row: Trained, place: Place, seeds: list[int], data: PreparedDataset, places: SeenPlaces) -> str:
    """One line of the table of methods."""
    files = [heard(row, place, seed) for seed in seeds]
    results = [read_result(file) for file in files]
    values = [[result.metrics[key].mean or 0.0 for result in results] for key in METRICS]
    judge = [listener(place, "ild-itd", seed) for seed in seeds]
    found = [
        measured(file.with_suffix(".places.json"), file.with_name(f"{file.stem}-ears"), run, data, places)
        for file, run in zip(files, judge, strict=True)
    ]
    shares = [spread([one[key] for one in found], 2) for key in ("right", "one", "several")]
    spent = "–" if row.model == "mono-mono" else f"{mean(seconds(file.with_suffix('')) for file in files):.0f}"
    return "| " + " | ".join([row.name, *(spread(of) for of in values), *shares, spent]) + " |"


def listener_line(hears: str, place: Place, seeds: list[int], data: PreparedDataset, places: SeenPlaces) -> str:
    """One line of the table of localisation networks."""
    runs = [listener(place, hears, seed) for seed in seeds]
    found = [measured(run.with_suffix(".json"), None, run, data, places) for run in runs]
    shares = [spread([one[key] for one in found]) for key in ("one", "several")]
    return "| " + " | ".join([hears, *shares, f"{mean(seconds(run) for run in runs):.0f}"]) + " |"


def tables(place: Place, rows: list[str], seeds: list[int]) -> str:
    """Both tables, of these rows."""
    data = open_prepared(place.data)
    places = places_of(data, None)
    lines = ["| the network hears | one player | several | CPU s |", "|---" * 4 + "|"]
    lines += [listener_line(hears, place, seeds, data, places) for hears in INPUTS if f"hears-{hears}" in rows]
    head = [*METRICS, "right side", "judged right, one player", "several", "CPU s"]
    lines += ["", f"| method | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|"]
    lines += [method_line(row, place, seeds, data, places) for row in ROWS if row.key in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Train, score, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = [*LISTENERS, *(row.key for row in ROWS)]
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--rows", nargs="+", default=known, choices=known)
    parser.add_argument("--data", type=Path, default=None, help="A prepared mini, in place of the one made here.")
    arguments = parser.parse_args()
    out, data = arguments.out, mini_in(arguments.out, arguments.data)
    place = Place(data, patches(data, out / PATCHES_FILE), out)
    text = tables(place, arguments.rows, arguments.seeds)
    if arguments.rows == known:
        (out / "table.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
