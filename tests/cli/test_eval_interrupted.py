"""``eval`` killed, terminated or interrupted in the middle: nothing half written, and a second run continues."""

import os
import signal
import sys
import time

import pytest

from fairplay_bench.results.files import read_result
from fairplay_bench.scoring.run import evaluate

from ..scoring.prepared_sets import rooms, write_set
from .running import TIMEOUT_S, finished, run_here, start

CLIPS = ("a", "b", "c", "d", "e")

METHOD = """
import os
import time

import torch


class Slow:
    def binauralize(self, clip):
        if clip.clip_id != "rehearsal":
            with open("heard.txt", "a") as file:
                file.write(clip.clip_id + "\\n")
            time.sleep(float(os.environ["PAUSE_S"]))
        return torch.stack([clip.mono, 0.5 * clip.mono])
"""


ARGUMENTS = ("eval", "--model", "slow_method:Slow", "--data", "data", "--save-predictions", "saved", "--out", "r.json")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a slow method and a data set in it."""
    (tmp_path / "slow_method.py").write_text(METHOD)
    write_set(tmp_path / "data", rooms(*CLIPS))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PAUSE_S", "0")
    yield tmp_path
    sys.modules.pop("slow_method", None)


def started(folder, jobs):
    """Start the evaluation and wait for two predictions."""
    process = start(*ARGUMENTS, "--jobs", jobs, env=os.environ | {"PAUSE_S": "0.4", "OMP_NUM_THREADS": "1"})
    wait_for(lambda: (folder / "saved/b.wav").exists() or process.poll() is not None, "two predictions")
    return process


def wait_for(condition, what):
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < TIMEOUT_S, f"waited too long for {what}"
        time.sleep(0.01)


def group_is_gone(process):
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return True
    return False


def heard(folder):
    return (folder / "heard.txt").read_text().split()


def check_it_continues(capsys, folder):
    """A second run asks for what is missing alone, touches nothing else, and ends as an uninterrupted one."""
    before = {path.stem: (path.read_bytes(), path.stat().st_mtime_ns) for path in (folder / "saved").glob("*.wav")}
    assert 2 <= len(before) < len(CLIPS)
    assert not (folder / "r.json").exists()
    (folder / "heard.txt").unlink()
    outcome = run_here(capsys, *ARGUMENTS, "--jobs", 1)
    assert outcome.status == 0, outcome.err
    assert f"saved: {len(before)} predictions are there already; they are not made again." in outcome.err.splitlines()
    assert heard(folder) == [clip for clip in CLIPS if clip not in before]
    for clip, (content, written) in before.items():
        path = folder / "saved" / f"{clip}.wav"
        assert (path.read_bytes(), path.stat().st_mtime_ns) == (content, written)
    uninterrupted = evaluate("slow_method:Slow", folder / "data")
    continued = read_result(folder / "r.json")
    assert continued.model_dump(exclude={"created"}) == uninterrupted.model_dump(exclude={"created"})


def test_killed(capsys, folder):
    process = started(folder, jobs=2)
    process.kill()
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == -signal.SIGKILL
    wait_for(lambda: group_is_gone(process), "the workers to end")
    check_it_continues(capsys, folder)


@pytest.mark.parametrize("jobs", [1, 2])
def test_interrupted_by_ctrl_c(capsys, folder, jobs):
    process = started(folder, jobs)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the workers, too
    outcome = finished(process)
    assert outcome.status == 130
    assert outcome.err.splitlines()[-1] == "fairplay-bench: interrupted; run the same command again."
    assert "Traceback" not in outcome.err
    wait_for(lambda: group_is_gone(process), "the workers to end")
    check_it_continues(capsys, folder)


@pytest.mark.parametrize(("send", "jobs"), [(os.kill, 1), (os.killpg, 2)], ids=["to it alone", "to its group"])
def test_terminated(capsys, folder, jobs, send):
    process = started(folder, jobs)
    send(process.pid, signal.SIGTERM)
    outcome = finished(process)
    assert outcome.status == 143
    assert outcome.err.splitlines()[-1] == "fairplay-bench: terminated; run the same command again."
    assert "Traceback" not in outcome.err
    wait_for(lambda: group_is_gone(process), "the workers to end")
    check_it_continues(capsys, folder)
