"""Progress: numbers, rate and time left, which what was found done does not disturb."""

import pytest

from fairplay_bench.cli import console
from fairplay_bench.cli.console import ConsoleReporter, Pace
from fairplay_bench.jobs import Continued


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved."""

    class Clock:
        now_s = 100.0

        def move(self, seconds):
            self.now_s += seconds

    clock = Clock()
    monkeypatch.setattr(console.time, "monotonic", lambda: clock.now_s)
    return clock


def work(clock, lasting):
    """Items ``(number, seconds)`` that take their time to come."""
    for number, seconds in enumerate(lasting):
        clock.move(seconds)
        yield number, seconds


def lines_of(capsys, items, total):
    assert list(ConsoleReporter().track(items, total, "clips")) == list(enumerate([0.0] * 50 + [4.0] * 10))[:total]
    return capsys.readouterr().err.splitlines()


def test_a_line_now_and_then_and_one_at_the_end(clock, capsys):
    lines = [*ConsoleReporter().track(work(clock, [4.0] * 7), 7, "clips"), *capsys.readouterr().err.splitlines()][7:]
    assert lines == [
        "3/7 clips, 0.2/s, 16 s left",
        "6/7 clips, 0.2/s, 4 s left",
        "7/7 clips, 0.2/s, 0 s left",
    ]


def test_what_was_found_done_does_not_count_in_the_rate(clock, capsys):
    items = Continued(work(clock, [0.0] * 50 + [4.0] * 10), lambda item: item[0] < 50)
    lines = lines_of(capsys, items, 60)
    assert lines[0] == "53/60 clips, 0.2/s, 28 s left"
    assert lines[-1] == "60/60 clips, 0.2/s, 0 s left"


def test_nothing_but_what_was_found_done_has_no_rate(clock, capsys):
    assert lines_of(capsys, Continued(work(clock, [0.0] * 50), lambda _: True), 50) == ["50/50 clips, found done"]


def test_the_bar_of_a_terminal_shows_the_same_pace(clock, monkeypatch, capsys):
    monkeypatch.setattr(console.sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    items = Continued(work(clock, [0.0, 0.0, 5.0]), lambda item: item[0] < 2)
    assert len(list(ConsoleReporter().track(items, 3, "clips"))) == 3
    assert " 0.2/s, 0:00:00 left" in capsys.readouterr().err


def test_nothing_to_do_is_passed_on_in_silence(capsys):
    assert list(ConsoleReporter().track([], 0, "clips")) == []
    assert capsys.readouterr().err == ""


def test_work_that_is_counted_as_it_is_done_counts_from_the_start(clock, capsys):
    steps = ConsoleReporter().track(range(2), 2, "steps")
    for _ in range(2):
        clock.move(5.0)
        next(steps)
    assert capsys.readouterr().err == "2/2 steps, 0.2/s, 0 s left\n"


def test_a_pace_starts_when_it_is_made(clock):
    pace = Pace(3)
    clock.move(2.0)
    pace.count(None)
    assert (pace.text(clock=False), pace.text(clock=True)) == ("0.5/s, 4 s left", "0.5/s, 0:00:04 left")
