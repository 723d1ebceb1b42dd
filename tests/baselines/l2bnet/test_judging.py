"""The judge: that it hears where sound comes from, that it stays as it is, and what it makes of wrong ears."""

import torch

from baselines.l2bnet.examples import HeardScenes
from baselines.l2bnet.listening import ListenerSize
from baselines.l2bnet.localiser import LocalisationNet
from baselines.l2bnet.maps import blobs, disagreement, peak, place_of_box
from baselines.l2bnet.network import JudgedNet, L2BNetSize
from baselines.pseudo_binaural.ears import EarFilters
from baselines.pseudo_binaural.scene import SceneRule
from baselines.pseudo_binaural.studio import Studio
from fairplay_bench.records import V1
from fairplay_bench.training.level import at_level

SIZE = L2BNetSize(audio_width=4, visual_width=4, picture=(32, 64), listener_width=4)
STEPS, BATCH, TESTED = 50, 16, 48
WIDE = 1.5  # half circles that the picture stands for: directions far apart, so that little training will do


def some(scenes, numbers):
    examples = [scenes[0, number] for number in numbers]
    return {key: torch.stack([example[key] for example in examples]) for key in ("ears", "wanted")}


def listening(sources, hears):
    """A listener after a short training on scenes of one player."""
    torch.manual_seed(0)
    rule = SceneRule((1.0,), "none", WIDE, "own")
    scenes = HeardScenes(Studio(sources, EarFilters("direct"), rule), STEPS * BATCH, 1)
    network = LocalisationNet(ListenerSize(8, hears))
    optimizer = torch.optim.Adam(network.parameters(), 5e-3)
    for step in range(STEPS):
        optimizer.zero_grad()
        network.loss(some(scenes, range(step * BATCH, (step + 1) * BATCH)), V1).backward()
        optimizer.step()
    fresh = some(HeardScenes(Studio(sources, EarFilters("direct"), rule), TESTED, 2), range(TESTED))
    return network.listener.eval(), fresh


def on_its_side(listener, batch):
    """Share of maps with their peak on the wanted side, of those wanted further than a twelfth from the middle."""
    with torch.inference_mode():
        heard = listener(at_level(batch["ears"], V1))
    places = [(peak(one)[0] - 0.5, peak(wanted)[0] - 0.5) for one, wanted in zip(heard, batch["wanted"], strict=True)]
    aside = [(one > 0) == (wanted > 0) for one, wanted in places if abs(wanted) > 1 / 12]
    assert len(aside) > TESTED / 2
    return sum(aside) / len(aside)


def test_two_ears_tell_the_side_and_mono_does_not(sources):
    for hears in ("binaural", "ild-itd"):
        listener, fresh = listening(sources, hears)
        assert on_its_side(listener, fresh) > 0.9
        swapped = {**fresh, "ears": fresh["ears"].flip(1)}
        assert on_its_side(listener, swapped) < 0.1
        with torch.inference_mode():
            right, wrong = (listener(at_level(one["ears"], V1)) for one in (fresh, swapped))
        assert disagreement(wrong, fresh["wanted"]) > disagreement(right, fresh["wanted"]) + 1
    deaf, fresh = listening(sources, "mono")
    assert 0.2 < on_its_side(deaf, fresh) < 0.8


def batch(paired=False):
    torch.manual_seed(1)
    mono = torch.randn(2, 1, 10_080).expand(-1, 2, -1)
    wanted = torch.stack([blobs([place_of_box(x, 80, 60, 140)]) for x in (20, 400)])
    made = {"ears": mono, "picture": torch.randint(0, 255, (2, 3, 32, 64), dtype=torch.uint8), "wanted": wanted}
    if paired:
        ears = 0.1 * torch.randn(2, 2, 10_080)
        weight = torch.tensor([2.0, 0.0])
        made |= {"paired_ears": ears, "paired_picture": made["picture"].flip(0), "paired_weight": weight}
    return made


def test_the_judge_teaches_and_stays_as_it_is():
    network = JudgedNet(SIZE, judge_weight=1.0)
    before = {name: value.clone() for name, value in network.listener.state_dict().items()}
    network.train()
    network.loss(batch(), V1).backward()
    assert all(parameter.grad is None for parameter in network.listener.parameters())
    for part in (network.visual, network.audio):
        assert max(float(one.grad.abs().max()) for one in part.parameters() if one.grad is not None) > 0
    for name, value in network.listener.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert not network.listener.training
    assert network.audio.training


def test_the_loss_is_the_sum_of_its_parts():
    torch.manual_seed(0)
    network = JudgedNet(SIZE, judge_weight=0.5).eval()
    with torch.inference_mode():
        judged = network.loss(batch(), V1)
        network.judge_weight = 1.0
        torch.testing.assert_close(network.loss(batch(), V1), 2 * judged)
        network.judge_weight = 0.0
        paired, both = network.loss(batch(paired=True), V1), batch(paired=True)
        ears = at_level(both["paired_ears"], V1)
        rows = network.predict(_spectrum(ears.sum(dim=1)), network.encode(both["paired_picture"]))
        error = (rows - _spectrum(ears[:, 0] - ears[:, 1])[:, :256]).abs().square().mean(dim=(1, 2)) / 2
        torch.testing.assert_close(paired, error[0] * 2.0 / 2)  # the second pair has no weight


def test_what_is_judged_is_the_sound_that_is_made():
    torch.manual_seed(0)
    network = JudgedNet(SIZE, judge_weight=1.0).eval()
    made = batch()
    sums = at_level(made["ears"], V1).sum(dim=1)
    ready = network.ready(torch.device("cpu"), torch.float32)
    with torch.inference_mode():
        ears = ready.ears(sums, ready.encode(made["picture"]), 512)
        torch.testing.assert_close(ears.sum(dim=1), sums, atol=1e-5, rtol=1e-4)
        heard = network.heard(sums, network.predict(_spectrum(sums), network.encode(made["picture"])))
        torch.testing.assert_close(ready.localised(ears), heard, atol=1e-4, rtol=1e-3)


def _spectrum(sound):
    window = torch.hann_window(400)
    return torch.stft(sound, 512, 160, 400, window, center=True, pad_mode="reflect", return_complex=True)
