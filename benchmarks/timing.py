"""Timing two ways of doing the same work in one run, so that a noisy machine disturbs both alike."""

import os
import time
from collections.abc import Callable
from statistics import median


def one_core() -> None:
    """Bind this process, and those it starts, to one core."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def seconds(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 5) -> tuple[float, float]:
    """Median wall time of each, taken in turns after one unmeasured round."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for work, kept in zip((ours, theirs), times, strict=True):
            began = time.perf_counter()
            work()
            if turn:
                kept.append(time.perf_counter() - began)
    return median(times[0]), median(times[1])
