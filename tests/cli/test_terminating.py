"""SIGTERM: the command unwinds, leaves nothing half written, and says so by its status."""

import os
import signal
import subprocess
import sys
from functools import partial

import click
import pytest

from fairplay_bench import cli
from fairplay_bench.cli.terminating import Terminated, ended_in_order
from fairplay_bench.jobs import interrupts_held
from fairplay_bench.media.files import written_whole

FORKED = """
import os, signal, time
from fairplay_bench.cli.terminating import ended_in_order

with ended_in_order():
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, b"ready")
        time.sleep(20)
        os._exit(0)
    os.read(reading, 5)
    os.kill(child, signal.SIGTERM)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
terminate = partial(os.kill, os.getpid(), signal.SIGTERM)


@pytest.fixture
def command(monkeypatch):
    """A function that puts another command in the place of one."""

    def put(name, run):
        monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: click.Command(name, callback=run))

    return put


def test_a_terminated_command_leaves_nothing_half_written(call, command, tmp_path):
    def run():
        with written_whole(tmp_path / "a.wav") as temporary:
            temporary.write_text("half")
            terminate()

    command("binauralize", run)
    ran = call("binauralize")
    assert (ran.status, ran.message) == (143, "terminated; run the same command again.")
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_second_signal_does_not_disturb_the_tidying_up(call, command, tmp_path):
    def run():
        try:
            terminate()
        finally:
            terminate()
            (tmp_path / "tidy").touch()

    command("binauralize", run)
    assert call("binauralize").status == 143
    assert (tmp_path / "tidy").exists()


def test_training_keeps_the_handling_of_its_own(call, command):
    found = []
    command("train", lambda: found.append(signal.getsignal(signal.SIGTERM)))
    assert call("train").status == 0
    command("eval", lambda: found.append(signal.getsignal(signal.SIGTERM)))
    assert call("eval").status == 0
    assert found[0] is signal.SIG_DFL
    assert callable(found[1])


def test_what_somebody_else_chose_stays():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with ended_in_order():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_it_waits_where_interrupts_are_held():
    done = []
    with pytest.raises(Terminated), ended_in_order(), interrupts_held():
        done.append(terminate())
    assert done == [None]


def test_it_is_not_lost_where_what_is_held_fails_for_the_same_reason():
    def failing():
        with interrupts_held():
            terminate()
            raise EOFError  # of a process that was terminated, too

    with pytest.raises(Terminated), ended_in_order():
        failing()


def test_a_forked_process_ends_as_always():
    ran = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == f"{-signal.SIGTERM}\n"
