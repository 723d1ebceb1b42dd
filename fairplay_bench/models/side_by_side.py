"""Prediction by threads of one core each, in order.

The steps of a prediction are short, so that many cores at one step after another wait for each other a good part of the
time. Cores that each take a batch of their own do not, and whichever is free takes the next.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TypeVar

import torch

Batch = TypeVar("Batch")
Predicted = TypeVar("Predicted")


def threads_at_once(device: torch.device) -> int:
    """How many batches are worked on at once: as many as torch may use cores, or one on another device."""
    return torch.get_num_threads() if device.type == "cpu" else 1


def side_by_side(
    batches: Iterable[Batch], work: Callable[[Batch, "Future[Predicted] | None"], Predicted], device: torch.device
) -> Iterator[Predicted]:
    """Work on batches at once, in inference mode, and ask for the next ones meanwhile.

    Args:
        batches: asked for in the thread of the caller, so many ahead as there are threads.
        work: is given a batch, and what will have come of the batch before, which was begun earlier; None at first.
        device: where the work is done.

    Yields:
        What work returns, in the order of the batches. What asking for one raises comes up at once, what working on one
        raises where it is due; either way no other batch is begun.
    """
    threads = threads_at_once(device)
    pool, waiting, before = _threads_of_one_core(threads), deque[Future[Predicted]](), None
    predict = torch.inference_mode()(work)  # which torch knows thread by thread
    try:
        for batch in batches:
            before = pool.submit(predict, batch, before)
            waiting.append(before)
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def on_one_core() -> Iterator[None]:
    """Let torch use one core, and then as many as before."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _threads_of_one_core(count: int) -> ThreadPoolExecutor:
    with on_one_core():  # torch tells each thread how many cores it has when that thread first asks
        pool, started = ThreadPoolExecutor(count, initializer=torch.get_num_threads), Barrier(count)
        list(pool.map(lambda _: started.wait(), range(count)))
    return pool
