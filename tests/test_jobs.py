"""Workers are real processes here, so what runs in them is top-level and comes from installed modules."""

import multiprocessing
import operator
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from fairplay_bench.errors import BenchError, MediaError, OptionError
from fairplay_bench.jobs import Reporter, SerialExecutor, executor, run_all, usable_cores, workers_of
from fairplay_bench.media.files import check_is_content


def children():
    """Live processes that are children of ours or were forked for us."""
    return multiprocessing.active_children()


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_item_comes_back_once_with_its_outcome(jobs):
    with executor(jobs) as pool:
        outcomes = dict(run_all(pool, operator.neg, range(100), jobs))
    assert outcomes == {number: -number for number in range(100)}
    assert not children()


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_items_are_no_work(jobs):
    with executor(jobs) as pool:
        assert list(run_all(pool, operator.neg, [], jobs)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_a_worker_arrives(jobs, tmp_path):
    with pytest.raises(MediaError, match="none: missing"), executor(jobs) as pool:
        list(run_all(pool, check_is_content, [tmp_path / "none"] * 50, jobs))
    assert not children()


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_workers_are_refused(jobs):
    with pytest.raises(OptionError, match=f"--jobs {jobs}: at least one worker is needed"), executor(jobs):
        raise AssertionError("not reached")


def test_one_job_runs_here_and_two_elsewhere():
    with executor(1) as pool:
        assert isinstance(pool, SerialExecutor)
        assert pool.submit(os.getpid).result() == os.getpid()
    with executor(2) as pool:
        assert pool.submit(os.getpid).result(30) != os.getpid()


def test_items_are_drawn_only_as_fast_as_they_are_worked_on():
    drawn = []

    def items():
        for number in range(1000):
            drawn.append(number)
            yield number

    with executor(1) as pool:
        outcomes = run_all(pool, operator.neg, items(), 1)
        next(outcomes)
        assert len(drawn) == 1
    drawn.clear()
    with executor(2) as pool:
        outcomes = run_all(pool, operator.neg, items(), 2)
        next(outcomes)
        assert len(drawn) <= 8


def test_a_worker_that_dies_is_named():
    with pytest.raises(BenchError, match="a worker process died, probably for lack of memory"), executor(2) as pool:
        list(run_all(pool, os._exit, [3] * 10, 2))
    assert not children()


def test_a_worker_that_dies_while_work_is_handed_out_is_named():
    def items():
        yield 3
        time.sleep(2)
        yield 3

    with pytest.raises(BenchError, match="a worker process died"), executor(2) as pool:
        list(run_all(pool, os._exit, items(), 2))


def fail_while_workers_sleep():
    with executor(2) as pool:
        pool.submit(time.sleep, 60)
        pool.submit(time.sleep, 60)
        pool.submit(os.getpid)
        time.sleep(1)
        raise ZeroDivisionError


def test_an_error_ends_workers_at_once():
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        fail_while_workers_sleep()
    assert time.monotonic() - began < 20
    assert not children()


def test_a_serial_executor_keeps_errors_and_lets_interrupts_through():
    def interrupted():
        raise KeyboardInterrupt

    assert isinstance(SerialExecutor().submit(operator.truediv, 1, 0).exception(), ZeroDivisionError)
    with pytest.raises(KeyboardInterrupt):
        SerialExecutor().submit(interrupted)


def test_workers_have_one_core_each_and_ignore_interrupts():
    with executor(2) as pool:
        assert pool.submit(os.getenv, "OMP_NUM_THREADS").result(30) == "1"
        assert pool.submit(signal.getsignal, signal.SIGINT).result(30) == signal.SIG_IGN


def test_a_silent_reporter_passes_items_on():
    assert list(Reporter().track(iter("abc"), 3, "letters")) == ["a", "b", "c"]
    assert Reporter().say("nothing") is None


def test_cores_are_those_this_process_may_use():
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


def test_as_many_workers_as_asked_for_or_as_there_are_cores():
    assert (workers_of(3), workers_of(None)) == (3, usable_cores())
    for jobs in (0, -1):
        with pytest.raises(OptionError, match=f"^--jobs {jobs}: at least one worker is needed"):
            workers_of(jobs)


ORPHANS = """
import os, sys, time
from fairplay_bench.jobs import executor
if __name__ == "__main__":
    with executor(2) as pool:
        print(*[pool.submit(os.getpid).result() for _ in range(20)], flush=True)
        pool.submit(time.sleep, 60)
        time.sleep(60)
"""


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"  # a zombie is dead


def test_workers_leave_when_the_program_is_killed(tmp_path):
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as program:
        workers = {int(pid) for pid in program.stdout.readline().split()}
        program.kill()
        program.wait(30)
        deadline = time.monotonic() + 20
        while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert workers
    assert not [pid for pid in workers if alive(pid)]


def test_an_interrupt_waits_until_work_is_handed_out(monkeypatch):
    finished = []

    def interrupted(pool, function):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        finished.append(function)

    with executor(2) as pool:
        with monkeypatch.context() as patched:
            patched.setattr(ProcessPoolExecutor, "submit", interrupted)
            with pytest.raises(KeyboardInterrupt):
                pool.submit(os.getpid)
        assert finished == [os.getpid]
        assert pool.submit(os.getpid).result(30) != os.getpid()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
