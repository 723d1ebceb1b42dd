"""What Sep-Stereo is trained on, and whole trainings of a tiny network."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
import torch
from PIL import Image

from baselines.mono2binaural import method as mono2binaural
from baselines.sep_stereo import method
from baselines.sep_stereo.method import SepStereo, fresh_network
from baselines.sep_stereo.network import SepStereoSize
from baselines.sep_stereo.solos import paired_examples, solo_clips
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.records import V1
from fairplay_bench.training.fit import train
from fairplay_bench.training.interface import Material, Start
from fairplay_bench.training.plan import TrainingPlan
from fairplay_bench.training.segments import read_segment

TINY = SepStereoSize(audio_width=4, visual_width=4, picture=(32, 64))
PRESET = replace(method.PRESETS["small"], epochs=2, draws=2, batch=4, validation_segments=1, validate_epochs=1)
SETTINGS = MappingProxyType({"fusion": "apnet", "norm": "batch", "visual": "resnet18", "ears-loss": "l1"})


@pytest.fixture
def material(prepared):
    data = open_prepared(prepared)
    training, validation = data.listed("gao2019", 1, "train"), data.listed("gao2019", 1, "val")
    return Material(data, "gao2019", 1, training, validation, PRESET, V1, seed=3)


@pytest.fixture
def solos(material, tmp_path):
    """A list of every clip of the data set but the first training clip."""
    file = tmp_path / "solos.csv"
    named = [clip for clip in sorted(material.data.clips) if clip != material.training[0]]
    file.write_text("clip_id,instrument\n" + "".join(f"{clip},bell\n" for clip in named))
    return file


def test_solos_come_from_the_training_clips_alone(material, solos):
    assert solo_clips(material, solos) == material.training[1:]


def test_the_list_of_the_data_set_itself_is_taken_by_default(material, solos):
    own = material.data.folder / "truth" / "solos.csv"
    own.parent.mkdir()
    own.write_text(solos.read_text())
    assert solo_clips(material, None) == material.training[1:]


def test_a_pair_is_two_different_solos_drawn_by_seed_pass_and_number(material, solos):
    examples = paired_examples((32, 64), solos)(material)
    paired = examples.training
    assert len(paired) == 2 * len(material.training)
    one, again, other = paired[1, 5], paired[1, 5], paired[2, 5]
    assert one["solos"].shape == (2, 10_080)
    assert one["solo_pictures"].shape == (2, 3, 32, 64)
    assert torch.equal(one["solos"], again["solos"])
    assert not torch.equal(one["solos"], other["solos"])
    assert not torch.equal(one["solos"][0], one["solos"][1])
    assert one["clip"] == 5 % len(material.training)
    assert "solos" not in examples.validation[0]


def test_a_solo_is_the_mean_of_the_ears_of_a_listed_clip(material, solos):
    paired = paired_examples((32, 64), solos)(material).training
    kept = [read_segment(material.data.folder / row.audio, 0, row.n_samples) for row in material.data.clips.values()]
    whole = torch.cat([ears.mean(dim=0) for ears in kept])
    for solo in paired[0, 0]["solos"]:
        assert any(torch.equal(solo, whole[start : start + len(solo)]) for start in (whole == solo[0]).nonzero()[:, 0])


def test_the_pictures_of_solos_are_varied_as_the_recipe_says(material, solos):
    noise = np.random.default_rng(0).integers(0, 256, (240, 480, 3), np.uint8)
    for frame in (material.data.folder / "frames").glob("*/*.jpg"):
        Image.fromarray(noise).save(frame)
    plain, again, covered = (
        paired_examples((32, 64), solos)(replace(material, preset=replace(PRESET, cutout=cutout))).training[0, 0]
        for cutout in (False, False, True)
    )
    assert torch.equal(again["solo_pictures"], plain["solo_pictures"])
    assert torch.equal(covered["solos"], plain["solos"])
    for one, other in zip(covered["solo_pictures"], plain["solo_pictures"], strict=True):
        assert 0 < (one != other).any(dim=0).float().mean() < 0.2


def test_damaged_solos_are_passed_over_and_counted_by_training_clip(material, solos):
    broken = material.training[2]
    (material.data.folder / material.data.clips[broken].audio).write_bytes(b"nothing")
    paired = paired_examples((32, 64), solos)(material).training
    counted = [paired[0, number]["skipped"] for number in range(len(paired))]
    assert {int(clip) for skipped in counted for clip in skipped if clip >= 0} == {2}
    assert sum(int((skipped == 2).sum()) for skipped in counted) > 2  # the two draws of the clip itself, and pairs
    assert all(not torch.equal(*paired[0, number]["solos"]) for number in range(len(paired)))


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        (None, OptionError, r"solos\.csv: missing; give --solos FILE\.csv, or --separation-weight 0"),
        ("clip,instrument\n000002,bell\n", DatasetError, "no column clip_id"),
        ("clip_id,instrument\n000002,bell\nnine,bell\n", DatasetError, "1 clips not in the data set: nine"),
        (
            "clip_id,instrument\n000002,bell\n000004,bell\n",
            DatasetError,
            "1 of the training clips are solos; a pair needs two",
        ),
    ],
)
def test_lists_that_do_not_do(material, tmp_path, text, error, match):
    file = tmp_path / "solos.csv"
    if text is not None:
        file.write_text(text)
    with pytest.raises(error, match=match):
        solo_clips(material, file)


def test_a_data_set_without_a_list_needs_one(material):
    with pytest.raises(OptionError, match="does not say which clips are solos; give --solos"):
        solo_clips(material, None)


@pytest.fixture
def plan(prepared, tmp_path, monkeypatch):
    monkeypatch.setitem(mono2binaural.SIZES, "small", TINY)
    monkeypatch.setitem(method.PRESETS, "small", PRESET)
    return TrainingPlan("sep-stereo", prepared, tmp_path / "run", preset="small")


def test_joint_training_leaves_a_run_that_predicts(plan, solos):
    run = train(replace(plan, settings={"solos": solos, "norm": "instance", "fusion": "assoconv"}))
    assert run.network["fusion"] == "assoconv"
    assert run.training["settings"]["separation-weight"] == 0.4
    loaded = SepStereo(plan.out)
    assert loaded.card.trained_on[0].subsets == ("train",)
    assert sorted(path.name for path in plan.out.glob("*.pth")) == ["audio.pth", "fusion.pth", "visual.pth"]


def test_separation_changes_what_is_learnt_and_can_be_left_out(plan, solos):
    def best(out, **settings):
        return train(replace(plan, out=plan.out / out, epochs=1, settings=settings)).training["best_loss"]

    alone = best("alone", **{"separation-weight": 0.0})
    assert best("joint", solos=solos) != alone
    assert best("l2", **{"separation-weight": 0.0, "ears-loss": "l2"}) != alone


def test_negative_weights_and_unknown_presets_are_refused(plan):
    with pytest.raises(OptionError, match=r"--separation-weight -1\.0: 0 or more"):
        train(replace(plan, settings={"separation-weight": -1.0}))
    with pytest.raises(OptionError, match="--separation-weight nan: 0 or more"):
        train(replace(plan, settings={"separation-weight": float("nan")}))
    with pytest.raises(OptionError, match="unknown preset 'medium'"):
        train(replace(plan, preset="medium"))


def test_every_weight_has_one_rate(tmp_path):
    from torchvision.models import resnet18

    torch.save(resnet18(weights=None).state_dict(), tmp_path / "resnet.pth")
    start = Start(True, tmp_path / "resnet.pth", {**SETTINGS, "visual": "dilated"})
    network, groups, _ = fresh_network(method.PRESETS["paper"], start)
    rates = dict(method.PRESETS["paper"].other_rates)
    assert set(groups) - {"new", "pretrained"} == set(rates)
    grouped = [id(one) for group in groups.values() for one in group]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == {id(one) for one in network.parameters() if one.requires_grad}
    assert {id(one) for one in groups["pretrained"]} == {id(one) for one in network.visual.features.parameters()}
