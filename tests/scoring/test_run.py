"""A run over the clips of several splits: who is asked what, what fails, and what the result says."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from fairplay_bench.errors import MethodError, OptionError, UnknownNameError
from fairplay_bench.jobs import Reporter
from fairplay_bench.records import ModelCard, TrainedOn
from fairplay_bench.scoring.checks import CHECKS
from fairplay_bench.scoring.pair import score
from fairplay_bench.scoring.run import EvaluationPlan, evaluate, run_plan

from .prepared_sets import rooms, write_set
from .sounds import RATE, noise

CLIPS = ("a", "b", "c", "d")
TESTS = {1: ["a", "b", "c"], 2: ["b", "c", "d"]}


class Panner:
    """Gives the mono to both ears, the right one fainter; remembers which clips it heard."""

    def __init__(self):
        self.heard = []

    def binauralize(self, clip):
        self.heard.append(clip.clip_id)
        return torch.stack([clip.mono, 0.5 * clip.mono])


class Failing(Panner):
    """Fails on some clips, as ``faults`` says."""

    def __init__(self, faults):
        super().__init__()
        self.faults = faults

    def binauralize(self, clip):
        ears = super().binauralize(clip)
        return self.faults[clip.clip_id](ears) if clip.clip_id in self.faults else ears


def raising(ears):
    raise RuntimeError("shapes do not match:\n  got 3")


@pytest.fixture(scope="module")
def targets():
    return rooms(*CLIPS)


@pytest.fixture(scope="module")
def data(tmp_path_factory, targets):
    return write_set(tmp_path_factory.mktemp("run") / "fair-play", targets, TESTS)


def answered(targets, clip):
    mono = targets[clip].mean(axis=0)
    return np.stack([mono, 0.5 * mono])


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_clip_of_every_split_is_scored(data, targets, jobs):
    method = Panner()
    result = evaluate(method, data, jobs=jobs)
    assert [(clip.split, clip.clip_id) for clip in result.clips] == [(s, c) for s in (1, 2) for c in TESTS[s]]
    assert method.heard == ["rehearsal", "rehearsal", *TESTS[1], *TESTS[2]]
    for clip in result.clips:
        assert clip.scores == pytest.approx(score(answered(targets, clip.clip_id), targets[clip.clip_id]), rel=1e-5)
    assert not result.failed


def test_means_are_those_of_the_clips(data):
    result = evaluate(Panner(), data)
    for key, metric in result.metrics.items():
        by_split = [np.mean([c.scores[key] for c in result.clips if c.split == split]) for split in TESTS]
        assert metric.mean == pytest.approx(np.mean(by_split))
        assert [metric.splits[str(s)].mean for s in TESTS] == pytest.approx(by_split)
        assert [metric.splits[str(s)].n for s in TESTS] == [3, 3]
        assert metric.se > 0


def test_what_the_result_says_of_itself(data):
    result = evaluate(Panner(), data)
    assert (result.dataset.name, result.split_set, result.splits) == ("fair-play", "gao2019", [1, 2])
    assert (result.protocol, result.task, result.limit) == ("v1", "binaural", None)
    assert result.card == ModelCard(name="Panner")
    assert result.dataset.index_sha256 == json.loads((data / "dataset.json").read_text())["index_sha256"]
    assert {"python", "platform", "device", "torch", "numpy", "scipy"} <= result.environment.keys()
    assert str(data) not in result.model_dump_json()


@pytest.mark.parametrize("protocol", ["v1", "gao2019", "xu2021"])
def test_each_protocol_has_its_metrics(data, protocol):
    result = evaluate(Panner(), data, protocol=protocol, split_set="gao2019", splits=[1], limit=1)
    assert result.protocol == protocol
    wanted = {
        "gao2019": ["stft", "env"],
        "xu2021": ["stft", "env", "mag", "phase", "snr"],
        "v1": ["stft", "env", "phase", "snr", "wav", "ild", "itd", "stft_raw", "env_raw"],
    }
    assert list(result.metrics) == wanted[protocol]


@pytest.mark.parametrize(("splits", "wanted"), [([2], [2]), ([2, 1], [1, 2]), ([1, 1], [1]), (None, [1, 2])])
def test_splits(data, splits, wanted):
    result = evaluate(Panner(), data, splits=splits)
    assert result.splits == wanted
    assert len(result.clips) == 3 * len(wanted)


def test_limit_leaves_clips_out_without_calling_them_failed(data):
    result = evaluate(Panner(), data, limit=2)
    assert [(clip.split, clip.clip_id) for clip in result.clips] == [(1, "a"), (1, "b"), (2, "b"), (2, "c")]
    assert result.limit == 2
    assert not result.failed
    assert [part.failed for part in result.metrics["stft"].splits.values()] == [0, 0]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (raising, "the method raised RuntimeError: shapes do not match: got 3"),
        (lambda ears: ears[:1], "a: expected shape (2, samples), got (1, 8000)."),
        (lambda ears: ears.int(), "a: expected a floating-point tensor, got torch.int32."),
        (lambda ears: ears.numpy(), "a: expected a floating-point tensor, got ndarray."),
        (lambda ears: ears / 0, "a: NaN or infinite values."),
        (lambda ears: ears[:, 161:], "the prediction has 7839 samples, its target 8000; make it as long, 160 more or"),
        (lambda ears: torch.nn.functional.pad(ears, (0, 161)), "the prediction has 8161 samples, its target 8000;"),
        (lambda ears: 1e30 * ears, "stft_raw is not finite;"),
    ],
)
def test_a_clip_that_fails_is_named_and_the_others_are_scored(data, fault, reason):
    result = evaluate(Failing({"a": fault}), data)
    (failed,) = result.failed
    assert (failed.split, failed.clip_id, failed.scores) == (1, "a", {})
    assert failed.failed.startswith(reason)
    assert "\n" not in failed.failed
    assert len([clip for clip in result.clips if clip.scores]) == 5
    for metric in result.metrics.values():
        assert (metric.splits["1"].n, metric.splits["1"].failed) == (2, 1)
        assert (metric.splits["2"].n, metric.splits["2"].failed) == (3, 0)


@pytest.mark.parametrize("fault", [lambda ears: ears[:, 160:], lambda ears: torch.nn.functional.pad(ears, (0, 160))])
def test_160_samples_more_or_less_are_forgiven(data, fault):
    assert not evaluate(Failing({"a": fault}), data).failed


def test_a_listed_clip_that_is_not_there_is_named(tmp_path, targets):
    data = write_set(tmp_path, targets, {1: ["a", "gone"]})
    result = evaluate(Panner(), data)
    (failed,) = result.failed
    assert (failed.clip_id, failed.failed) == ("gone", "not in the prepared data set")


def test_a_target_that_cannot_be_read_is_named(tmp_path, targets):
    data = write_set(tmp_path, targets, TESTS)
    (data / "audio/a.wav").write_bytes(b"no sound")
    soundfile.write(data / "audio/b.wav", np.zeros((900, 2)), 48_000)
    result = evaluate(Panner(), data, splits=[1])
    assert {clip.clip_id: clip.failed.split(": ", 1)[1].split(" ")[0] for clip in result.failed} == {
        "a": "not",
        "b": "at",
    }


def test_a_silent_target_is_counted_apart_and_not_failed(tmp_path, targets):
    silent = targets | {"a": np.zeros((2, 8000), np.float32)}
    result = evaluate(Panner(), write_set(tmp_path, silent, TESTS))
    assert not result.failed
    parts = {key: result.metrics[key].splits["1"] for key in ("stft", "ild", "itd")}
    assert [(part.n, part.undefined) for part in parts.values()] == [(3, 0), (2, 1), (2, 1)]


def test_clips_of_one_recording_are_one_unit(tmp_path, targets):
    one_each = evaluate(Panner(), write_set(tmp_path / "one", targets, {1: list(CLIPS)}))
    videos = {"a": "x", "b": "x", "c": "y", "d": "y"}
    shared = evaluate(Panner(), write_set(tmp_path / "two", targets, {1: list(CLIPS)}, videos))
    assert {clip.clip_id: clip.video_id for clip in shared.clips} == videos
    assert shared.metrics["stft"].mean == one_each.metrics["stft"].mean
    assert shared.metrics["stft"].se != one_each.metrics["stft"].se


def test_short_clips_are_scored(tmp_path):
    result = evaluate(Panner(), write_set(tmp_path, rooms("a", "b", samples=600)), protocol="gao2019")
    assert not result.failed


def test_a_clip_too_short_for_a_spectrogram_is_named(tmp_path):
    result = evaluate(Panner(), write_set(tmp_path, {"a": noise(1, 2, 256)}))
    assert result.failed[0].failed.startswith("expected more than 256 samples")


def test_checks(data):
    target, swapped = (evaluate(CHECKS[name], data) for name in ("target", "swapped-ears"))
    assert {key: metric.mean for key, metric in target.metrics.items() if key != "snr"} == dict.fromkeys(
        (key for key in target.metrics if key != "snr"), 0.0
    )
    assert target.metrics["snr"].mean > 10
    assert swapped.metrics["stft"].mean > 0.1
    assert swapped.metrics["phase"].mean == pytest.approx(np.pi, abs=1e-3)
    assert (target.card.kind, swapped.card.kind) == ("check", "check")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"protocol": "v2"}, UnknownNameError, "unknown protocol 'v2'. Known: gao2019, v1, xu2021."),
        ({"split_set": "gao"}, UnknownNameError, "unknown split set of .* 'gao'. Did you mean 'gao2019'"),
        ({"splits": [3]}, OptionError, "split 3 of gao2019 is not on disk; usable: 1, 2"),
        ({"splits": []}, OptionError, r"no test clip is listed in the splits of gao2019 asked for \(none\)"),
        ({"limit": 0}, OptionError, "--limit 0: at least one clip is needed"),
        ({"jobs": 0}, OptionError, "--jobs 0: at least one worker is needed"),
    ],
)
def test_wrong_options_are_refused(data, options, error, message):
    method = Panner()
    with pytest.raises(error, match=message) as caught:
        evaluate(method, data, **options)
    assert caught.value.exit_status == 2
    assert set(method.heard) <= {"rehearsal"}


def test_a_method_that_fails_its_rehearsal_hears_no_clip(data):
    method = Failing({"rehearsal": raising})
    with pytest.raises(MethodError, match="the rehearsal on noise ended in RuntimeError"):
        evaluate(method, data)
    assert method.heard == ["rehearsal"]


def test_no_data_set(tmp_path):
    with pytest.raises(OptionError, match="no prepared data set there"):
        evaluate(Panner(), tmp_path / "none")


METHOD = """
import torch
from pathlib import Path
from fairplay_bench.records import ModelCard, TrainedOn

CALLS = []


class Trained:
    def __init__(self, weights, device):
        CALLS.append((str(weights), device))
        split = int(Path(weights).name)
        self.gain = float((Path(weights) / "gain.txt").read_text())
        self.card = ModelCard("Trained", trained_on=(TrainedOn("fair-play", "gao2019", split, ("train",)),))

    def binauralize(self, clip):
        return torch.stack([clip.mono, self.gain * clip.mono])
"""


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """A method with weights for each split, in the current folder."""
    (tmp_path / "trained_method.py").write_text(METHOD)
    for split in (1, 2):
        (tmp_path / "runs" / str(split)).mkdir(parents=True)
        (tmp_path / "runs" / str(split) / "gain.txt").write_text(str(split / 4))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return "trained_method:Trained"


def test_a_method_is_made_once_a_split_with_the_weights_of_it(data, trained, targets):
    result = evaluate(trained, data, weights="runs/{split}", device="cpu")
    import trained_method

    assert trained_method.CALLS == [("runs/1", "cpu"), ("runs/2", "cpu")]
    for clip in result.clips:
        mono = targets[clip.clip_id].mean(axis=0)
        wanted = score(np.stack([mono, clip.split / 4 * mono]), targets[clip.clip_id])
        assert clip.scores == pytest.approx(wanted, rel=1e-5)
    assert [seen.split for seen in result.card.trained_on] == [1, 2]
    assert result.card.trained_on[0] == TrainedOn("fair-play", "gao2019", 1, ("train",))
    assert len(result.card.weights_sha256) == 64
    one = evaluate(trained, data, weights="runs/1", splits=[1])
    assert one.card.weights_sha256 != result.card.weights_sha256


def test_the_hashes_that_cards_bring_are_taken_together(data, trained):
    code = METHOD.replace('ModelCard("Trained", ', 'ModelCard("Trained", weights_sha256=str(split) * 64, ')
    Path("hashed_method.py").write_text(code)
    both = evaluate("hashed_method:Trained", data, weights="runs/{split}").card.weights_sha256
    assert both == sha256(("1" * 64 + "2" * 64).encode()).hexdigest()
    assert evaluate("hashed_method:Trained", data, weights="runs/2", splits=[1]).card.weights_sha256 == "2" * 64


def test_weights_of_a_split_that_are_missing_are_said_before_work(data, trained):
    Path("runs/2").rename("runs/3")
    with pytest.raises(OptionError, match=r"^--weights runs/2: no such file or folder\.$"):
        evaluate(trained, data, weights="runs/{split}")


def test_weights_that_nothing_takes_are_refused(data, trained, tmp_path):
    """Else they would be ignored, and their hash stand on the card."""
    with pytest.raises(OptionError, match=r"^--model predictions:.*: takes no weights; leave out --weights\.$"):
        evaluate(f"predictions:{tmp_path}", data, weights="runs/1")
    with pytest.raises(OptionError, match=r"^weights='runs/1': Panner is made already; leave them out\.$"):
        evaluate(Panner(), data, weights="runs/1")


def test_predictions_of_each_split(data, targets, tmp_path):
    for split in (1, 2):
        (tmp_path / f"p {split}").mkdir()
        for clip in TESTS[split]:
            ears = targets[clip] * split
            soundfile.write(tmp_path / f"p {split}" / f"{clip}.wav", ears.T, RATE, subtype="FLOAT")
    result = evaluate(f"predictions:{tmp_path}/p {{split}}", data)
    assert not result.failed
    assert result.metrics["stft_raw"].splits["1"].mean == 0
    assert result.metrics["stft_raw"].splits["2"].mean > 0
    assert result.metrics["stft"].mean == pytest.approx(0, abs=1e-9)
    assert result.card.name == f"predictions:{tmp_path.name}/p {{split}}"
    with pytest.raises(OptionError, match=r"p 3: no such folder"):
        evaluate(f"predictions:{tmp_path}/p 3", data)


def test_progress_is_told(data):
    class Listening(Reporter):
        counted = 0

        def track(self, items, total, label):
            self.total, self.label = total, label
            for item in items:
                self.counted += 1
                yield item

    reporter = Listening()
    run_plan(Panner(), EvaluationPlan(data, jobs=1), reporter)
    assert (reporter.total, reporter.counted, reporter.label) == (6, 6, "clips")
