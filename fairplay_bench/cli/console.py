"""What long work looks like on a terminal, and in a log."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

import click

from fairplay_bench.jobs import Item, Reporter

_LINE_EVERY_S = 10.0  # of progress, where the output is no terminal


class ConsoleReporter(Reporter):
    """Messages and progress on standard error: a bar on a terminal, now and then a line elsewhere."""

    def say(self, text: str) -> None:
        """Print one line."""
        click.echo(text, err=True)

    def track(self, items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
        """Pass items on, showing their number, the rate and the time left."""
        if not total:
            yield from items
        elif sys.stderr.isatty():
            yield from _bar(items, total, label)
        else:
            yield from _lines(items, total, label)


def _bar(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.finished_speed or task.speed or 0:.1f}/s")

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), Rate(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(label, total=total)
        for item in items:
            progress.advance(task)
            yield item


def _lines(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    began = said = time.monotonic()
    for done, item in enumerate(items, start=1):
        now = time.monotonic()
        if done == total or now - said >= _LINE_EVERY_S:
            rate = done / max(now - began, 1e-9)
            click.echo(f"{done}/{total} {label}, {rate:.1f}/s, {(total - done) / rate:.0f} s left", err=True)
            said = now
        yield item
