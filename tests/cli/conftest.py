"""Running commands: in this process, and as the user does."""

import subprocess
import sys
from pathlib import Path

import pytest

from fairplay_bench.cli import main

SCRIPT = Path(sys.executable).with_name("fairplay-bench")


class Finished:
    """What a command left behind: its exit status and what it printed."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def message(self):
        """The only line of an error."""
        assert self.out == ""
        assert self.err.startswith("fairplay-bench: ")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("fairplay-bench: ").rstrip("\n")


@pytest.fixture
def call(capsys):
    """A function that runs a command in this process."""

    def run(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        return Finished(left.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def start():
    """A function that starts a command as a program in a process group of its own; killed at the end of the test."""
    started = []

    def popen(*arguments, **options):
        command = [SCRIPT, *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        program = subprocess.Popen(command, start_new_session=True, **pipes, **options)
        started.append(program)
        return program

    yield popen
    for program in started:
        program.kill()
        program.communicate(timeout=30)
