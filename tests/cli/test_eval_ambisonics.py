"""``eval --task ambisonics``: what it prints and writes, and its exit statuses."""

import pytest

from fairplay_bench.media.audio import read_sound
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

BAD = """

class Bad(Ahead):
    def ambisonize(self, clip):
        field = super().ambisonize(clip)
        return field / 0 if clip.clip_id == "a" else field
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


@pytest.fixture
def predict(run, tmp_path, capsys, data):
    """A function that writes the field predictions of a method and gives what was printed and the folder."""
    out = tmp_path / "fields"
    options = ("--data", data, "--split-set", "seeded", "--out", out)
    return out, lambda *arguments: run_here(capsys, "predict", *options, *arguments)


def test_predicted_fields_are_scored_as_the_method_itself(run, predict, tmp_path):
    out, call = predict
    done = call("--task", "ambisonics", "--model", "field_methods:Ahead")
    assert (done.status, sorted(path.name for path in out.glob("*.wav"))) == (0, ["a.wav", "b.wav"])
    sound = read_sound(out / "a.wav")
    assert (sound.channels, sound.rate, sound.samples.shape[0]) == (4, 48_000, 24_000)
    for name, model in (("own", "field_methods:Ahead"), ("saved", f"predictions:{out}")):
        assert run("--task", "ambisonics", "--model", model, "--out", tmp_path / f"{name}.json").status == 0
    own, saved = (read_result(tmp_path / f"{name}.json") for name in ("own", "saved"))
    assert [clip.scores for clip in saved.clips] == [clip.scores for clip in own.clips]


def test_predicted_fields_and_ears_do_not_share_a_folder(predict):
    out, call = predict
    assert call("--task", "ambisonics", "--model", "field_methods:Both").status == 0
    before = (out / "a.wav").read_bytes()
    refused = call("--task", "binaural", "--model", "field_methods:Both")
    assert (refused.status, "another run (task differs); choose another --out" in refused.error) == (1, True)
    assert (out / "a.wav").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--task", "ambisonic"), "unknown task 'ambisonic'. Did you mean 'ambisonics'?"),
        (("--task", "separation"), "--task separation: makes no sound of a clip alone; score it with eval --task"),
        (("--task", "ambisonics", "--protocol", "xu2021"), "--protocol xu2021: the task ambisonics has the protocol"),
    ],
)
def test_predictions_that_cannot_be_are_refused_before_work(predict, arguments, reason):
    out, call = predict
    refused = call("--model", "field_methods:Ahead", *arguments)
    assert (refused.status, reason in refused.error) == (2, True)
    assert not out.exists()


def test_a_bad_field_fails_its_clip_alone(predict, tmp_path):
    (tmp_path / "bad_methods.py").write_text(METHOD + BAD)
    out, call = predict
    done = call("--task", "ambisonics", "--model", "bad_methods:Bad")
    assert done.status == 1
    assert "\na: a: NaN or infinite values" in f"\n{done.err}"
    assert [path.name for path in out.glob("*.wav")] == ["b.wav"]
    assert "1 clips failed." in done.err
