"""Shares of a batch in threads of one core each."""

import pytest
import torch

from baselines.mono2binaural.side_by_side import SideBySide, on_one_core


@pytest.fixture(autouse=True)
def threads():
    """Three threads, whatever the machine has."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("length", "shares"), [(1, [1]), (2, [1, 1]), (7, [3, 2, 2])])
def test_every_share_is_worked_on_and_comes_back_in_its_place(length, shares):
    batch, other, seen = torch.rand(length, 2), torch.rand(length, 3, 2), []

    def work(one, two, nothing):
        assert nothing is None
        seen.append(len(one))
        return one[:, None] * two

    assert torch.equal(SideBySide()(work, batch, other, None), batch[:, None] * other)
    assert sorted(seen, reverse=True) == shares


def test_each_share_has_one_core_and_the_caller_all_of_its_own():
    side_by_side, cores = SideBySide(), []

    def work(one):
        cores.append(torch.get_num_threads())
        return one

    for _ in range(2):
        side_by_side(work, torch.zeros(3))
    assert cores == [1] * 6
    assert torch.get_num_threads() == 3
    with on_one_core():
        side_by_side(work, torch.zeros(5))
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 3


def test_shares_are_worked_on_in_the_mode_of_the_caller():
    weight = torch.ones((), requires_grad=True)
    made = SideBySide()(lambda one: one * weight, torch.ones(4))
    made.sum().backward()
    assert weight.grad == 4
    with torch.inference_mode():
        assert SideBySide()(lambda one: one * weight, torch.ones(4)).is_inference()


def test_what_goes_wrong_in_a_share_comes_up():
    def work(one):
        raise ValueError(f"{len(one)} of them")

    with pytest.raises(ValueError, match="2 of them"):
        SideBySide()(work, torch.zeros(6))
