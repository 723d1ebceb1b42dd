"""The order of the draws: the same for any number of processes, and continued where a training stopped."""

from collections.abc import Callable, Iterator

import numpy as np
from torch.utils.data import Sampler

from fairplay_bench.training.segments import Draw


class TrainingOrder(Sampler[list[Draw]]):
    """Batches of draws of one process; the first pass begins at the step the training has come to.

    Args:
        draws: how many make a pass.
        batch: draws of a step, over all processes.
        seed: of the order.
        step_now: tells how many steps are done.
        process: number of this process.
        processes: how many there are.
    """

    def __init__(
        self, draws: int, batch: int, seed: int, step_now: Callable[[], int], process: int = 0, processes: int = 1
    ) -> None:
        self._draws, self._batch, self._seed, self._step_now = draws, max(batch, processes), seed, step_now
        self._process, self._processes = process, processes

    def __len__(self) -> int:
        """Steps of a whole pass."""
        return -(-self._draws // self._batch)

    def __iter__(self) -> Iterator[list[Draw]]:
        """Give the batches from the present step to the end of its pass."""
        epoch, done = divmod(self._step_now(), len(self))
        order = np.random.default_rng((self._seed, epoch)).permutation(self._draws)
        for step in range(done, len(self)):
            numbers = order[step * self._batch : (step + 1) * self._batch]
            short = -len(numbers) % self._processes  # every process needs as many, so some draws are seen twice
            numbers = np.concatenate([numbers, np.resize(order, short)])
            yield [(epoch, int(number)) for number in numbers[self._process :: self._processes]]


class ValidationOrder(Sampler[int]):
    """Numbers of the segments of one process; none is seen twice.

    Args:
        segments: how many there are.
        process: number of this process.
        processes: how many there are.
    """

    def __init__(self, segments: int, process: int = 0, processes: int = 1) -> None:
        self._numbers = range(process, segments, processes)

    def __len__(self) -> int:
        """Segments of this process."""
        return len(self._numbers)

    def __iter__(self) -> Iterator[int]:
        """Give them in ascending order."""
        return iter(self._numbers)
