"""Scoring separation: what is mixed in each condition, who is asked what, what fails and what the result says."""

import re

import numpy as np
import pytest
import torch

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.datasets.separation import Solo, pairs, write_mixtures
from fairplay_bench.errors import MethodError, OptionError
from fairplay_bench.jobs import Reporter
from fairplay_bench.models.interface import MonoClip
from fairplay_bench.records import V1, ModelCard, TrainedOn, named_protocol
from fairplay_bench.scoring.run import evaluate
from fairplay_bench.scoring.separation.checks import SEPARATION_CHECKS
from fairplay_bench.scoring.separation.quality import separation_scores
from fairplay_bench.scoring.separation.sounds import PredictedEars
from leaderboard.markdown import markdown_table

from ..prepared_sets import rooms, write_set

CLIPS = ("a", "b", "c")


@pytest.fixture(scope="module")
def targets():
    return rooms(*CLIPS, samples=4000)


@pytest.fixture
def data(tmp_path, targets):
    return write(tmp_path, targets)


def write(tmp_path, targets):
    folder = write_set(tmp_path / "fair-play", targets, {1: list(targets), 2: list(targets)})
    solos = [Solo(clip, f"instrument of {clip}") for clip in targets]
    write_mixtures(folder, [*pairs(solos, ("gao2019", 1)), *pairs(solos[:2], ("gao2019", 2))])
    return folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class Halver:
    """Gives half of the mixture to each source, the second one delayed; remembers what it heard."""

    def __init__(self, condition="binaural", binauralizer=None):
        self.condition, self.heard = condition, []
        if binauralizer is not None:
            self.binauralizer = binauralizer

    def separate(self, mixture, sample_rate, frames):
        assert sample_rate == 16_000
        self.heard.append((mixture, [pictures.at(0.1) for pictures in frames]))
        return torch.stack([0.5 * mixture, 0.5 * mixture.roll(700, -1)])


class Tilter:
    """Makes two ears of a mono; remembers what it was given."""

    card = ModelCard("Tilter", weights_sha256="1" * 64)

    def __init__(self):
        self.given = []

    def binauralize(self, clip):
        self.given.append(clip)
        return torch.stack([clip.mono, 0.5 * clip.mono.roll(3)])


def wanted(targets, condition, clip):
    ears = torch.from_numpy(targets[clip])
    mono = ears.mean(dim=0)
    return {
        "mono": mono[None],
        "mono-mono": torch.stack([mono, mono]),
        "binaural": ears,
        "predicted-binaural": torch.stack([mono, 0.5 * mono.roll(3)]),
    }[condition]


@pytest.mark.parametrize("condition", ["mono", "mono-mono", "binaural", "predicted-binaural"])
def test_what_is_mixed_and_scored(data, targets, condition):
    method = Halver(condition, Tilter() if condition == "predicted-binaural" else None)
    result = evaluate(method, data, task="separation", splits=[1], limit=1)
    assert [clip.clip_id for clip in result.clips] == ["a+b"]
    assert not result.failed
    for clip, (mixture, pictures) in zip(result.clips, method.heard[2:], strict=True):
        sources = torch.stack([wanted(targets, condition, name) for name in clip.clip_id.split("+")])
        torch.testing.assert_close(mixture, sources.sum(dim=0))
        estimates = torch.stack([0.5 * mixture, 0.5 * mixture.roll(700, -1)])
        assert clip.scores == pytest.approx(separation_scores(estimates, sources), abs=1e-6)
        assert [tuple(picture.shape) for picture in pictures] == [(3, 24, 48)] * 2
    assert (result.task, result.protocol) == ("separation", "v1")
    assert result.notes[0] == f"condition: {condition}"
    assert "each ear is scored apart" in result.notes[1]
    assert (result.metrics["sdr_images"].mean is None) == (condition == "mono")


def test_every_split_that_has_mixtures_is_scored(data):
    result = evaluate(Halver(), data, task="separation", limit=2)
    assert [(clip.split, clip.clip_id) for clip in result.clips] == [(1, "a+b"), (1, "a+c"), (2, "a+b")]
    assert (result.splits, result.limit) == ([1, 2], 2)


def test_workers_score_as_this_process_does(data):
    one, two = (evaluate(Halver(), data, task="separation", splits=[1], limit=2, jobs=jobs) for jobs in (1, 2))
    assert one.clips == two.clips


def test_ears_are_predicted_once_and_never_from_the_target(data, targets):
    tilter = Tilter()
    evaluate(Halver("predicted-binaural", tilter), data, task="separation", splits=[1])
    assert [clip.clip_id for clip in tilter.given] == ["a", "b", "c"]
    for clip in tilter.given:
        assert isinstance(clip, MonoClip)
        assert clip.window_levels is None
        torch.testing.assert_close(clip.mono, torch.from_numpy(targets[clip.clip_id]).mean(dim=0))
    again = Tilter()
    evaluate(Halver("predicted-binaural", again), data, task="separation", splits=[1])
    assert again.given == []
    again.card = ModelCard("Tilter", weights_sha256="2" * 64)
    evaluate(Halver("predicted-binaural", again), data, task="separation", splits=[1])
    assert len(again.given) == 3


def test_the_cache_is_named_by_what_made_the_ears(data, tmp_path):
    root = tmp_path / "ears"
    ears = PredictedEars(Tilter(), open_prepared(data), V1, root)
    assert ears.ears("a").shape == (2, 4000)
    totals = []

    class Counting(Reporter):
        def track(self, items, total, label):
            totals.append((total, label))
            yield from items

    assert list(ears.files(["a", "b"], Counting())) == ["a", "b"]
    assert totals == [(1, "clips made binaural")]  # the other one was there
    PredictedEars(Tilter(), open_prepared(data), named_protocol("xu2021"), root).file("a")
    assert len(list(root.iterdir())) == 2
    assert sorted(path.name for path in root.glob("*/*.wav")) == ["a.wav", "a.wav", "b.wav"]


def test_a_protocol_that_tells_the_level_of_the_target_is_refused(data):
    method = Halver("predicted-binaural", Tilter())
    with pytest.raises(OptionError, match="gao2019: tells a binauralizer the level"):
        evaluate(method, data, task="separation", protocol="gao2019")


@pytest.mark.parametrize(
    ("seen", "refused"),
    [
        (TrainedOn("fair-play", "gao2019", 1, ("test",)), "was trained on a, b, c, which split 1 of gao2019 tests"),
        (TrainedOn("fair-play", "gao2019", 1, ("train",), ("c",)), "was trained on c, which split 1"),
        (TrainedOn("fair-play", "gao2019", 2, ("train", "test")), "was trained on a, b, c, which split 1"),
        (TrainedOn("mini", "gao2019", 1, ("test",)), None),
        (TrainedOn("fair-play", "gao2019", 1, ("train", "val")), None),
        (TrainedOn("fair-play", "gao2019", 1, ("val",), ("a",)), None),
    ],
)
def test_a_binauralizer_that_learnt_from_the_mixed_clips_is_refused(data, seen, refused):
    tilter = Tilter()
    tilter.card = ModelCard("Tilter", trained_on=(seen,))
    method = Halver("predicted-binaural", tilter)
    if refused is None:
        assert not evaluate(method, data, task="separation", splits=[1], limit=1).failed
        return
    with pytest.raises(OptionError, match=refused):
        evaluate(method, data, task="separation", splits=[1])
    assert tilter.given == []


def test_mixtures_that_cannot_be_scored_are_named(tmp_path, targets):
    silent = targets | {"b": np.zeros((2, 4000), np.float32), "d": np.tile(targets["c"], 5)}
    result = evaluate(Halver(), write(tmp_path, silent), task="separation", splits=[1])
    failed = {clip.clip_id: clip.failed for clip in result.failed}
    assert failed["a+b"] == "unscorable: its true source 2 is silent at the left ear."
    assert failed["a+d"] == "a lasts 0.25 s and d 1.25 s; give two of one length to mix."
    assert set(failed) == {"a+b", "b+c", "a+d", "b+d", "c+d"}
    assert result.metrics["sdr"].splits["1"].failed == 5


def test_clips_of_slightly_different_length_are_cut_to_the_shorter(tmp_path, targets):
    method = Halver()
    evaluate(method, write(tmp_path, targets | {"b": targets["b"][:, :3700]}), task="separation", splits=[2])
    assert method.heard[-1][0].shape == (2, 3700)


def test_a_clip_that_is_not_there(data, targets):
    solos = [Solo("a", "harp"), Solo("x", "bass")]
    write_mixtures(data, pairs(solos, ("gao2019", 1)))
    (failed,) = evaluate(Halver(), data, task="separation").failed
    assert (failed.clip_id, failed.failed) == ("a+x", "x: not in the prepared data set.")


class Wrong(Halver):
    """Answers the second mixture with something else."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def separate(self, mixture, sample_rate, frames):
        good = super().separate(mixture, sample_rate, frames)
        return self.answer(good) if len(self.heard) == 4 else good


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda good: good[:, :1], r"a\+c: expected shape \(2, 2, 4000\), got \(2, 1, 4000\)"),
        (lambda good: good * float("nan"), r"a\+c: NaN or infinite values"),
        (lambda good: 0 * good, "unscorable: the estimate of source 1 is silent"),
        (lambda good: good[7], "the method raised IndexError"),
    ],
)
def test_a_bad_answer_fails_its_mixture_alone(data, answer, reason):
    (failed,) = evaluate(Wrong(answer), data, task="separation", splits=[1]).failed
    assert failed.clip_id == "a+c"
    assert re.match(reason, failed.failed)


@pytest.mark.parametrize(
    ("method", "options", "error", "message"),
    [
        (Halver("stereo"), {}, MethodError, "Halver.condition: one of mono, .* is needed, got 'stereo'"),
        (Halver("predicted-binaural"), {}, MethodError, "Halver.binauralizer: predicted-binaural needs a method"),
        (Halver(), {"save_predictions": "x"}, OptionError, "--save-predictions: keeps two ears"),
        (Halver(), {"splits": [3]}, OptionError, "split 3 of gao2019 is not on disk"),
        ("mono-mono", {}, OptionError, "unknown model 'mono-mono'.*mix-and-separate"),
        ("predictions:x", {}, OptionError, "folders of predictions are for binaural sound"),
    ],
)
def test_what_is_refused_before_work_starts(data, method, options, error, message):
    with pytest.raises(error, match=message):
        evaluate(method, data, task="separation", **options)


def test_an_unknown_task(data):
    with pytest.raises(OptionError, match=r"unknown task 'separate'\. Did you mean 'separation'"):
        evaluate(Halver(), data, task="separate")


def test_checks_bound_what_can_be_reached(data):
    best, nothing = (
        evaluate(SEPARATION_CHECKS[name], data, task="separation", splits=[2]) for name in ("ratio-mask", "unparted")
    )
    assert best.metrics["sdr_improvement"].mean > 2  # even of noise
    assert nothing.metrics["sdr_improvement"].mean == pytest.approx(0, abs=0.2)
    table = markdown_table([best, nothing])
    assert table.startswith("## fair-play separation: split set gao2019, protocol v1\n")
    assert "sdr (dB) ↑" in table


def test_a_split_without_mixtures_is_refused_before_work(data):
    write_mixtures(data, pairs([Solo("a", "harp"), Solo("b", "bass")], ("gao2019", 1)))
    with pytest.raises(OptionError, match=r"no mixture is listed in the splits of gao2019 asked for \(2\); choose"):
        evaluate(Halver(), data, task="separation", splits=[2])
