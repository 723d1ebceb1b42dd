"""``eval --task ambisonics``: what it prints and writes, and its exit statuses."""

import pytest

from fairplay_bench.results.files import read_result

from ..scoring.field_sounds import plane_wave
from ..scoring.prepared_sets import rooms, write_set
from .running import run_here

METHOD = """
import torch


class Ahead:
    def ambisonize(self, clip):
        return torch.stack([clip.omni, 0 * clip.omni, 0 * clip.omni, clip.omni])


class Both(Ahead):
    def binauralize(self, clip):
        return clip.mono.expand(2, -1)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("eval") / "mini-360"
    fields = {clip: plane_wave(turn, 0, 0.5).float().numpy() for clip, turn in (("a", 40), ("b", -100))}
    return write_set(folder, rooms("a", "b"), name="mini-360", split_set="seeded", fields=fields)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys, data):
    (tmp_path / "field_methods.py").write_text(METHOD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return lambda *arguments: run_here(capsys, "eval", "--data", data, "--jobs", 1, *arguments)


def test_a_table_and_a_result_of_its_own(run, tmp_path):
    outcome = run("--model", "field_methods:Ahead", "--task", "ambisonics")
    assert outcome.status == 0
    assert "mini-360, seeded, 1 splits, protocol v1, ambisonics" in " ".join(outcome.out.split())
    assert [line.split()[1] for line in outcome.out.splitlines() if line.startswith("│")] == [
        "field_stft",
        "field_env",
        "emd",
        "emd_raw",
    ]
    result = read_result(tmp_path / "results" / "mini-360-v1-ambisonics-field_methods-Ahead.json")
    assert (result.task, len(result.clips), result.failed) == ("ambisonics", 2, [])


def test_a_method_may_be_scored_at_both_tasks(run):
    for task, metric in (("binaural", "stft_raw"), ("ambisonics", "emd_raw")):
        outcome = run("--model", "field_methods:Both", "--task", task)
        assert (outcome.status, metric in outcome.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (("--task", "ambisonic"), 2, "unknown task 'ambisonic'. Did you mean 'ambisonics'?"),
        (
            ("--task", "binaural"),
            1,
            "field_methods:Ahead: gave a Ahead without binauralize(clip); see docs/methods.md.",
        ),
        (
            ("--task", "ambisonics", "--protocol", "xu2021"),
            2,
            "--protocol xu2021: the task ambisonics has the protocol v1",
        ),
    ],
)
def test_what_cannot_be_is_said_before_work(run, tmp_path, arguments, status, reason):
    outcome = run("--model", "field_methods:Ahead", "--split-set", "seeded", *arguments)
    assert (outcome.status, reason in outcome.error) == (status, True)
    assert not (tmp_path / "results").exists()
