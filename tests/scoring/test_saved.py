"""Predictions on disk are taken up again, and never taken for somebody else's."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from fairplay_bench.errors import OptionError, OutputError
from fairplay_bench.jobs import Reporter
from fairplay_bench.records import ModelCard
from fairplay_bench.scoring.checks import CHECKS
from fairplay_bench.scoring.predict import PredictionPlan, predict
from fairplay_bench.scoring.run import evaluate
from fairplay_bench.scoring.saved import SavedPredictions

from .prepared_sets import rooms, write_set

TESTS = {1: ["a", "b"], 2: ["b", "c"]}


class Counting:
    """A method that counts, and whose card says which of its kind it is."""

    def __init__(self, name="Counting", gain=0.5, stop_at=None):
        self.card, self.gain, self.stop_at, self.heard = ModelCard(name), gain, stop_at, []

    def binauralize(self, clip):
        if clip.clip_id == self.stop_at:
            raise KeyboardInterrupt
        if clip.clip_id != "rehearsal":
            self.heard.append(clip.clip_id)
        return torch.stack([clip.mono, self.gain * clip.mono])


@pytest.fixture
def data(tmp_path):
    return write_set(tmp_path / "data", rooms("a", "b", "c"), TESTS)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "saved"


def scores(result):
    return result.model_dump(exclude={"created"})


def test_a_wav_for_each_clip(data, folder):
    method = Counting()
    evaluate(method, data, save_predictions=str(folder))
    assert sorted(path.name for path in folder.iterdir()) == ["a.wav", "b.wav", "c.wav", "predictions.json"]
    assert method.heard == ["a", "b", "c"]  # b, which is in both splits, once
    samples, rate = soundfile.read(folder / "b.wav", dtype="float32")
    assert rate == 16_000
    mono = rooms("a", "b", "c")["b"].mean(axis=0)
    np.testing.assert_array_equal(samples.T, np.stack([mono, np.float32(0.5) * mono]))
    again = evaluate(f"predictions:{folder}", data)
    assert not again.failed


def test_an_interrupted_run_continues_and_gives_the_same_result(data, folder):
    whole = evaluate(Counting(), data)
    with pytest.raises(KeyboardInterrupt):
        evaluate(Counting(stop_at="c"), data, save_predictions=str(folder))
    assert sorted(path.stem for path in folder.glob("*.wav")) == ["a", "b"]
    method = Counting()
    assert scores(evaluate(method, data, save_predictions=str(folder))) == scores(whole)
    assert method.heard == ["c"]


def test_nothing_is_asked_again_once_all_is_there(data, folder):
    first = evaluate(Counting(), data, save_predictions=str(folder))
    method = Counting()
    assert scores(evaluate(method, data, save_predictions=str(folder))) == scores(first)
    assert method.heard == []


def test_what_is_taken_up_is_said(data, folder):
    class Listening(Reporter):
        said = ()

        def say(self, text):
            self.said += (text,)

    first, second = Listening(), Listening()
    evaluate(Counting(), data, save_predictions=str(folder), reporter=first)
    evaluate(Counting(), data, save_predictions=str(folder), reporter=second)
    assert first.said == ()
    assert second.said == (f"{folder}: 3 predictions are there already; they are not made again.",)


class Watching(Reporter):
    """Counts what was found done, of eval a clip and its scores."""

    def __init__(self):
        self.found = []

    def track(self, items, total, label):
        del total, label
        for item in items:
            self.found.append(items.found_done(item))
            yield item


def test_what_was_found_done_is_told_from_what_was_made(data, folder):
    with pytest.raises(KeyboardInterrupt):
        evaluate(Counting(stop_at="c"), data, splits=[2], save_predictions=str(folder))
    watching = Watching()
    evaluate(Counting(), data, splits=[2], save_predictions=str(folder), reporter=watching)
    assert watching.found == [True, False]
    plan = PredictionPlan("mono-mono", data, folder.with_name("predicted"), split=1)
    for found in ([False, False], [True, True]):
        watching = Watching()
        assert predict(plan, watching) == {}
        assert watching.found == found


def test_a_folder_for_each_split(data, tmp_path):
    evaluate(Counting(), data, save_predictions=str(tmp_path / "s{split}"))
    there = {split: sorted(path.stem for path in (tmp_path / f"s{split}").glob("*.wav")) for split in (1, 2)}
    assert there == TESTS


def test_a_method_that_differs_by_split_needs_a_folder_for_each(data, folder, tmp_path, monkeypatch):
    (tmp_path / "by_split.py").write_text("class Method:\n def __init__(self, weights, device): pass\n"
                                          " def binauralize(self, clip): return clip.mono.expand(2, -1)\n")  # fmt: skip
    for split in (1, 2):
        (tmp_path / f"w{split}").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    weights = str(tmp_path / "w{split}")
    with pytest.raises(OptionError, match=r"^--save-predictions .*: put \{split\} into it"):
        evaluate("by_split:Method", data, weights=weights, save_predictions=str(folder))
    evaluate("by_split:Method", data, weights=weights, save_predictions=str(folder), splits=[1])
    assert len(list(folder.glob("*.wav"))) == 2


@pytest.mark.parametrize(
    ("options", "method", "difference"),
    [
        ({}, Counting("Another"), "model"),
        ({"protocol": "gao2019"}, Counting(), "protocol"),
    ],
)
def test_predictions_of_another_run_are_refused(data, folder, options, method, difference):
    evaluate(Counting(), data, save_predictions=str(folder))
    before = (folder / "a.wav").read_bytes()
    message = (
        rf"saved: holds predictions of another run \({difference} differs\); choose another --save-predictions, or"
    )
    with pytest.raises(OutputError, match=message):
        evaluate(method, data, save_predictions=str(folder), **options)
    assert (folder / "a.wav").read_bytes() == before
    assert method.heard == []


def test_predictions_of_an_edited_method_are_refused(data, folder, tmp_path, monkeypatch):
    """The same name and version, other code: the old predictions are not those of the new method."""
    source = "class Method:\n    def binauralize(self, clip):\n        return {} * clip.mono.expand(2, -1)\n"
    for name, gain in (("first_edition", 1.0), ("second_edition", 0.5)):
        (tmp_path / f"{name}.py").write_text(source.format(gain))
    monkeypatch.syspath_prepend(tmp_path)
    evaluate("first_edition:Method", data, save_predictions=str(folder))
    with pytest.raises(OutputError, match=r"holds predictions of another run \(code_sha256 differs\)"):
        evaluate("second_edition:Method", data, save_predictions=str(folder))


def test_overwrite_replaces_them(data, folder):
    evaluate(Counting("Another", gain=0.9), data, save_predictions=str(folder))
    method = Counting()
    result = evaluate(method, data, save_predictions=str(folder), overwrite=True)
    assert method.heard == ["a", "b", "c"]
    assert scores(result) == scores(evaluate(Counting(), data))
    method = Counting()
    evaluate(method, data, save_predictions=str(folder), overwrite=True)
    assert method.heard == ["a", "b", "c"]  # the same method afresh, too


def test_an_interrupted_overwrite_leaves_nothing_old_under_the_new_name(data, folder):
    evaluate(Counting("Another", gain=0.9), data, save_predictions=str(folder))
    with pytest.raises(KeyboardInterrupt):
        evaluate(Counting(stop_at="b"), data, save_predictions=str(folder), overwrite=True)
    method = Counting()
    result = evaluate(method, data, save_predictions=str(folder))
    assert method.heard == ["b", "c"]
    assert scores(result) == scores(evaluate(Counting(), data))


def test_predict_tells_weights_and_code_apart_as_eval_does(data, folder, tmp_path, monkeypatch):
    """The method's card knows nothing of its weights."""
    source = (
        "class Method:\n def __init__(self, weights, device): self.gain = float(weights.read_text())\n"
        " def binauralize(self, clip): return {} * self.gain * clip.mono.expand(2, -1)\n"
    )
    for name, factor in (("this_edition", 1.0), ("that_edition", 0.5)):
        (tmp_path / f"{name}.py").write_text(source.format(factor))
    for name, gain in (("quiet", "0.5"), ("loud", "2")):
        (tmp_path / name).write_text(gain)
    monkeypatch.syspath_prepend(tmp_path)
    plan = PredictionPlan("this_edition:Method", data, folder, tmp_path / "quiet")
    assert predict(plan, Reporter()) == {}
    before = (folder / "a.wav").read_bytes()
    for change, difference in (
        ({"weights": tmp_path / "loud"}, "weights_sha256"),
        ({"method": "that_edition:Method"}, "code_sha256"),
        ({"split": 2}, "split"),
    ):
        with pytest.raises(OutputError, match=rf"holds predictions of another run \({difference} differs\)"):
            predict(replace(plan, **change), Reporter())
    assert (folder / "a.wav").read_bytes() == before
    assert predict(replace(plan, weights=tmp_path / "loud", overwrite=True), Reporter()) == {}
    assert (folder / "a.wav").read_bytes() != before


@pytest.mark.parametrize("overwrite", [False, True])
def test_wavs_of_another_origin_are_neither_used_nor_removed(data, overwrite):
    """The folder of the targets themselves, say."""
    audio = data / "audio"
    method = Counting()
    with pytest.raises(OutputError, match=r"audio: holds WAV files of another origin; choose an empty --save-pred"):
        evaluate(method, data, save_predictions=str(audio), overwrite=overwrite)
    assert sorted(path.name for path in audio.iterdir()) == ["a.wav", "b.wav", "c.wav"]
    assert method.heard == []


@pytest.mark.parametrize("note", ["{", '{"model": ', "\x00", ""])
def test_a_damaged_note(folder, note):
    folder.mkdir()
    (folder / "predictions.json").write_text(note)
    with pytest.raises(OutputError, match=r"predictions\.json: damaged; remove the folder or choose another"):
        SavedPredictions(folder, {"model": "x"}, overwrite=False)


@pytest.mark.parametrize("note", ["[]", "3", '"model"', "{}"])
def test_a_note_of_something_else(folder, note):
    folder.mkdir()
    (folder / "predictions.json").write_text(note)
    with pytest.raises(OutputError, match="holds predictions of another run"):
        SavedPredictions(folder, {"model": "x"}, overwrite=False)


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"^--save-predictions .*file/saved: .*; choose another folder\.$"):
        SavedPredictions(tmp_path / "file" / "saved", {"model": "x"}, overwrite=False)


def test_failed_predictions_are_not_saved(data, folder):
    class Bad(Counting):
        def binauralize(self, clip):
            ears = super().binauralize(clip)
            return ears * np.nan if clip.clip_id == "a" else ears

    result = evaluate(Bad(), data, save_predictions=str(folder))
    assert [clip.clip_id for clip in result.failed] == ["a"]
    assert not (folder / "a.wav").exists()


def test_a_folder_of_predictions_is_not_saved_again(data, folder):
    with pytest.raises(OptionError, match=r"^--save-predictions x: the method is a folder of predictions already"):
        evaluate(f"predictions:{data / 'audio'}", data, save_predictions="x")
    evaluate(CHECKS["target"], data, save_predictions=str(folder))
    assert not folder.exists()


def test_the_note_says_what_made_them(data, folder):
    evaluate(Counting(), data, save_predictions=str(folder), splits=[1])
    note = json.loads((folder / "predictions.json").read_text())
    assert (note["model"], note["version"], note["protocol"], note["split_set"]) == ("Counting", "1", "v1", "gao2019")
    assert len(note["index_sha256"]) == len(note["code_sha256"]) == 64
    assert note["weights_sha256"] is None


@pytest.mark.parametrize("chosen_by", ["--save-predictions", "--out"])
def test_refusals_name_what_chooses_the_folder(folder, chosen_by):
    def saved():
        return SavedPredictions(folder, {"model": "A"}, overwrite=False, chosen_by=chosen_by)

    folder.mkdir()
    soundfile.write(folder / "a.wav", np.zeros((100, 2)), 16_000)
    with pytest.raises(OutputError, match=f"holds WAV files of another origin; choose an empty {chosen_by}"):
        saved()
    (folder / "predictions.json").write_text('{"model": "B"}')
    with pytest.raises(OutputError, match=f"another run .model differs.; choose another {chosen_by}, or --overwrite"):
        saved()
    (folder / "predictions.json").write_text("{")
    with pytest.raises(OutputError, match=f"damaged; remove the folder or choose another {chosen_by}"):
        saved()
    with pytest.raises(OutputError, match=f"^{chosen_by} .*: Not a directory; choose another folder"):
        SavedPredictions(folder / "a.wav" / "b", {}, overwrite=False, chosen_by=chosen_by)
