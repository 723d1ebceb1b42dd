"""Whole trainings of a tiny network: what is left behind, resuming, stopping, damage."""

import json
import os
import resource
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from baselines.mono2binaural.method import Mono2Binaural
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import BenchError, MediaError, OptionError, OutputError, UnknownNameError
from fairplay_bench.media.audio import write_wav
from fairplay_bench.records import GAO2019, V1
from fairplay_bench.training import fit, keeping, presets
from fairplay_bench.training.fit import halved, train
from fairplay_bench.training.keeping import CheckpointError, RunKeeper, WholeCheckpoints
from fairplay_bench.training.level import at_level
from fairplay_bench.training.module import TrainingModule
from fairplay_bench.training.presets import SMALL


def weights(out):
    return {**torch.load(out / "visual.pth", weights_only=True), **torch.load(out / "audio.pth", weights_only=True)}


def test_a_run_folder_holds_what_eval_needs(plan):
    run = train(plan)
    assert run.training["steps"] == 12
    assert run.training["samples_by_process"] == [48]
    assert len(run.training["validations"]) == 3
    assert run.training["best_loss"] == min(loss for _, loss in run.training["validations"])
    method = Mono2Binaural(plan.out)
    assert method.card.version == "1-small"
    assert [(seen.subsets, seen.clip_ids) for seen in method.card.trained_on] == [(("train",), ()), (("val",), ())]
    written = json.loads((plan.out / "run.json").read_text())
    assert written["network"]["audio_width"] == 4
    assert written["training"]["start"] == "from chance"


def test_crops_and_squares_are_the_presets_unless_they_are_asked_for(plan):
    run = train(replace(plan, epochs=1))
    assert (run.training["preset"]["crop"], run.training["preset"]["cutout"]) == (SMALL.crop, SMALL.cutout)
    with pytest.raises(OutputError, match=r"other settings \(crop, cutout\)"):
        train(replace(plan, epochs=1, crop=not SMALL.crop, cutout=True))
    other = train(replace(plan, epochs=1, crop=not SMALL.crop, cutout=True, overwrite=True))
    assert (other.training["preset"]["crop"], other.training["preset"]["cutout"]) == (not SMALL.crop, True)
    assert other.training["best_loss"] != run.training["best_loss"]


def test_training_lowers_the_loss(plan):
    data = open_prepared(plan.data)
    for number, row in enumerate(data.clips.values()):
        left = 0.1 * np.random.default_rng(number).normal(size=(16_000, 1)).astype(np.float32)
        write_wav(data.folder / row.audio, np.concatenate([left, 0.2 * left], axis=1), 16_000)
    run = train(replace(plan, epochs=12))
    first, last = run.training["validations"][0][1], run.training["validations"][-1][1]
    assert last < 0.7 * first


def test_the_best_weights_are_kept_not_the_last(tmp_path):
    kept = []
    keeper = RunKeeper(tmp_path, lambda loss, step: kept.append((loss, step)))
    for step, loss in enumerate([3.0, 1.0, 2.0, 1.0]):
        metrics = {"val_loss": torch.tensor(loss)}
        trainer = SimpleNamespace(
            sanity_checking=False, is_global_zero=True, callback_metrics=metrics, global_step=step
        )
        keeper.on_validation_end(trainer, None)
    assert kept == [(3.0, 0), (1.0, 1)]
    again = RunKeeper(tmp_path, lambda loss, step: kept.append((loss, step)))
    again.load_state_dict(keeper.state_dict())
    assert (again.best, len(again.validations)) == (1.0, 4)


class _Stop(keeping.Progress):
    """Sends SIGTERM to this process after a number of steps."""

    after = 6

    def on_train_batch_end(self, trainer, *rest):
        super().on_train_batch_end(trainer, *rest)
        if trainer.global_step == self.after:
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("after", [4, 5, 6, 8])
def test_stopped_and_resumed_it_ends_where_an_uninterrupted_one_does(plan, monkeypatch, after):
    whole = train(replace(plan, out=plan.out.with_name("whole")))
    with monkeypatch.context() as patched:
        patched.setattr(fit, "Progress", _Stop)
        patched.setattr(_Stop, "after", after)
        with pytest.raises(SystemExit) as stopped:
            train(plan)
    assert stopped.value.code == 143
    assert torch.load(plan.out / "last.ckpt", weights_only=True)["global_step"] == after
    resumed = train(plan)
    assert resumed.training["steps"] == 12
    for key in ("validations", "samples_by_process", "best_loss", "best_step"):
        assert resumed.training[key] == whole.training[key]
    one, other = weights(plan.out), weights(plan.out.with_name("whole"))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_finished_run_is_not_trained_again_and_other_settings_are_refused(plan):
    done = train(plan)
    written = (plan.out / "run.json").read_bytes()
    assert train(plan).training["best_loss"] == done.training["best_loss"]
    assert (plan.out / "run.json").read_bytes() == written
    with pytest.raises(OutputError, match=r"other settings \(seed\)"):
        train(replace(plan, seed=1))
    with pytest.raises(OutputError, match="holds a run"):
        train(replace(plan, resume=False))
    lost = (plan.out / "audio.pth").rename(plan.out / "elsewhere")
    with pytest.raises(OutputError, match=r"finished, but audio\.pth is missing; copy it there, or --overwrite"):
        train(plan)
    lost.rename(plan.out / "audio.pth")
    (plan.out / "last.ckpt").unlink()
    with pytest.raises(OutputError, match="nothing to resume"):
        train(plan)


@pytest.mark.parametrize(("validate_epochs", "after", "kept"), [(3, 6, True), (3, 1, False)])
def test_a_run_killed_before_its_first_validation_is_known(plan, monkeypatch, validate_epochs, after, kept):
    tiny = replace(presets.PRESETS["small"], validate_epochs=validate_epochs)
    monkeypatch.setitem(presets.PRESETS, "small", tiny)
    with monkeypatch.context() as patched:
        patched.setattr(fit, "Progress", _Stop)
        patched.setattr(_Stop, "after", after)
        with pytest.raises(SystemExit):
            train(plan)
    if not kept:  # as a power cut leaves it
        (plan.out / "last.ckpt").unlink()
    assert "best_loss" not in json.loads((plan.out / "run.json").read_text())["training"]
    with pytest.raises(OutputError, match=r"other settings \(seed\)"):
        train(replace(plan, seed=1))
    assert train(plan).training["steps"] == 12


def test_an_overwriting_run_killed_before_its_first_checkpoint_is_not_taken_for_the_old_one(plan, monkeypatch):
    train(plan)
    other = replace(plan, seed=1, overwrite=True)
    with monkeypatch.context() as patched:
        patched.setattr(fit, "Progress", _Stop)
        patched.setattr(_Stop, "after", 1)
        with pytest.raises(SystemExit):
            train(other)
    (plan.out / "last.ckpt").unlink()  # as a power cut leaves it
    assert sorted(file.name for file in plan.out.glob("*.*")) == ["run.json"]
    resumed = train(replace(other, overwrite=False))
    whole = train(replace(plan, seed=1, out=plan.out.with_name("whole")))
    assert resumed.training["validations"] == whole.training["validations"]


def test_weights_of_no_run_are_not_replaced_unasked(plan):
    plan.out.mkdir()
    (plan.out / "visual.pth").write_bytes(b"the authors'")
    with pytest.raises(OutputError, match=r"visual\.pth: of no known run; choose another --out, or --overwrite"):
        train(plan)
    assert (plan.out / "visual.pth").read_bytes() == b"the authors'"


@pytest.mark.parametrize(("changes", "named"), [({"pretrained": False}, "pretrained"), ({"visual": True}, "visual_w")])
def test_a_run_goes_on_from_its_own_start_alone(plan, tmp_path, changes, named):
    train(replace(plan, epochs=1))
    if changes.pop("visual", False):
        changes["visual_weights"] = plan.out / "visual.pth"
    with pytest.raises(OutputError, match=rf"other settings \({named}"):
        train(replace(plan, epochs=1, **changes))


@pytest.mark.parametrize("stopped", [False, True])
def test_the_last_pass_is_validated(plan, monkeypatch, stopped):
    tiny = replace(presets.PRESETS["small"], validate_epochs=2)
    monkeypatch.setitem(presets.PRESETS, "small", tiny)
    if stopped:
        with monkeypatch.context() as patched:
            patched.setattr(fit, "Progress", _Stop)
            patched.setattr(_Stop, "after", 10)  # of 12, in the third pass
            with pytest.raises(SystemExit):
                train(plan)
    assert [step for step, _ in train(plan).training["validations"]] == [8, 12]


def test_a_training_that_diverges_keeps_nothing_and_says_so(plan, monkeypatch):
    tiny = replace(presets.PRESETS["small"], rate=1e30)
    monkeypatch.setitem(presets.PRESETS, "small", tiny)
    for _ in range(2):  # it is not finished, whatever is left behind
        with pytest.raises(BenchError, match="no validation loss was a number, so that no weights were kept"):
            train(plan)
    assert not list(plan.out.glob("*.pth"))
    assert "steps" not in json.loads((plan.out / "run.json").read_text())["training"]


DIVERGED = {"sanity_checking": False, "callback_metrics": {"val_loss": torch.tensor(float("nan"))}}


class _Diverging(RunKeeper):
    """Sees no loss after the first validation."""

    def on_validation_end(self, trainer, pl_module):
        if self.validations:
            trainer = SimpleNamespace(**DIVERGED, is_global_zero=True, global_step=trainer.global_step)
        super().on_validation_end(trainer, pl_module)


def test_a_training_that_diverges_later_keeps_what_was_best_before(plan, monkeypatch):
    monkeypatch.setattr(fit, "RunKeeper", _Diverging)
    run = train(plan)
    assert run.training["best_step"] == 4
    kept = json.loads((plan.out / "run.json").read_text())["training"]
    assert [loss is None for _, loss in kept["validations"]] == [False, True, True]


def test_a_part_that_is_resumed_has_a_log_of_its_own(plan, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(fit, "Progress", _Stop)
        with pytest.raises(SystemExit):
            train(plan)
    first = (plan.out / "log" / "metrics.csv").read_bytes()
    train(plan)
    assert (plan.out / "log" / "metrics.csv").read_bytes() == first
    assert (plan.out / "log" / "resumed-1" / "metrics.csv").is_file()


def test_a_corrupt_checkpoint_is_one_line(plan, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(fit, "Progress", _Stop)
        with pytest.raises(SystemExit):
            train(plan)
    file = plan.out / "last.ckpt"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match="a damaged checkpoint") as caught:
        train(plan)
    assert "\n" not in str(caught.value)


@pytest.fixture
def little_space():
    """No file of this process may grow beyond 100,000 bytes."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_leaves_the_last_good_checkpoint(tmp_path, little_space):
    good = tmp_path / "last.ckpt"
    WholeCheckpoints().save_checkpoint({"x": torch.ones(3)}, good)
    with pytest.raises(OutputError, match=r"last\.ckpt"):
        WholeCheckpoints().save_checkpoint({"x": torch.zeros(1_000_000)}, good)
    assert [path.name for path in tmp_path.iterdir()] == ["last.ckpt"]
    assert torch.equal(torch.load(good, weights_only=True)["x"], torch.ones(3))


def test_a_checkpoint_without_its_run_is_not_gone_on_from(plan):
    train(plan)
    (plan.out / "run.json").unlink()
    with pytest.raises(OutputError, match=r"last\.ckpt: of no known run; choose another --out, or --overwrite"):
        train(replace(plan, epochs=9))


def test_tensors_that_are_no_checkpoint_are_one_line(plan):
    train(plan)
    with pytest.raises(CheckpointError, match=r"visual\.pth: no checkpoint of a training; train with --overwrite"):
        WholeCheckpoints().load_checkpoint(plan.out / "visual.pth")


@pytest.mark.parametrize(("subset", "passed_over"), [("train", True), ("val", False)])
def test_sounds_cut_short_are_damaged(plan, subset, passed_over):
    data = open_prepared(plan.data)
    clip = data.listed(data.split_set(None), 1, subset)[0]
    file = data.folder / data.clips[clip].audio
    file.write_bytes(file.read_bytes()[:1000])
    if passed_over:
        assert list(train(plan).training["skipped"]) == [clip]
    else:
        with pytest.raises(MediaError, match="truncated: 1000 bytes of at least"):
            train(plan)


def test_damaged_training_clips_are_named_and_counted(plan):
    data = open_prepared(plan.data)
    clip = data.listed(data.split_set(None), 1, "train")[0]
    write_wav(data.folder / data.clips[clip].audio, np.full((16_000, 2), np.nan, np.float32), 16_000)
    heard = []

    class Listener(fit.Reporter):
        def say(self, text):
            heard.append(text)

    run = train(replace(plan, epochs=1), Listener())
    assert run.training["skipped"] == {clip: 2}
    assert any(clip in text and "2 time" in text for text in heard)


def test_the_test_subset_is_never_read(plan):
    data = open_prepared(plan.data)
    (test_clip,) = data.listed(data.split_set(None), 1, "test")
    (data.folder / data.clips[test_clip].audio).unlink()
    train(replace(plan, epochs=1))


def test_half_of_the_clips_is_recorded(plan):
    run = train(replace(plan, epochs=1, half="first"))
    data = open_prepared(plan.data)
    listed = data.listed(data.split_set(None), 1, "train")
    assert run.card.trained_on[0].clip_ids == tuple(listed[:4])
    assert halved(list("abcde"), "first") + halved(list("abcde"), "second") == list("abcde")


def test_the_level_rule():
    ears = 0.3 * torch.randn(2, 2, 5000)
    summed = at_level(ears, V1).sum(dim=1)
    assert torch.allclose(summed.square().mean(dim=1).sqrt(), torch.tensor(0.1))
    both = at_level(ears, GAO2019)
    assert torch.allclose(both.square().mean(dim=(1, 2)).sqrt(), torch.tensor(0.1))
    assert not at_level(torch.zeros(1, 2, 5000), V1).any()


def test_bf16_and_tensorboard(plan):
    run = train(replace(plan, epochs=1, precision="bf16", log="tensorboard"))
    assert np.isfinite(run.training["best_loss"])
    assert list((plan.out / "log").glob("events*"))


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"preset": "smal"}, UnknownNameError, "Did you mean 'small'"),
        ({"method": "mono2binaurl"}, UnknownNameError, "Did you mean 'mono2binaural'"),
        ({"method": "mono-mono"}, OptionError, "cannot be trained here"),
        ({"method": "flipped-visual"}, OptionError, "train that one"),
        ({"epochs": 0}, OptionError, "--epochs 0"),
        ({"split": 9}, OptionError, "split 9"),
        ({"workers": -1}, OptionError, "--workers -1: give 0 or more"),
        ({"seed": -1}, OptionError, "--seed -1: give 0 to 4294967295"),
        ({"seed": 2**32}, OptionError, "--seed 4294967296: give 0 to"),
        ({"device": "nonsense"}, OptionError, "--device nonsense"),
        ({"strategy": "nonsense"}, OptionError, "--strategy nonsense"),
        ({"strategy": "ddp_spawn"}, OptionError, "--strategy ddp_spawn: copies a process"),
        ({"device": "meta"}, OptionError, "--device meta: "),
        ({"method": "audio-only", "visual_weights": Path(__file__)}, OptionError, "audio-only sees nothing"),
        ({"precision": "fp8"}, UnknownNameError, "unknown precision"),
        ({"precision": "tf32"}, OptionError, "--precision tf32: --device cpu has no such units"),
        ({"pretrained": True}, OptionError, "--no-pretrained"),
    ],
)
def test_bad_options_are_refused_before_work(plan, changes, error, text):
    with pytest.raises(error, match=text):
        train(replace(plan, **changes))
    assert not (plan.out / "run.json").exists()


def test_a_compiler_that_fails_is_one_line(plan, monkeypatch):
    def failing(*_):
        raise ValueError("no compiler here\nand much more")

    torch._dynamo.reset()
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=failing))
    with pytest.raises(
        OptionError, match=r"^--compile: torch.compile fails on this machine .*; leave it out\.$"
    ) as told:
        train(replace(plan, compiled=True))
    assert "\n" not in str(told.value)
    torch._dynamo.reset()


@pytest.mark.parametrize("inside", [".", "run"])
def test_a_file_in_the_place_of_the_run_folder_is_refused_before_work(plan, inside):
    plan.out.parent.mkdir(exist_ok=True)
    plan.out.write_text("mine")
    with pytest.raises(OutputError, match="is no folder that can be written; choose another --out"):
        train(replace(plan, out=plan.out / inside))
    assert plan.out.read_text() == "mine"


def test_only_parameters_of_the_network_are_trained(plan):
    training = Mono2Binaural.for_training(SMALL, fit.Start(pretrained=False))
    module = TrainingModule(training, SMALL, V1)
    given = {id(parameter) for group in training.groups.values() for parameter in group}
    assert given == {id(parameter) for parameter in module.parameters()}


def test_tensorboard_where_it_is_not_installed(plan, monkeypatch):
    monkeypatch.setattr("fairplay_bench.training.trainer.find_spec", lambda _: None)
    with pytest.raises(OptionError, match=r"--log tensorboard: not installed; pip install"):
        train(replace(plan, epochs=1, log="tensorboard"))
