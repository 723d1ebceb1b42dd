"""What long work looks like on a terminal, and in a log."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import click

from fairplay_bench.jobs import Continued, Item, Reporter

_LINE_EVERY_S = 10.0  # of progress, where the output is no terminal


class ConsoleReporter(Reporter):
    """Messages and progress on standard error: a bar on a terminal, now and then a line elsewhere."""

    def say(self, text: str) -> None:
        """Print one line."""
        click.echo(text, err=True)

    def track(self, items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
        """Pass items on, showing their number, the rate since this call and the time left."""
        show = _bar if sys.stderr.isatty() else _lines
        pace = Pace(total, items.found_done if isinstance(items, Continued) else None)
        return show(items, pace, label) if total else iter(items)


class Pace:
    """How far work is and how fast, measured on what was not found done.

    Args:
        total: how many items there will be.
        found_done: whether an item was there from before; none is by default.
    """

    def __init__(self, total: int, found_done: Callable[[Any], bool] | None = None) -> None:
        self.total, self.done = total, 0
        self._found_done = found_done or (lambda _: False)
        self._made, self._spent_s, self._last = 0, 0.0, time.monotonic()

    def count(self, item: object) -> float:
        """Count an item that has just come; gives the moment, in seconds."""
        before, self._last = self._last, time.monotonic()
        self.done += 1
        if not self._found_done(item):
            self._made += 1
            self._spent_s += self._last - before
        return self._last

    def text(self, clock: bool) -> str:
        """Items a second and the time left, as ``h:mm:ss`` or in seconds."""
        if not self._made:
            return "found done"
        rate = self._made / max(self._spent_s, 1e-9)
        left_s = round((self.total - self.done) / rate)
        return f"{rate:.1f}/s, {timedelta(seconds=left_s) if clock else f'{left_s} s'} left"


def _bar(items: Iterable[Item], pace: Pace, label: str) -> Iterator[Item]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            del task
            return Text(pace.text(clock=True) if pace.done else "")

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), Rate())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(label, total=pace.total)
        for item in items:
            pace.count(item)
            progress.advance(task)
            yield item


def _lines(items: Iterable[Item], pace: Pace, label: str) -> Iterator[Item]:
    said = time.monotonic()
    for item in items:
        now = pace.count(item)
        if pace.done == pace.total or now - said >= _LINE_EVERY_S:
            click.echo(f"{pace.done}/{pace.total} {label}, {pace.text(clock=False)}", err=True)
            said = now
        yield item
