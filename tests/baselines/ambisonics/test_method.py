"""The method as users meet it: training, scoring, refusals."""

import json

import numpy as np
import pytest
import soundfile
import torch
from torchvision.models import resnet18

from baselines.ambisonics import presets
from baselines.ambisonics.method import Ambisonics
from baselines.ambisonics.network import AmbisonicsNet
from baselines.mono2binaural.weights import WeightsError
from fairplay_bench.datasets.index import DECODER_FILE
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.models.interface import MonoClip
from fairplay_bench.records import V1
from fairplay_bench.scoring.clips import prepared_clip, target_ears
from fairplay_bench.scoring.run import evaluate
from fairplay_bench.training.fit import train
from fairplay_bench.training.interface import Start
from fairplay_bench.training.plan import TrainingPlan

from .conftest import FILTERS, field_of


def clip_of(folder, name="clip5"):
    data = open_prepared(folder)
    row = data.clips[name]
    return prepared_clip(data, row, target_ears(data, row), V1)


def test_presets_are_the_papers_and_one_for_two_cores():
    paper = presets.PAPER
    assert (paper.batch, paper.rate, paper.pretrained_rate, paper.weight_decay) == (32, 1e-4, 1e-4, 0.0)
    assert paper.epochs * paper.chunks // paper.batch == 150_000
    assert (paper.decay, paper.decay_epochs * paper.chunks // paper.batch) == (0.5, 250_000)
    assert presets.SIZES["small"].picture == (112, 224)
    assert not presets.SMALL.pretrained


def test_a_training_leaves_what_eval_needs(shared_set, tmp_path, tiny_preset):
    run = train(TrainingPlan("ambisonics", shared_set, tmp_path / "run", preset="small"))
    assert run.training["steps"] == 4
    assert run.training["settings"] == {"flow": False}
    method = Ambisonics(tmp_path / "run")
    assert (method.card.name, method.card.version) == ("Ambisonics", "1-small")
    assert [seen.subsets for seen in method.card.trained_on] == [("train",), ("val",)]
    assert json.loads((tmp_path / "run" / "run.json").read_text())["network"]["sources"] == 3
    result = evaluate("ambisonics", shared_set, weights=str(tmp_path / "run"))
    assert not result.failed
    assert result.metrics["stft"].mean > 0


def test_a_training_with_flow(shared_set, tmp_path, tiny_preset):
    plan = TrainingPlan("ambisonics", shared_set, tmp_path / "run", preset="small", epochs=1, settings={"flow": True})
    train(plan)
    assert torch.load(tmp_path / "run" / "network.pth", weights_only=True)["flow.code.weight"].shape == (8, 8)
    assert Ambisonics(tmp_path / "run").ambisonize(clip_of(shared_set)).shape == (4, 96_000)


def test_the_field_begins_with_w_as_given(shared_set, tiny_run):
    field = Ambisonics(tiny_run).ambisonize(clip_of(shared_set))
    assert (field.dtype, field.shape) == (torch.float32, (4, 96_000))
    np.testing.assert_array_equal(field[0].numpy(), field_of(5)[1][0])
    assert field[1:].std() > 1e-3


def test_two_ears_are_the_field_through_the_data_sets_own_filters(shared_set, tiny_run, monkeypatch):
    method, clip = Ambisonics(tiny_run), clip_of(shared_set)
    time_s = np.arange(96_000) / 48_000
    tones = np.stack([np.sin(2 * np.pi * hertz * time_s) for hertz in (500, 800, 1100, 1700)]).astype(np.float32)
    monkeypatch.setattr(method, "ambisonize", lambda _: torch.from_numpy(tones))
    ears = method.binauralize(clip).numpy()
    assert ears.shape == (2, len(clip.mono)) == (2, 32_000)
    wanted = np.einsum("ect,cs->es", FILTERS, tones)[:, ::3]
    np.testing.assert_allclose(ears[:, 1000:-1000], wanted[:, 1000:-1000], atol=2e-3)


def test_without_pictures_or_training_it_needs_weights(tmp_path, tiny_run, tiny_network):
    with pytest.raises(OptionError, match="needs --weights, a run folder"):
        Ambisonics(None)
    with pytest.raises(OptionError, match=r"give the run folder of a training, with run\.json and network\.pth"):
        Ambisonics(tmp_path)
    described = json.loads((tiny_run / "run.json").read_text())
    (tiny_run / "run.json").write_text(json.dumps(described | {"method": "mono2binaural"}))
    with pytest.raises(OptionError, match="a run of mono2binaural; give --model mono2binaural"):
        Ambisonics(tiny_run)
    (tiny_run / "run.json").write_text(json.dumps(described | {"network": {"widths": 3}}))
    with pytest.raises(OptionError, match="describes no network of this method"):
        Ambisonics(tiny_run)
    (tiny_run / "run.json").write_text(json.dumps(described))
    (tiny_run / "network.pth").write_bytes(b"no")
    with pytest.raises(WeightsError, match="damaged, or not a file of tensors"):
        Ambisonics(tiny_run)


def test_fair_play_is_refused_with_the_reason(prepared, tiny_run, tmp_path, tiny_preset):
    with pytest.raises(OptionError, match="hears the W channel of 360° recordings, which this data set does not have"):
        evaluate("ambisonics", prepared, weights=str(tiny_run))
    with pytest.raises(OptionError, match="which fair-play does not have; take rec-street"):
        train(TrainingPlan("ambisonics", prepared, tmp_path / "new", preset="small"))
    assert not (tmp_path / "new").exists()


def test_filters_that_were_not_kept_are_asked_for(own_set, tiny_run):
    (own_set / DECODER_FILE).unlink()
    clip = clip_of(own_set)
    with pytest.raises(OptionError, match="does not keep the filters it was decoded with; prepare it again"):
        Ambisonics(tiny_run).binauralize(clip)
    assert Ambisonics(tiny_run).ambisonize(clip).shape == (4, 96_000)


@pytest.mark.parametrize(("samples", "rate"), [((96_000, 2), 48_000), ((96_000, 1), 48_000), ((88_200, 4), 44_100)])
def test_a_clip_with_other_sound_fails_by_name(own_set, tiny_run, samples, rate):
    soundfile.write(own_set / "ambisonics" / "clip5.wav", np.full(samples, 0.1), rate, subtype="FLOAT")
    (clip,) = evaluate("ambisonics", own_set, weights=str(tiny_run)).clips
    assert f"clip5.wav: {samples[1]} channel(s) at {rate} Hz, expected 4 at 48000 Hz" in clip.failed


def test_a_silent_w_gives_silence(own_set, tiny_run):
    clip = clip_of(own_set)
    silent = MonoClip(clip.clip_id, clip.mono, 16_000, clip.frames, omni=0 * clip.omni, decoder=clip.decoder)
    assert not Ambisonics(tiny_run).binauralize(silent).any()


def test_unknown_options_and_presets(shared_set, tmp_path):
    with pytest.raises(UnknownNameError, match="flows"):
        train(TrainingPlan("ambisonics", shared_set, tmp_path / "run", preset="small", settings={"flows": True}))
    with pytest.raises(UnknownNameError, match="preset 'tiny'"):
        train(TrainingPlan("ambisonics", shared_set, tmp_path / "run", preset="tiny"))


def test_both_resnets_start_from_imagenet_and_parameters_are_each_in_one_group(tmp_path):
    file, theirs = tmp_path / "resnet.pth", resnet18().state_dict()
    torch.save(theirs, file)
    training = Ambisonics.for_training(presets.PAPER, Start(True, file, {"flow": True}))
    network = training.network
    assert isinstance(network, AmbisonicsNet)
    assert training.start.startswith("resnet.pth ")
    trunk = [value for name, value in theirs.items() if not name.startswith("fc.")]
    for resnet in (network.video.resnet, network.flow.resnet):
        assert all(map(torch.equal, resnet.state_dict().values(), trunk))
    pretrained = [weight for one in (network.video, network.flow) for weight in one.resnet.parameters()]
    assert list(map(id, training.groups["pretrained"])) == list(map(id, pretrained))
    listed = [weight for group in training.groups.values() for weight in group]
    assert sorted(map(id, listed)) == sorted(map(id, network.parameters()))
    assert set(Ambisonics.for_training(presets.SMALL, Start(False, None, {"flow": False})).groups) == {"new"}


def test_narrow_networks_cannot_start_from_imagenet(shared_set, tmp_path):
    with pytest.raises(OptionError, match="ImageNet weights need the full visual branch"):
        train(TrainingPlan("ambisonics", shared_set, tmp_path / "run", preset="small", pretrained=True))
