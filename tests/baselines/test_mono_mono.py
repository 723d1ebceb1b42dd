"""Mono-Mono gives the mono to both ears."""

import torch

from baselines.mono_mono import MonoMono
from fairplay_bench.models.interface import Binauralizer, Frames, MonoClip, card_of
from fairplay_bench.models.registry import load_model
from fairplay_bench.models.rehearsal import rehearse


def test_both_ears_hear_the_mono():
    mono = torch.randn(12_345, generator=torch.Generator().manual_seed(0))
    before = mono.clone()
    ears = MonoMono().binauralize(MonoClip("a", mono, 16_000, Frames("nowhere", 1)))
    assert tuple(ears.shape) == (2, 12_345)
    assert torch.equal(ears[0], before)
    assert torch.equal(ears[1], before)


def test_it_is_a_method_by_the_same_door_as_a_strangers():
    method = load_model("mono-mono")
    assert isinstance(method, Binauralizer)
    rehearse(method)
    card = card_of(method)
    assert (card.name, card.kind, card.trained_on, card.weights_sha256) == ("Mono-Mono", "method", (), None)
    assert card.url.startswith("https://")


def test_its_scores_are_those_published_for_the_real_clip(shared):
    """The mono of the authors' demo, doubled, is what Mono-Mono answers for the same clip."""
    import json

    import soundfile

    from fairplay_bench.scoring.pair import score

    target, _ = soundfile.read(shared / "data/fair-play/audio/001353_input_binaural.wav", dtype="float32")
    target = torch.from_numpy(target.T.copy())
    ears = MonoMono().binauralize(MonoClip("001353", target.mean(dim=0), 16_000, Frames("nowhere", 1)))
    golden = json.loads((shared / "golden/metrics_001353.json").read_text())
    scores = score(ears, target, "xu2021")
    wanted = golden["001353/mixed_mono/peak_normalised=True"]
    assert abs(scores["stft"] / wanted["stft_reflect"] - 1) < 1e-3  # theirs went through a 16-bit file
    assert abs(scores["env"] / wanted["env"] - 1) < 1e-3
    assert abs(scores["snr"] / wanted["snr"] - 1) < 1e-3
