"""A batch shared out among threads of one core each, for prediction on a processor.

The pieces of a prediction are short, so that many cores at one piece after another wait for each other a good part of
the time. Cores that each take some of the windows do not.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import torch
from torch import Tensor


class SideBySide:
    """Works on the parts of a batch in as many threads as torch may use."""

    def __init__(self) -> None:
        self._threads, self._pool = 1, ThreadPoolExecutor(max_workers=1)

    def __call__(self, work: Callable[..., Tensor], *batch: Tensor | None) -> Tensor:
        """Do work on every part of a batch.

        Args:
            work: is given the same part of each tensor.
            batch: tensors ``(n, …)`` of one length, or None, of which every part is None.

        Returns:
            What work returns, ``(n, …)``.
        """
        threads = torch.get_num_threads()
        parts = min(threads, *(len(one) for one in batch if one is not None))
        if parts < 2:
            return work(*batch)
        if threads != self._threads:
            self._pool.shutdown()
            self._threads, self._pool = threads, _threads_of_one_core(threads)
        shares = ([None] * parts if one is None else torch.tensor_split(one, parts) for one in batch)
        inference, grad = torch.is_inference_mode_enabled(), torch.is_grad_enabled()

        def in_the_same_mode(*share: Tensor | None) -> Tensor:  # which torch knows thread by thread
            with torch.inference_mode(inference), torch.set_grad_enabled(grad):
                return work(*share)

        return torch.cat(list(self._pool.map(in_the_same_mode, *shares)))


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
