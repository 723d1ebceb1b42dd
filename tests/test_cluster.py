"""A real Dask cluster of two worker processes, one of which is killed in the middle of its work."""

import functools
import json
import os
import sys
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fairplay_bench import jobs
from fairplay_bench.cli import main
from fairplay_bench.datasets import decoding
from fairplay_bench.datasets.long_recipes import SphericalOptions, spherical_plan
from fairplay_bench.datasets.prepare import prepare
from fairplay_bench.errors import BenchError, OutputError
from fairplay_bench.jobs import Reporter, SerialExecutor, executor, run_all
from hrtf.decoder import Decoder

from .spherical_sources import RATE, noise, numbered, plane_wave, write_beside

RECORDINGS = tuple(f"rec-{number}" for number in range(6))


@pytest.fixture(scope="module", autouse=True)
def _decoders_made_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "named_decoder", functools.cache(decoding.named_decoder))
        yield


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    distributed = pytest.importorskip("distributed")
    quiet = {"silence_logs": 50, "dashboard_address": None}  # the worker that is killed would be mourned in tracebacks
    with (
        pytest.MonkeyPatch.context() as patch,
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, **quiet) as cluster,
    ):
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield cluster.scheduler_address


@pytest.fixture
def source(tmp_path):
    for seed, name in enumerate(RECORDINGS):
        write_beside(tmp_path / "in", name, plane_wave(noise(10, seed), 15 * seed), numbered(100, (64, 32)))
    return tmp_path / "in"


@pytest.fixture
def diary(tmp_path):
    """A folder in which work leaves a file a call, named after the process that did it."""
    folder = tmp_path / "diary"
    folder.mkdir()
    return folder


def others(diary):
    """Processes other than this one that did work."""
    return {int(path.name.split("-")[0]) for path in diary.iterdir()} - {os.getpid()}


def plan_of(source):
    responses = np.zeros((2, 4, 64))
    responses[:, 0, 3], responses[0, 1, 3], responses[1, 1, 3] = 0.5, 0.5, -0.5
    decoder = Decoder("two cardioids", RATE, responses, 3.0)
    return spherical_plan(SphericalOptions("yt-clean", source, decoder, {"name": "none"}))


def recorded(plan, diary, deadly=None):
    """The plan, with work that keeps a diary and once, halfway through one recording, kills its process."""
    worker, ours = plan.worker, os.getpid()

    def work(unit, out, scratch):
        import os
        import signal
        import time

        (diary / f"{os.getpid()}-{unit.name}").touch()
        time.sleep(0.3)  # long enough for both workers to get some
        if unit.name == deadly and os.getpid() != ours and not (diary.parent / "killed").exists():
            (diary.parent / "killed").touch()
            (out / "audio").mkdir(exist_ok=True)
            (scratch / f".{unit.name}_00000.wav.{os.getpid()}.tmp").write_bytes(b"half a file")
            (out / "audio" / f"{unit.name}_00000.wav").write_bytes(b"RIFF of an earlier try")
            os.kill(os.getpid(), signal.SIGKILL)
        return worker(unit, out, scratch)

    return replace(plan, worker=work)


def content(folder, hashes):
    return {name: value for name, value in hashes(folder).items() if not name.startswith(".prepare/lock")}


def test_prepare_survives_the_death_of_a_worker_with_the_same_bytes(address, source, diary, tmp_path, hashes):
    assert prepare(plan_of(source), tmp_path / "serial", SerialExecutor(), Reporter()).complete
    plan = recorded(plan_of(source), diary, deadly=RECORDINGS[3])
    with executor(scheduler=address) as pool:
        outcome = prepare(plan, tmp_path / "cluster", pool, Reporter())
    assert outcome.complete, outcome.failures
    assert (diary.parent / "killed").exists()
    assert len(others(diary)) >= 3, "two workers, and the one that took the place of the dead"
    assert len([path for path in diary.iterdir() if path.name.endswith(RECORDINGS[3])]) == 2
    assert not list((tmp_path / "cluster").rglob("*.tmp"))
    assert content(tmp_path / "cluster", hashes) == content(tmp_path / "serial", hashes)


def run(*arguments):
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return left.value.code


@pytest.fixture
def watched(address, tmp_path):
    """A folder in which the cluster's workers leave their process id for every task they run."""
    from distributed import Client
    from distributed.diagnostics.plugin import WorkerPlugin

    folder = tmp_path / "watched"
    folder.mkdir()

    class Diary(WorkerPlugin):
        name = "diary"

        def __init__(self, folder):
            self.folder = folder

        def transition(self, key, _start, finish, **_more):
            import os

            if finish == "memory":
                (self.folder / f"{os.getpid()}-{abs(hash(key))}").touch()

    with Client(address, set_as_default=False) as client:
        client.register_plugin(Diary(folder))
        yield folder
        client.unregister_worker_plugin("diary")


def test_the_command_prepares_on_the_cluster(address, source, watched, tmp_path, hashes):
    arguments = ("prepare", "yt-clean", "--source", source, "--hrtf", "spherical-head")
    assert run(*arguments, "--out", tmp_path / "here", "--jobs", 1, "--limit", 3) == 0
    assert not others(watched)
    assert run(*arguments, "--out", tmp_path / "there", "--scheduler", address, "--limit", 3) == 0
    assert len(others(watched)) >= 2
    assert content(tmp_path / "there", hashes) == content(tmp_path / "here", hashes)


def test_the_command_decodes_many_files_on_the_cluster(address, watched, tmp_path, capsys):
    files = []
    for seed in range(12):
        files.append(tmp_path / f"scene-{seed:02d}.wav")
        soundfile.write(files[-1], plane_wave(noise(2, seed), 30 * seed).T, RATE, subtype="FLOAT")
    files.insert(5, tmp_path / "gone.wav")
    arguments = ("decode", *files, "--hrtf", "spherical-head", "--json")
    assert run(*arguments, "--out", tmp_path / "here", "--jobs", 1) == 1
    capsys.readouterr()
    assert not others(watched)
    assert run(*arguments, "--out", tmp_path / "there", "--scheduler", address) == 1
    assert len(others(watched)) >= 2
    captured = capsys.readouterr()
    assert "gone.wav: missing" in captured.err
    told = json.loads(captured.out)
    assert [Path(one["source"]).name for one in told["decoded"]] == [f"scene-{seed:02d}.wav" for seed in range(12)]
    assert [Path(one).name for one in told["failed"]] == ["gone.wav"]
    for seed in range(12):
        name = f"scene-{seed:02d}.wav"
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    assert not (tmp_path / "there" / "gone.wav").exists()


def test_the_command_scores_on_the_cluster(address, watched, prepared, tmp_path):
    arguments = ("eval", "--model", "mono-mono", "--data", prepared)
    assert run(*arguments, "--out", tmp_path / "here.json", "--jobs", 1) == 0
    assert not others(watched)
    assert run(*arguments, "--out", tmp_path / "there.json", "--scheduler", address) == 0
    assert others(watched)
    here, there = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("here", "there"))
    assert there["clips"] == here["clips"]
    assert there["metrics"] == here["metrics"]


def test_an_error_of_the_work_ends_the_run_with_its_own_words(address):
    def fail(number):
        from fairplay_bench.errors import OutputError

        raise OutputError(f"cannot write {number}: the disk is full")

    with pytest.raises(OutputError, match="the disk is full"), executor(scheduler=address) as pool:
        list(run_all(pool, fail, range(5)))


def test_work_that_kills_every_worker_is_one_line(address):
    ours = os.getpid()

    def die(number):
        import os
        import signal

        assert os.getpid() != ours, "this is no cluster"
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(BenchError, match="died again and again") as died, executor(scheduler=address) as pool:
        list(run_all(pool, die, [1]))
    assert "\n" not in str(died.value)


class Counting(Executor):
    """Counts how much work is handed out at once, as a cluster of many cores would see it."""

    def __init__(self, cores):
        self._client = self
        self.cores, self.handed_out, self.most = cores, 0, 0

    def ncores(self):
        return {"one": self.cores // 2, "two": self.cores - self.cores // 2}

    def submit(self, fn, /, *args, **kwargs):
        future = SerialExecutor().submit(fn, *args, **kwargs)
        take = future.result

        def result(timeout=None):
            self.handed_out -= 1
            return take(timeout)

        future.result = result
        self.handed_out += 1
        self.most = max(self.most, self.handed_out)
        return future


def test_a_large_cluster_is_kept_busy():
    pool = Counting(100)
    outcomes = dict(run_all(pool, abs, range(-300, 0), workers=2))
    assert outcomes == {number: -number for number in range(-300, 0)}
    assert pool.most >= 100


def test_without_dask_the_option_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(jobs.OptionError, match=r"needs Dask: pip install 'fairplay-bench\[cluster\]'"),
        executor(scheduler="tcp://127.0.0.1:1"),
    ):
        raise AssertionError("no executor is given")


@contextmanager
def _serial(*arguments, **options):
    yield SerialExecutor()


def test_the_serial_version_would_be_found_out(source, diary, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "executor", _serial)
    with jobs.executor(scheduler="anywhere") as pool:
        assert prepare(recorded(plan_of(source), diary), tmp_path / "out", pool, Reporter()).complete
    assert not others(diary), "what the tests above count is not done by this process"
