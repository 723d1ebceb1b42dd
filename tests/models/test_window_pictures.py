"""Pictures of windows: read once, a batch ahead, errors in their place."""

import threading

import pytest
import torch

from fairplay_bench.errors import OptionError
from fairplay_bench.models.window_pictures import WindowPictures, read_ahead


class Numbered:
    """A picture a second that shows its number; remembers what was asked for."""

    def __init__(self):
        self.asked = []

    def number_at(self, time_s):
        return int(time_s)

    def at(self, time_s):
        self.asked.append(int(time_s))
        return torch.full((3, 2, 4), int(time_s), dtype=torch.uint8)


def test_what_the_batch_before_showed_is_not_read_again():
    pictures = Numbered()
    shown = WindowPictures((2, 4), pictures)
    first, second = shown.of([0.2, 0.7, 1.2]), shown.of([1.7, 2.2, 2.7])
    assert (first.numbers, list(first.fresh)) == ([0, 0, 1], [0, 1])
    assert (second.numbers, list(second.fresh)) == ([1, 2, 2], [2])
    assert pictures.asked == [0, 1, 2]
    assert second.fresh[2].unique().tolist() == [2]


def test_nothing_is_read_where_nothing_is_seen_and_pictures_are_needed_elsewhere():
    pictures = Numbered()
    assert WindowPictures(None, pictures).of([0.2]) is None
    assert pictures.asked == []
    with pytest.raises(OptionError, match="looks at pictures"):
        WindowPictures((2, 4), None).of([0.2])


def test_the_next_batch_is_read_while_one_is_worked_on():
    read = [threading.Event() for _ in range(3)]

    def reading(number):
        read[number].set()
        return 10 * number, threading.current_thread() is threading.main_thread()

    worked = []
    for number, result in read_ahead(iter(range(3)), reading):
        assert read[min(number + 1, 2)].wait(timeout=30)
        worked.append((number, result))
    assert worked == [(0, (0, False)), (1, (10, False)), (2, (20, False))]


def test_no_more_than_one_batch_is_asked_for_ahead():
    asked = []

    def batches():
        for number in range(5):
            asked.append(number)
            yield number

    for number, _ in read_ahead(batches(), str):
        assert len(asked) <= number + 2


def test_what_reading_raises_comes_up_where_its_batch_is_due():
    def reading(number):
        if number == 1:
            raise OSError("broken picture")
        return number

    ahead = read_ahead(range(3), reading)
    assert next(ahead) == (0, 0)
    with pytest.raises(OSError, match="broken picture"):
        next(ahead)
