"""Running the command line: in this process where only its words matter, in another where its life does."""

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
import torch

from fairplay_bench.cli import main

TIMEOUT_S = 120


@dataclass
class Outcome:
    """Exit status and what was printed."""

    status: int
    out: str
    err: str

    @property
    def error(self):
        """The one line of an expected error."""
        (line,) = self.err.splitlines()
        assert line.startswith("fairplay-bench: ")
        return line.removeprefix("fairplay-bench: ")


def run_here(capsys, *arguments):
    """Run a command in this process."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
    finally:
        torch.set_num_threads(threads)
    captured = capsys.readouterr()
    return Outcome(left.value.code, captured.out, captured.err)


def start(*arguments, **options):
    """Start a command in a process of its own, the leader of its group, as a terminal does."""
    command = [sys.executable, "-c", "from fairplay_bench.cli import main; main()", *map(str, arguments)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment}
    return subprocess.Popen(command, start_new_session=True, **(pipes | options))


def finished(process):
    """Wait for a started command."""
    out, err = process.communicate(timeout=TIMEOUT_S)
    return Outcome(process.returncode, out, err)
