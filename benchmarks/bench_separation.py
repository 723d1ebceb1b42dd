"""Scoring 45 binaural mixtures of 10 s: this suite with one and two workers against a serial loop over mir_eval.

The loop calls mir_eval for each ear of each mixture's estimates and of the mixture itself, and once for the images of
both ears: the work that the suite does. Run as ``python benchmarks/bench_separation.py``.
"""

import argparse
import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import time
import warnings
from itertools import combinations

import numpy as np
import torch
from mir_eval.separation import bss_eval_images, bss_eval_sources

from fairplay_bench.jobs import executor, run_all
from fairplay_bench.scoring.separation.quality import separation_scores

SOLOS, SAMPLES, EARS = 10, 160_000, 2
KEYS = ("sdr", "sir", "sar", "sdr_mixture", "sdr_images")

Pair = tuple[np.ndarray, np.ndarray]


def pairs(count: int) -> list[Pair]:
    """Estimates and sources of the mixtures of ten noises, each leaking into the other."""
    rng = np.random.default_rng(0)
    solos = [0.1 * rng.normal(size=(EARS, SAMPLES)).astype(np.float32) for _ in range(SOLOS)]
    made = []
    for one, other in list(combinations(solos, 2))[:count]:
        sources = np.stack([one, other])
        made.append(((sources + 0.3 * sources[::-1]).astype(np.float32), sources))
    return made


def ours(pair: Pair) -> list[float]:
    """Scores of one mixture by the suite."""
    scores = separation_scores(*map(torch.from_numpy, pair))
    return [scores[key] or 0.0 for key in KEYS]


def plain(pair: Pair) -> list[float]:
    """The same by mir_eval alone."""
    estimates, sources = (sound.astype(np.float64) for sound in pair)
    mixture = np.stack([sources.sum(axis=0)] * 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        ears = [bss_eval_sources(sources[:, e], estimates[:, e], compute_permutation=False)[:3] for e in range(EARS)]
        before = [bss_eval_sources(sources[:, e], mixture[:, e], compute_permutation=False)[0] for e in range(EARS)]
        layout = (np.moveaxis(sources, 1, 2), np.moveaxis(estimates, 1, 2))
        images = bss_eval_images(*layout, compute_permutation=False)[0]
    return [*np.mean(ears, axis=(0, 2)), float(np.mean(before)), float(np.mean(images))]


def with_workers(jobs: int, made: list[Pair]) -> tuple[float, dict[int, list[float]]]:
    """Wall time of the suite with so many workers that are already up, and the scores by mixture."""
    with executor(jobs, ("fairplay_bench.scoring.separation.task",)) as pool:
        list(run_all(pool, abs, range(-jobs, 0), jobs))  # starts the workers
        began = time.perf_counter()
        numbers = {id(pair): number for number, pair in enumerate(made)}
        scores = {numbers[id(pair)]: values for pair, values in run_all(pool, ours, made, jobs)}
        return time.perf_counter() - began, scores


def main() -> None:
    """Print wall times and the largest difference of the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mixtures", type=int, default=45)
    made = pairs(parser.parse_args().mixtures)
    began = time.perf_counter()
    theirs = [plain(pair) for pair in made]
    serial = time.perf_counter() - began
    print(f"{len(made)} binaural mixtures of 10 s: serial mir_eval loop {serial:.1f} s")
    for jobs in (1, 2):
        wall, scores = with_workers(jobs, made)
        off = max(abs(a - b) for number, values in scores.items() for a, b in zip(values, theirs[number], strict=True))
        print(f"ours with {jobs} worker(s) {wall:.1f} s: {serial / wall:.2f} times as fast, off by {off:.0e} dB")


if __name__ == "__main__":
    main()
