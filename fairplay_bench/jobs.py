"""Work over many clips: in this process, or in several local ones, behind ``concurrent.futures``.

What is submitted is a top-level function and picklable arguments; it returns its failures as values where one bad
clip must not stop the rest. Workers leave when the program that started them is killed.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from typing import Any, TypeVar

from fairplay_bench.errors import BenchError, OptionError

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

_CONNECT_S = 10
_RETRIES = 3  # of a task on a cluster
_PENDING_PER_WORKER = 4  # keeps workers busy without pickling every argument at once


class Reporter:
    """Hears what long work has to say; this one keeps silent, the command line's shows it."""

    def say(self, text: str) -> None:
        """Hear one line."""

    def track(self, items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
        """Pass items on, counting them.

        Args:
            items: what is worked on; :class:`Continued` where some of it may be done already.
            total: how many there will be.
            label: what they are, such as ``"clips"``.

        Yields:
            The items.
        """
        del total, label
        yield from items


@dataclass(frozen=True, slots=True)
class Continued(Iterable[Item]):
    """Work of which an earlier run did a part: what was found done says nothing of how fast the rest will go.

    Attributes:
        items: what is worked on.
        found_done: whether one of them was there already.
    """

    items: Iterable[Item]
    found_done: Callable[[Item], bool]

    def __iter__(self) -> Iterator[Item]:
        """All of the items."""
        return iter(self.items)


class SerialExecutor(Executor):
    """Runs each call at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Call and return a finished future; an exception is kept in it, an interrupt is not."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def usable_cores() -> int:
    """Number of processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers_of(jobs: int | None) -> int:
    """Number of worker processes: as many as were asked for, one a usable core by default.

    Raises:
        OptionError: if it is less than one.
    """
    if jobs is not None and jobs < 1:
        raise OptionError(f"--jobs {jobs}: at least one worker is needed.")
    return usable_cores() if jobs is None else jobs


@contextmanager
def executor(
    jobs: int | None = None, preload: tuple[str, ...] = (), scheduler: str | None = None
) -> Iterator[Executor]:
    """Give an executor of ``jobs`` workers; with one, work is done in this process.

    Args:
        jobs: number of workers; all usable cores by default.
        preload: modules imported once, before the workers are forked from them; of several calls in one process
            only the first one's count.
        scheduler: address of a Dask scheduler, whose workers do the work instead.

    Yields:
        The executor. After an error, pending work is dropped.

    Raises:
        OptionError: if ``jobs`` is less than one, or the scheduler cannot be reached.
    """
    if scheduler is not None:
        with _cluster(scheduler) as pool:
            yield pool
        return
    jobs = workers_of(jobs)
    if jobs == 1:
        yield SerialExecutor()
        return
    context = _forkserver(preload) if hasattr(os, "fork") else multiprocessing.get_context("spawn")
    pool = _Workers(jobs, mp_context=context, initializer=_start_worker)
    try:
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):  # before shutting down, which forgets them
            process.terminate()  # a worker ignores Ctrl-C, so that one message and not one a worker is printed
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """Give an executor on a Dask cluster; a task whose worker dies is done again on another."""
    try:
        from distributed import Client
    except ImportError as error:
        raise OptionError("--scheduler needs Dask: pip install 'fairplay-bench[cluster]'.") from error
    try:
        client = Client(address, timeout=f"{_CONNECT_S}s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise OptionError(f"--scheduler {address}: no scheduler answers there ({error}).") from error
    with client:
        pool = client.get_executor(pure=False, retries=_RETRIES)
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False)
            raise
        pool.shutdown()


def run_all(
    pool: Executor, function: Callable[[Item], Outcome], items: Iterable[Item], workers: int = 8
) -> Iterator[tuple[Item, Outcome]]:
    """Call ``function`` on each item and yield the outcomes as they come, in any order.

    Args:
        pool: from :func:`executor`.
        function: a top-level function.
        items: its arguments; drawn only as fast as they are worked on.
        workers: about how many there are; a cluster is asked.

    Yields:
        The item and its outcome.

    Raises:
        BenchError: if a worker died.
        Exception: whatever the function raised.
    """
    workers = max(workers, _cluster_size(pool))
    pending: dict[Future[Outcome], Item] = {}
    source = iter(items)
    exhausted = False
    while pending or not exhausted:
        while not exhausted and len(pending) < workers * _PENDING_PER_WORKER:
            try:
                item = next(source)
            except StopIteration:
                exhausted = True
                break
            with _dead_workers_named():
                pending[pool.submit(function, item)] = item
            if isinstance(pool, SerialExecutor):
                break
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            item = pending.pop(future)
            with _dead_workers_named():
                outcome = future.result()
            yield item, outcome


@contextmanager
def _dead_workers_named() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise BenchError("a worker process died, probably for lack of memory; run again with fewer --jobs.") from error
    except Exception as error:
        if "distributed" not in sys.modules or not isinstance(error, _cluster_deaths()):
            raise
        raise BenchError("the cluster's workers or its scheduler died again and again; see their logs.") from error


def _cluster_deaths() -> tuple[type[BaseException], ...]:
    from distributed import CancelledError, KilledWorker
    from distributed.comm.core import CommClosedError

    return KilledWorker, CommClosedError, CancelledError


def _cluster_size(pool: Executor) -> int:
    """How many tasks a cluster works on at once; 0 for local pools."""
    client = getattr(pool, "_client", None)
    return 0 if client is None else sum(client.ncores().values())


class _Workers(ProcessPoolExecutor):
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Hand out work; the first call starts the workers, and one half started would end in a traceback."""
        with interrupts_held():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Let Ctrl-C, and SIGTERM where the program handles it, wait until the end of the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    held = {number: handler for number, handler in handlers.items() if number == signal.SIGINT or callable(handler)}
    for number in held:
        signal.signal(number, lambda number, _: arrived.append(number))
    try:
        yield
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
        if signal.SIGINT in arrived:  # also where the block failed, which it may have for the same reason
            raise KeyboardInterrupt
        if arrived:
            signal.raise_signal(signal.SIGTERM)


def _forkserver(preload: tuple[str, ...]) -> Any:
    """Start the process that workers are forked from; it and they never see Ctrl-C."""
    context = multiprocessing.get_context("forkserver")
    if preload:
        context.set_forkserver_preload(list(preload))
    with interrupts_held():
        resource_tracker.ensure_running()  # would be started by the next call, letting Ctrl-C through again
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return context


def _start_worker() -> None:
    """Leave Ctrl-C to the main process, one core to a worker, and end when the main process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    if "torch" in sys.modules:  # preloaded, so that it has read its environment already
        sys.modules["torch"].set_num_threads(1)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
