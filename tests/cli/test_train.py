"""``train`` and ``predict`` as commands, and a training in two processes."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from baselines.mono2binaural import method
from baselines.mono2binaural.network import NetworkSize
from fairplay_bench.cli.predict import predict_command
from fairplay_bench.cli.train import train_command
from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.media.audio import read_sound


def call(command, *arguments):
    return CliRunner().invoke(command, list(map(str, arguments)), standalone_mode=False)


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setitem(method.SIZES, "small", NetworkSize(audio_width=4, visual_width=4, picture=(32, 64)))


@pytest.mark.parametrize("model", ["mono2binaural", "audio-only"])
def test_train_then_predict(tiny, prepared, tmp_path, model):
    run, out = tmp_path / "run", tmp_path / "predicted"
    trained = call(
        train_command, "--model", model, "--data", prepared, "--preset", "small", "--epochs", "1", "--out", run
    )
    assert trained.exception is None, trained.exception
    assert "best validation loss" in trained.stderr
    assert (run / "visual.pth").exists() == (model == "mono2binaural")
    arguments = ("--model", model, "--weights", run, "--data", prepared, "--subset", "val", "--out", out)
    assert call(predict_command, *arguments).exception is None
    (file,) = out.glob("*.wav")
    assert read_sound(file).samples.shape == (16_000, 2)
    before = file.stat().st_mtime_ns
    assert call(predict_command, *arguments).exception is None
    assert file.stat().st_mtime_ns == before
    refused = call(predict_command, *arguments, "--protocol", "gao2019").exception
    assert "protocol differs); choose another --out, or --overwrite" in str(refused)


def test_predict_counts_what_fails(prepared, tmp_path):
    for file in (prepared / "audio").iterdir():
        file.write_bytes(b"RIFF")
    outcome = call(predict_command, "--model", "mono-mono", "--data", prepared, "--out", tmp_path / "o")
    assert isinstance(outcome.exception, SystemExit)
    assert "1 clips failed" in outcome.stderr


def test_an_unknown_preset_comes_with_the_known_ones(prepared, tmp_path):
    outcome = call(
        train_command, "--model", "mono2binaural", "--data", prepared, "--preset", "tiny", "--out", tmp_path / "o"
    )
    assert isinstance(outcome.exception, UnknownNameError)
    assert "paper, small" in str(outcome.exception)


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("flipped-visual", "--model flipped-visual: takes the weights of mono2binaural; train that one: --model mono2"),
        ("mono-mono", "--model mono-mono: has no for_training"),
    ],
)
def test_what_is_not_trained_is_refused_before_anything_is_read(tmp_path, model, told):
    outcome = call(train_command, "--model", model, "--data", tmp_path / "none", "--out", tmp_path / "run")
    assert isinstance(outcome.exception, OptionError)
    assert str(outcome.exception).startswith(told)
    assert list(tmp_path.iterdir()) == []


def test_two_processes_share_the_work(prepared, tmp_path):
    """Under ddp each of the two has to have read half of the segments, and their number has to be right."""
    run = tmp_path / "run"
    arguments = ("--model", "audio-only", "--data", prepared, "--preset", "small", "--epochs", "1", "--out", run)
    program = "from fairplay_bench.cli import main; main()"
    script = tmp_path / "program.py"
    script.write_text(program)
    outcome = subprocess.run(
        [sys.executable, script, "train", *map(str, arguments), "--devices", "2", "--strategy", "ddp"],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    training = json.loads((run / "run.json").read_text())["training"]
    assert training["samples_by_process"] == [40, 40]
    assert training["steps"] == 3
