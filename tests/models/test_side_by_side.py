"""Batches in threads of one core each, in order."""

import threading
import time

import pytest
import torch

from fairplay_bench.models.side_by_side import on_one_core, side_by_side, threads_at_once

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def threads():
    """Three threads, whatever the machine has."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_results_come_in_the_order_of_the_batches_whichever_is_ready_first():
    def work(number, _before):
        time.sleep(0.02 if number % 3 == 0 else 0)
        return 10 * number

    assert list(side_by_side(range(11), work, CPU)) == [10 * number for number in range(11)]
    assert list(side_by_side([], work, CPU)) == []


def test_batches_are_worked_on_at_once_by_one_core_each_and_the_caller_keeps_all_of_its_own():
    together = threading.Barrier(3)

    def work(_batch, _before):
        together.wait(timeout=30)
        return torch.get_num_threads(), threading.current_thread() is threading.main_thread()

    assert list(side_by_side(range(6), work, CPU)) == [(1, False)] * 6
    assert torch.get_num_threads() == 3
    with on_one_core():
        assert torch.get_num_threads() == threads_at_once(CPU) == 1
    assert torch.get_num_threads() == 3
    assert threads_at_once(torch.device("cuda")) == 1


def test_work_is_inference_and_the_caller_is_not():
    weight = torch.ones((), requires_grad=True)
    for made in side_by_side(range(3), lambda number, _before: number * weight, CPU):
        assert made.is_inference()
        assert not torch.is_inference_mode_enabled()


def test_a_batch_may_wait_for_the_one_before():
    def work(number, before):
        return number + (0 if before is None else before.result())

    assert list(side_by_side(range(20), work, CPU)) == [number * (number + 1) // 2 for number in range(20)]


def test_no_more_batches_are_asked_for_than_threads_can_take():
    asked = []

    def batches():
        for number in range(20):
            asked.append(number)
            yield number

    for number in side_by_side(batches(), lambda number, _before: number, CPU):
        assert len(asked) <= number + 4


def test_what_goes_wrong_comes_up_where_it_is_due_and_no_other_batch_is_begun():
    begun = []

    def work(number, _before):
        begun.append(number)
        if number == 2:
            raise ValueError("the third one")
        return number

    line = side_by_side(range(100), work, CPU)
    assert [next(line), next(line)] == [0, 1]
    with pytest.raises(ValueError, match="the third one"):
        next(line)
    assert len(begun) <= 6


def test_what_cannot_be_read_comes_up_too():
    def batches():
        yield 0
        raise OSError("broken picture")

    with pytest.raises(OSError, match="broken picture"):
        list(side_by_side(batches(), lambda number, _before: number, CPU))


def test_a_caller_that_stops_early_leaves_no_thread_behind():
    before = threading.active_count()
    line = side_by_side(range(100), lambda number, _before: number, CPU)
    assert next(line) == 0
    line.close()
    assert threading.active_count() == before
