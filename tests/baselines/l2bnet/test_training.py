"""Whole trainings of tiny networks: what is trained first, what is learnt from, what is refused before work."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from baselines.l2bnet import method
from baselines.l2bnet.method import L2BNet
from baselines.l2bnet.weights import load_listener, load_network
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.models.registry import load_model
from fairplay_bench.training.fit import train
from fairplay_bench.training.interface import Start
from fairplay_bench.training.settings import filled


def given(plan, **settings):
    return replace(plan, settings=plan.settings | {key.replace("_", "-"): value for key, value in settings.items()})


def tensors(folder):
    return {file.name: torch.load(file, weights_only=True) for file in folder.glob("*.pth")}


def same(one, other):
    return one.keys() == other.keys() and all(
        torch.equal(one[file][name], other[file][name]) for file in one for name in one[file]
    )


def test_one_command_trains_the_localiser_and_then_the_generator(plan, hearing):
    heard = hearing()
    run = train(plan, heard)
    assert f"audio-localisation: trained first, into {plan.out / 'localiser'}" in heard.lines
    assert json.loads((plan.out / "localiser" / "run.json").read_text())["method"] == "audio-localisation"
    assert run.training["steps"] == 2 * 8 * 2 / 4
    assert run.training["settings"]["localiser"] is None  # so that the same command finds this run again
    network, _ = load_network(plan.out)
    alone, _ = load_listener(plan.out / "localiser")
    for name, value in alone.state_dict().items():
        assert torch.equal(network.listener.state_dict()[name], value), name
    again = hearing()
    train(plan, again)
    assert again.lines == [f"{plan.out}: this training is finished; nothing is left to do."]


def test_a_run_can_be_evaluated_under_its_own_name(plan):
    train(plan)
    binauralizer = load_model("l2bnet", plan.out)
    card = binauralizer.card
    assert (card.name, card.version) == ("after L2BNet", "1-small")
    assert "published no code; ours: " in card.paper
    assert card.weights_sha256
    assert {one.split for one in card.trained_on} == {1}


def test_what_was_interrupted_after_the_localiser_goes_on(plan, monkeypatch, hearing):
    whole = plan.out.parent / "whole"
    train(replace(plan, out=whole))
    built = L2BNet.for_training
    monkeypatch.setattr(L2BNet, "for_training", classmethod(lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)))
    with pytest.raises(KeyboardInterrupt):
        train(plan)
    assert not (plan.out / "run.json").exists()
    monkeypatch.setattr(L2BNet, "for_training", built)
    heard = hearing()
    train(plan, heard)
    assert f"{plan.out / 'localiser'}: this training is finished; nothing is left to do." in heard.lines
    assert same(tensors(plan.out), tensors(whole))


def test_a_finished_localiser_is_taken(plan, tmp_path):
    ready = tmp_path / "ready"
    keys = ("patches",)
    train(replace(plan, method="audio-localisation", out=ready, settings={key: plan.settings[key] for key in keys}))
    train(given(plan, localiser=ready, scene_weight=0.0, patches=None))
    assert not (plan.out / "localiser").exists()
    assert torch.equal(
        tensors(plan.out)["listener.pth"]["downs.0.0.weight"], tensors(ready)["listener.pth"]["downs.0.0.weight"]
    )


def one_sided(folder):
    """Move all sound of every recording into the left ear, which leaves the mono as it is, bit for bit."""
    for file in sorted((folder / "audio").iterdir()):
        ears, rate = soundfile.read(file, dtype="float32")
        soundfile.write(file, np.stack([ears.sum(axis=1), np.zeros(len(ears))], axis=1), rate, subtype="FLOAT")


def test_the_weak_setting_learns_nothing_from_two_ears_and_the_semi_setting_does(plan):
    weak = replace(plan, epochs=1, protocol="gao2019")  # whose level is that of both ears, were there two
    semi = replace(given(plan, setting="semi", binaural_share=0.25), epochs=1)
    for number in (1, 2):
        train(replace(weak, out=plan.out / f"weak-{number}"))
        train(replace(semi, out=plan.out / f"semi-{number}"))
        one_sided(plan.data)
    assert same(tensors(plan.out / "weak-1"), tensors(plan.out / "weak-2"))
    first, second = (tensors(plan.out / f"semi-{number}") for number in (1, 2))
    assert not same(first, second)
    assert not torch.equal(  # the localisation network hears the share too
        first["listener.pth"]["downs.0.0.weight"], second["listener.pth"]["downs.0.0.weight"]
    )


def test_the_semi_setting_hears_its_share_alone(plan, hearing):
    heard = hearing()
    train(replace(given(plan, setting="semi", binaural_share=0.25), epochs=1), heard)
    assert "2 of them are learnt from with both ears." in heard.lines
    assert "2 recordings are heard too, by turns with the scenes." in heard.lines


def test_seeing_by_correspondence_needs_no_boxes(plan, hearing):
    heard = hearing()
    settings = {"boxes": None, "teacher": "correspondence"}
    run = train(replace(plan, epochs=1, settings=plan.settings | settings), heard)
    firsts = [line for line in heard.lines if "trained first" in line]
    assert [line.partition(":")[0] for line in firsts] == ["audio-visual-correspondence", "audio-localisation"]
    assert (plan.out / "correspondence" / "correspondence.pth").is_file()
    assert run.training["best_loss"] > 0


def test_the_network_of_correspondence_starts_another_ones_visual_branch(plan, tmp_path):
    out, other = tmp_path / "correspondence", tmp_path / "other"
    train(replace(plan, method="audio-visual-correspondence", out=out, epochs=1, settings={}))
    plain = {"epochs": 1, "settings": {}, "visual_weights": out / "visual.pth"}
    assert train(replace(plan, method="mono2binaural", out=other, **plain)).training["start"].startswith("visual.pth")
    whole, alone = (torch.load(out / name, weights_only=True) for name in ("correspondence.pth", "visual.pth"))
    assert all(torch.equal(whole[f"visual.{key}"], value) for key, value in alone.items())


def test_clips_without_boxes_are_left_out(plan, boxes, hearing):
    data = open_prepared(plan.data)
    training = data.listed("gao2019", 1, "train")
    lines = boxes.read_text().splitlines(keepends=True)
    boxes.write_text("".join(line for line in lines if not line.startswith(training[0])))
    heard = hearing()
    train(replace(plan, epochs=1), heard)
    assert "7 training clips are heard as mono and judged." in heard.lines


def write(file, *rows):
    file.write_text("clip_id,frame,x,y,width,height,label,sounding\n" + "".join(f"{row}\n" for row in rows))
    return file


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"boxes": None}, r"truth/boxes\.csv: missing; .* --boxes FILE\.csv .* or --teacher correspondence"),
        ({"setting": "semi", "binaural-share": 0.01}, r"--binaural-share 0\.01: leaves none of the 8 training clips"),
        ({"setting": "semi", "binaural-share": 0.0}, "--binaural-share 0: give a part"),
        ({"setting": "half"}, "unknown setting 'half'"),
        ({"teacher": "nobody"}, "unknown teacher 'nobody'"),
        ({"localiser-input": "stereo"}, "unknown localiser-input 'stereo'"),
        ({"judge-weight": -1.0}, "--judge-weight -1: 0 or more"),
        ({"scene-weight": float("nan")}, "--scene-weight nan: 0 or more"),
        ({"judge-weight": 0.0, "scene-weight": 0.0}, "nothing to learn from"),
        ({"patches": None}, r"patches\.parquet: no such file; make it with `fairplay-bench patches"),
        ({"fov": 3.0}, "--fov 3: give half circles"),
    ],
)
def test_wrong_options_are_said_before_work(plan, settings, message):
    with pytest.raises(OptionError, match=message):
        train(replace(plan, settings=plan.settings | settings))
    assert not plan.out.exists()


def test_boxes_without_sounding_sources_are_refused_before_work(plan, tmp_path):
    data = open_prepared(plan.data)
    (valid,) = data.listed("gao2019", 1, "val")
    with pytest.raises(DatasetError, match="no box of a sounding source in it"):
        train(given(plan, boxes=write(tmp_path / "none.csv", f"{valid},1,10,80,60,140,violin,0")))
    some = write(tmp_path / "some.csv", f"{valid},1,10,80,60,140,violin,1")
    with pytest.raises(DatasetError, match="no box of a sounding source in any of the 8 training clips of split 1"):
        train(given(plan, boxes=some))
    assert not plan.out.exists()


def test_another_run_is_no_localiser(plan, tmp_path):
    run = replace(given(plan, localiser=tmp_path / "other"), out=tmp_path / "run")
    with pytest.raises(OptionError, match=r"--localiser .*other: no finished run; give one of `train --model audio-"):
        train(run)
    train(replace(plan, method="audio-visual-correspondence", out=tmp_path / "other", settings={}))
    with pytest.raises(OptionError, match=r"--localiser .*: a run of audio-visual-correspondence; give one of"):
        train(run)
    with pytest.raises(OptionError, match=r"--weights .*: a run of audio-visual-correspondence; give a run of"):
        load_model("l2bnet", tmp_path / "other")
    with pytest.raises(OptionError, match="needs --weights, a run folder"):
        load_model("l2bnet")


def test_a_generator_is_not_built_without_a_judge(plan):
    with pytest.raises(OptionError, match="--localiser: missing; train it first: `train --model audio-localisation`"):
        L2BNet.for_training(method.PRESETS["small"], Start(False, settings=filled(L2BNet, plan.settings)))
