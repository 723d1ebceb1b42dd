"""SIGTERM ends a command as Ctrl-C does: what is half written goes, and worker processes end."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from fairplay_bench.errors import TERMINATED


class Terminated(SystemExit):
    """The system, or somebody, wants the program to end."""

    def __init__(self) -> None:
        super().__init__(TERMINATED)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Raise :class:`Terminated` where the program stands when SIGTERM comes, once; later ones change nothing.

    Whoever started the program may have chosen otherwise, and processes forked in the block end as they always do.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    ours = os.getpid()

    def end(number: int, _: FrameType | None) -> None:
        if os.getpid() != ours:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        signal.signal(number, signal.SIG_IGN)  # `timeout` sends it twice, to the program and to its group
        raise Terminated

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
