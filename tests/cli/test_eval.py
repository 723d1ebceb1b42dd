"""``eval``: what it prints and writes, and its exit statuses."""

import json

import numpy as np
import pytest
import soundfile

from fairplay_bench.results.files import read_result
from fairplay_bench.scoring.run import evaluate

from ..scoring.prepared_sets import rooms, write_set
from .running import finished, run_here, start

CLIPS = ("a", "b", "c", "d")
TESTS = {1: ["a", "b", "c"], 2: ["b", "c", "d"]}
V1 = ["stft", "env", "phase", "snr", "wav", "ild", "itd", "stft_raw", "env_raw"]

METHODS = """
import torch


class Plain:
    def binauralize(self, clip):
        return clip.mono.expand(2, -1)


class Fails(Plain):
    def binauralize(self, clip):
        if clip.clip_id == "b":
            raise RuntimeError("cannot\\nhear")
        return super().binauralize(clip)


class Named(Plain):
    def __init__(self, weights, device):
        from fairplay_bench.records import ModelCard

        self.card = ModelCard("[/red] a very [bold]long|odd name")


class Short(Plain):
    def binauralize(self, clip):
        return super().binauralize(clip)[:, 1:]
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_set(tmp_path_factory.mktemp("eval") / "fair-play", rooms(*CLIPS), TESTS)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, with a module of methods in it."""
    (tmp_path / "cli_methods.py").write_text(METHODS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def run(capsys, *arguments, model="mono-mono", jobs=1):
    return run_here(capsys, "eval", "--model", model, "--jobs", jobs, *arguments)


def test_a_result_and_a_table(capsys, data, here):
    outcome = run(capsys, "--data", data, "--out", "r.json")
    assert outcome.status == 0
    result = read_result(here / "r.json")
    assert (result.card.name, result.protocol, result.split_set, result.splits) == (
        "Mono-Mono",
        "v1",
        "gao2019",
        [1, 2],
    )
    assert list(result.metrics) == V1
    assert len(result.clips) == 6
    assert "fair-play, gao2019, 2 splits, protocol v1" in outcome.out
    for key, metric in result.metrics.items():
        assert any(line.split()[1:2] == [key] and f"{metric.mean:.4g}" in line for line in outcome.out.splitlines())
    assert "written to r.json" in outcome.err.splitlines()
    assert "6/6 clips" in outcome.err  # a line of progress, since this is no terminal


def test_the_result_is_that_of_the_python_api(capsys, data, here):
    run(capsys, "--data", data, "--out", "r.json")
    written = read_result(here / "r.json")
    again = evaluate("mono-mono", data)
    assert written.model_dump(exclude={"created"}) == again.model_dump(exclude={"created"})


def test_fields_of_the_file(capsys, data, here):
    run(capsys, "--data", data, "--out", "r.json", "--splits", "1")
    content = json.loads((here / "r.json").read_text())
    assert content["schema"] == 1
    assert content["task"] == "binaural"
    assert set(content["metrics"]["stft"]["splits"]) == {"1"}
    assert {"mean", "se", "n", "failed"} <= set(content["metrics"]["stft"]["splits"]["1"])
    assert content["clips"][0].keys() == {"split", "clip_id", "video_id", "scores", "failed"}
    assert list(content["clips"][0]["scores"]) == V1
    assert str(here) not in (here / "r.json").read_text()


def test_json_on_standard_output(capsys, data, here):
    outcome = run(capsys, "--data", data, "--out", "r.json", "--json")
    assert json.loads(outcome.out) == json.loads((here / "r.json").read_text())
    assert "clips" in outcome.err


def test_the_place_of_the_result_by_default(capsys, data, here, monkeypatch):
    run(capsys, "--data", data, "--limit", 1)
    assert (here / "results/fair-play-v1-mono-mono.json").is_file()
    run(capsys, "--data", data, "--limit", 1, "--protocol", "gao2019", model="cli_methods:Plain")
    assert (here / "results/fair-play-gao2019-cli_methods-Plain.json").is_file()
    monkeypatch.chdir(data)
    run(capsys, "--data", ".", "--limit", 1)
    file = data / "results/fair-play-v1-mono-mono.json"
    assert file.is_file()
    file.unlink()


@pytest.mark.parametrize(("text", "splits"), [("1", [1]), ("2", [2]), ("1-2", [1, 2]), ("2,1", [1, 2]), (None, [1, 2])])
def test_splits(capsys, data, here, text, splits):
    outcome = run(capsys, "--data", data, "--out", "r.json", *(("--splits", text) if text else ()))
    assert outcome.status == 0
    assert read_result(here / "r.json").splits == splits


def test_limit_counts_as_neither_missing_nor_failed(capsys, here):
    data = write_set(here / "data", rooms("a"), {1: ["a", "b gone", "c gone"]})
    outcome = run(capsys, "--data", data, "--out", "r.json", "--limit", 1)
    assert outcome.status == 0
    result = read_result(here / "r.json")
    assert (len(result.clips), result.limit, result.failed) == (1, 1, [])


def test_clips_that_are_missing(capsys, here):
    data = write_set(here / "data", rooms("a"), {1: ["a", "b gone"]})
    outcome = run(capsys, "--data", data, "--out", "r.json")
    assert outcome.status == 1
    assert "1 of 2 clips failed:" in outcome.err.splitlines()
    assert "  split 1, b gone: not in the prepared data set" in outcome.err.splitlines()
    assert [clip.clip_id for clip in read_result(here / "r.json").failed] == ["b gone"]


def test_a_clip_that_fails_is_named_and_the_others_are_scored(capsys, data, here):
    outcome = run(capsys, "--data", data, "--out", "r.json", model="cli_methods:Fails")
    assert outcome.status == 1
    result = read_result(here / "r.json")
    assert [(clip.split, clip.clip_id) for clip in result.failed] == [(1, "b"), (2, "b")]
    assert "  split 1, b: the method raised RuntimeError: cannot hear" in outcome.err.splitlines()
    assert [part.n for part in result.metrics["stft"].splits.values()] == [2, 2]
    assert "Traceback" not in outcome.err


def test_many_failures_are_not_all_printed(capsys, here):
    names = [f"{number:02d}" for number in range(13)]
    data = write_set(here / "data", rooms("a"), {1: ["a", *names]})
    outcome = run(capsys, "--data", data, "--out", "r.json")
    assert "13 of 14 clips failed:" in outcome.err
    assert outcome.err.count("not in the prepared data set") == 10
    assert "  … all of them in the result file" in outcome.err.splitlines()


def predicted(folder, clip, samples=8000, rate=16_000, channels=2, value=0.1):
    sound = value * np.random.default_rng(0).normal(size=(samples, channels))
    soundfile.write(folder / f"{clip}.wav", sound, rate, subtype="FLOAT")


def test_a_folder_of_predictions(capsys, data, here):
    folder = here / "my predictions"
    folder.mkdir()
    predicted(folder, "a", samples=8160)
    predicted(folder, "b", samples=8161)
    predicted(folder, "c", samples=7840)
    outcome = run(capsys, "--data", data, "--splits", "1", "--out", "r.json", model=f"predictions:{folder}")
    assert outcome.status == 1
    (failed,) = read_result(here / "r.json").failed
    assert failed.clip_id == "b"
    assert failed.failed.startswith("the prediction has 8161 samples, its target 8000;")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({}, "b.wav: at 48000 Hz, expected 16000 Hz."),
        ({"rate": 16_000, "channels": 1}, "b.wav: 1 channel(s), expected two ears."),
        ({"rate": 16_000, "samples": 7839}, "the prediction has 7839 samples, its target 8000;"),
        ({"rate": 16_000, "value": np.nan}, "NaN or infinite from sample 0"),
        (None, "b.wav: no such prediction."),
    ],
)
def test_bad_predictions_are_named(capsys, data, here, fault, reason):
    folder = here / "p"
    folder.mkdir()
    for clip in ("a", "c"):
        predicted(folder, clip)
    if fault is not None:
        predicted(folder, "b", **({"rate": 48_000} | fault))
    arguments = ("--data", data, "--splits", "1", "--protocol", "gao2019", "--out", "r.json")
    outcome = run(capsys, *arguments, model=f"predictions:{folder}")
    assert outcome.status == 1
    result = read_result(here / "r.json")
    (failed,) = result.failed
    assert failed.clip_id == "b"
    assert reason in failed.failed
    assert any(line.startswith("  split 1, b: ") and reason in line for line in outcome.err.splitlines())
    assert result.metrics["stft"].splits["1"].n == 2


def test_predictions_by_split(capsys, data, here):
    for split, clips in TESTS.items():
        (here / f"p{split}").mkdir()
        for clip in clips:
            predicted(here / f"p{split}", clip)
    assert run(capsys, "--data", data, "--out", "r.json", model="predictions:p{split}").status == 0
    outcome = run(capsys, "--data", data, "--out", "s.json", model="predictions:p1")
    assert [clip.clip_id for clip in read_result(here / "s.json").failed] == ["d"]
    assert outcome.status == 1


def test_a_result_that_exists_stays(capsys, data, here):
    (here / "r.json").write_text("mine")
    outcome = run(capsys, "--data", data, "--out", "r.json", "--limit", 1)
    assert outcome.status == 1
    assert outcome.error == "r.json: exists; choose another --out, or --overwrite to replace it."
    assert (here / "r.json").read_text() == "mine"
    assert run(capsys, "--data", data, "--out", "r.json", "--limit", 1, "--overwrite").status == 0
    assert read_result(here / "r.json").limit == 1
    assert run(capsys, "--data", data, "--out", "r.json", "--limit", 1, "--no-overwrite").status == 1


def test_a_place_that_cannot_be_written_is_told_before_work(capsys, data, here):
    (here / "file").write_text("")
    outcome = run(capsys, "--data", data, "--out", "file/r.json", model="cli_methods:Fails")
    assert outcome.status == 1
    assert outcome.error.startswith("cannot write file/r.json: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--protocol", "v9"), "unknown protocol 'v9'. Known: gao2019, v1, xu2021."),
        (("--split-set", "gao2018"), "'gao2018'. Did you mean 'gao2019'? Known: gao2019."),
        (("--splits", "3"), "split 3 of gao2019 is not on disk; usable: 1, 2."),
        (("--splits", "1-x"), "--splits 1-x: give numbers such as 1-10 or 1,3."),
        (("--limit", "0"), "--limit 0: at least one clip is needed."),
        (("--jobs", "0"), "--jobs 0: at least one worker is needed."),
        (("--model", "mono-momo"), "unknown model 'mono-momo'. Did you mean 'mono-mono'?"),
        (("--model", "cli_methods:Plian"), "unknown attribute of cli_methods 'Plian'. Did you mean 'Plain'?"),
        (("--model", "nowhere:Method"), "--model nowhere:Method: no module 'nowhere';"),
        (("--model", "predictions:nowhere"), "predictions:nowhere: no such folder;"),
        (("--weights", "nowhere.pth"), "--weights nowhere.pth: no such file or folder."),
        (("--data", "nowhere"), "nowhere: no prepared data set there;"),
    ],
)
def test_wrong_names_are_said_before_work(capsys, data, here, arguments, message):
    outcome = run_here(
        capsys, "eval", "--model", "mono-mono", "--data", data, "--out", "r.json", "--jobs", 1, *arguments
    )
    assert outcome.status == 2
    assert message in outcome.error
    assert outcome.out == ""
    assert not (here / "r.json").exists()


def test_a_method_that_fails_its_rehearsal(capsys, data, here):
    outcome = run(capsys, "--data", data, "--out", "r.json", model="cli_methods:Short")
    assert outcome.status == 1
    assert outcome.error == "Short: expected 8000 samples like the mono, got 7999."
    assert not (here / "r.json").exists()


@pytest.mark.parametrize("arguments", [(), ("--model", "mono-mono"), ("--data", "x"), ("--limit", "few")])
def test_wrong_usage(capsys, arguments):
    outcome = run_here(capsys, "eval", *arguments)
    assert outcome.status == 2
    assert outcome.error.endswith(" See 'fairplay-bench eval --help'.")


def test_odd_names_do_not_break_the_table(capsys, data, here):
    outcome = run(capsys, "--data", data, "--out", "r.json", "--limit", 1, model="cli_methods:Named")
    assert outcome.status == 0
    shown = " ".join(outcome.out.replace("┃", " ").split())
    assert "[/red]" in shown
    assert "[bold]long|odd" in shown


def test_an_oracle_level_is_marked(capsys, data, here):
    assert "(oracle level)" in run(capsys, "--data", data, "--out", "g.json", "--protocol", "gao2019").out
    assert "oracle" not in run(capsys, "--data", data, "--out", "v.json").out


def test_a_path_with_spaces_and_letters(capsys, here):
    data = write_set(here / "dätä  für mich", rooms("a"), {1: ["a"]}, name="mini", split_set="seeded")
    outcome = run(capsys, "--data", data, "--save-predictions", "gesp eichert/{split}", "--out", "ergebnis ü.json")
    assert outcome.status == 0
    assert (here / "gesp eichert/1/a.wav").is_file()
    assert read_result(here / "ergebnis ü.json").split_set == "seeded"


def test_the_program_itself(data, here):
    """Exit statuses as a shell sees them, with worker processes."""
    common = ("eval", "--data", data, "--jobs", 2)
    failed = finished(start(*common, "--model", "cli_methods:Fails", "--out", "failed.json"))
    wrong = finished(start(*common, "--model", "mono-nomo", "--out", "wrong.json"))
    assert (failed.status, wrong.status) == (1, 2), (failed.err, wrong.err)
    assert "Traceback" not in failed.err + wrong.err
    again = evaluate("cli_methods:Fails", data)
    assert read_result(here / "failed.json").model_dump(exclude={"created"}) == again.model_dump(exclude={"created"})
    assert not (here / "wrong.json").exists()
