"""Trainings of tiny networks on scenes: what is left behind, which sources are used, what the options do."""

import json
from dataclasses import replace

import pytest

from baselines.mono2binaural import method as mono2binaural
from baselines.mono2binaural.network import NetworkSize
from baselines.pseudo_binaural import method
from baselines.pseudo_binaural.declared import SCENE_OPTIONS
from baselines.pseudo_binaural.method import AugmentPseudoBinaural, PseudoBinaural
from baselines.sep_stereo.network import SepStereoNet
from fairplay_bench.cli import main
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.models.registry import attribute_of
from fairplay_bench.training.fit import train
from fairplay_bench.training.interface import Material, Start
from fairplay_bench.training.plan import TrainingPlan
from fairplay_bench.training.settings import filled
from hrtf.errors import HrtfError

TINY = NetworkSize(audio_width=4, visual_width=4, picture=(32, 64))
CLIPS = [f"{number:06d}" for number in range(1, 11)]


@pytest.fixture
def plan(prepared, make_patches, tmp_path, monkeypatch):
    """Ten sources, of which split 1 may use eight; passes of 16 scenes in batches of 4."""
    monkeypatch.setitem(mono2binaural.SIZES, "small", TINY)
    tiny = replace(method.PRESETS["small"], epochs=2, draws=2, batch=4, validation_segments=2, validate_epochs=1)
    monkeypatch.setitem(method.PRESETS, "small", tiny)
    settings = {"patches": make_patches(CLIPS), "fusion": "none", "separation-weight": 0.0}
    return TrainingPlan("pseudo-binaural", prepared, tmp_path / "run", preset="small", settings=settings)


def split_one(plan):
    data = open_prepared(plan.data)
    return {subset: data.listed(data.split_set(None), 1, subset) for subset in ("train", "val", "test")}


def test_a_source_is_used_only_if_its_clip_is_in_the_training_subset(plan, monkeypatch, hearing):
    used = []
    draw = method.DrawnScenes

    def watched(studio, *rest):
        used.extend(source.clip_id for source in studio.sources)
        return draw(studio, *rest)

    monkeypatch.setattr(method, "DrawnScenes", watched)
    for model in ("pseudo-binaural", "augment-pseudo-binaural"):
        used.clear()
        heard = hearing()
        run = train(replace(plan, method=model, out=plan.out / model), heard)
        lists = split_one(plan)
        assert sorted(used) == lists["train"]
        assert not set(used) & {*lists["val"], *lists["test"]}
        (line,) = [line for line in heard.lines if "left out" in line]
        assert "8 sources are of training clips of split 1 and used; 2 are not and left out" in line
        assert {clip for seen in run.card.trained_on for clip in seen.clip_ids} <= set(lists["train"])


def test_another_split_uses_other_sources(plan):
    examples = PseudoBinaural.for_training(
        method.PRESETS["small"], Start(False, settings=filled(PseudoBinaural, plan.settings))
    ).examples
    data = open_prepared(plan.data)
    split_set = data.split_set(None)
    for split in (1, 2):
        training = data.listed(split_set, split, "train")
        material = Material(data, split_set, split, training, [], method.PRESETS["small"], None, 0)
        assert examples(material).clips == training


def test_a_pseudo_binaural_run_can_be_evaluated(plan):
    run = train(plan)
    assert run.training["steps"] == 8
    assert run.training["settings"]["stereo-mode"] == "ambisonic"
    binauralizer = PseudoBinaural(plan.out)
    assert (binauralizer.card.name, binauralizer.card.version) == ("PseudoBinaural", "1-small")
    assert json.loads((plan.out / "run.json").read_text())["method"] == "pseudo-binaural"


def test_no_recording_of_two_ears_is_read(plan):
    for file in (plan.data / "audio").iterdir():
        file.unlink()
    assert train(plan).training["steps"] == 8
    with pytest.raises(Exception, match="missing"):
        train(replace(plan, method="augment-pseudo-binaural", out=plan.out / "other"))


def test_augment_trains_on_recordings_and_as_many_scenes(plan):
    settings = plan.settings | {"binaural-share": 0.5}
    run = train(replace(plan, method="augment-pseudo-binaural", settings=settings))
    assert run.training["steps"] == 2 * 4 * 2 * 2 / 4  # passes, recordings, draws, kinds, batch
    assert run.training["settings"]["binaural-share"] == 0.5
    assert AugmentPseudoBinaural(plan.out).card.name == "Augment-PseudoBinaural"
    assert len(run.card.trained_on[0].clip_ids) in (0, 8)  # four recordings, and the sources of all eight


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mix-ratio": "4:x"}, "--mix-ratio 4:x: give shares"),
        ({"fov": 3.0}, "--fov 3: give half circles"),
        ({"background": "nowhere"}, "--background nowhere: give empty, own or a folder"),
        ({"blend": True}, "--blend: nothing to blend into"),
        ({"stereo-mode": "quad"}, "unknown stereo-mode 'quad'"),
        ({"patch-scale": "huge"}, "unknown patch-scale 'huge'"),
        ({"binaural-share": 0.0}, "--binaural-share 0: give a part"),
        ({"separation-weight": -1.0}, "--separation-weight -1: 0 or more"),
        ({"separation-weight": float("nan")}, "--separation-weight nan: 0 or more"),
        ({"fusion": "sum"}, "unknown fusion 'sum'"),
    ],
)
def test_wrong_options_are_said_before_work(plan, settings, message):
    with pytest.raises(OptionError, match=message):
        train(replace(plan, method="augment-pseudo-binaural", settings=plan.settings | settings))
    assert not plan.out.exists()


def test_an_unknown_head_is_said_before_work(plan):
    with pytest.raises(HrtfError, match="unknown HRIR set 'dummy'"):
        train(replace(plan, settings=plan.settings | {"hrtf": "dummy"}))


def test_without_patches_the_command_that_makes_them_is_named(plan):
    with pytest.raises(OptionError, match=r"patches\.parquet: no such file; make it with `fairplay-bench patches"):
        train(replace(plan, settings={"separation-weight": 0.0}))


def test_one_source_in_the_whole_set(plan, make_patches):
    one = plan.settings | {"patches": make_patches(CLIPS[5:6], name="one.parquet")}
    with pytest.raises(DatasetError, match=r"1 source\(s\) for scenes of up to 3"):
        train(replace(plan, settings=one))
    alone = one | {"mix-ratio": "1"}
    with pytest.raises(DatasetError, match=r"1 source\(s\): a pair needs two"):
        train(replace(plan, settings=alone | {"separation-weight": 1.0}))
    assert train(replace(plan, settings=alone)).training["steps"] == 2


@pytest.mark.parametrize("model", ["pseudo-binaural", "augment-pseudo-binaural"])
@pytest.mark.parametrize("fusion", ["assoconv", "apnet"])
def test_fusions_train_with_pairs_of_solos(plan, model, fusion, monkeypatch):
    weights, loss = [], SepStereoNet.loss

    def watched(network, batch, protocol):
        weights.append((network.separation_weight, "solos" in batch))
        return loss(network, batch, protocol)

    monkeypatch.setattr(SepStereoNet, "loss", watched)
    settings = {"patches": plan.settings["patches"], "fusion": fusion}
    run = train(replace(plan, method=model, settings=settings))
    assert (1.0, True) in weights  # in training
    assert (1.0, False) in weights  # in validation
    assert (run.network["fusion"], run.network["norm"]) == (fusion, "batch")
    assert attribute_of(model)(plan.out).card.name == attribute_of(model).row.name
    assert (plan.out / "fusion.pth").is_file()


def test_the_norm_is_the_recipe_s_unless_it_is_given(plan, monkeypatch):
    monkeypatch.setitem(mono2binaural.SIZES, "paper", TINY)
    for preset, given, norm in (
        ("paper", {}, "instance"),
        ("small", {}, "batch"),
        ("paper", {"norm": "batch"}, "batch"),
    ):
        start = Start(False, settings=filled(PseudoBinaural, plan.settings | given))
        assert PseudoBinaural.for_training(method.PRESETS[preset], start).network.size.norm == norm


def test_the_paper_s_recipe():
    paper = method.PRESETS["paper"]
    assert (paper.batch, paper.epochs, paper.decay, paper.decay_epochs) == (192, 300, 0.94, 5)
    assert (paper.pretrained_rate, paper.rate, dict(paper.other_rates)) == (5e-5, 5e-4, {"fusion": 1e-3})


def test_train_shows_the_options_of_scenes(capsys):
    with pytest.raises(SystemExit) as left:
        main(["train", "--model", "augment-pseudo-binaural", "--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    for option in (*SCENE_OPTIONS, "binaural-share", "patches", "fusion", "norm", "separation-weight"):
        assert f"--{getattr(option, 'name', option)}" in shown
