"""Ambisonics, Mono2Binaural and Audio-Only on mini-360: three seeds each, and the table of ``docs/ambisonics.md``.

Run as ``python -m benchmarks.reproduce_360 --out FOLDER``; about a quarter of an hour on two idle cores. It makes the
data, trains with preset ``small``, scores, and writes ``FOLDER/table.md``. What is there already is not made again.
"""

import argparse
from pathlib import Path

from benchmarks.reproduce_mini import METRICS, row
from benchmarks.reproducing import scored, trained
from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.datasets.decoding import named_decoder
from fairplay_bench.datasets.mini_360.make import make_mini_360
from fairplay_bench.jobs import executor, usable_cores
from fairplay_bench.media.ambisonic import AMBISONIC_RATE
from fairplay_bench.training.plan import TrainingPlan
from hrtf.catalogue import ANALYTIC
from hrtf.decoders import STANDARD

CLIPS, DATA_SEED = 90, 5
NAMES = {"ambisonics": "Ambisonics", "audio-only": "Audio-Only", "mono2binaural": "Mono2Binaural"}


def main() -> None:
    """Make the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--models", nargs="*", default=list(NAMES), choices=list(NAMES))
    parser.add_argument("--data", type=Path, default=None, help="A prepared data set, in place of mini-360 made here.")
    arguments = parser.parse_args()
    out, seeds = arguments.out, range(arguments.seeds)
    data = arguments.data or out / "mini-360"
    if arguments.data is None:
        head = named_decoder(ANALYTIC, STANDARD, AMBISONIC_RATE)
        with executor() as pool:
            make_mini_360(out, CLIPS, DATA_SEED, head, pool, ConsoleReporter(), workers=usable_cores())
    lines = [f"| method | {' | '.join(METRICS)} | steps | CPU s | wall s |", "|---" * (len(METRICS) + 4) + "|"]
    lines.append(row("Mono-Mono", [scored("mono-mono", data, None, out / "mono-mono.json")], []))
    for model in arguments.models:
        runs = [
            trained(TrainingPlan(model, data, out / f"{model}-{seed}", preset="small", seed=seed)) for seed in seeds
        ]
        results = [
            scored(model, data, run, out / f"{model}-{seed}.json") for seed, run in zip(seeds, runs, strict=True)
        ]
        lines.append(row(NAMES[model], results, runs))
    table = "\n".join(lines) + "\n"
    (out / "table.md").write_text(table, "utf-8")
    print(table)


if __name__ == "__main__":
    main()
