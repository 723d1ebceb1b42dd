"""Pictures and ears varied for training."""

import numpy as np
import torch

from fairplay_bench.training.augmentation import cut_out, panned, perhaps_mirrored
from fairplay_bench.training.presets import Variation


def picture():
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, (3, 40, 80), np.uint8))


def test_cutout_covers_two_squares_with_the_mean_colour():
    shown, mean = picture(), picture().float().mean(dim=(1, 2)).round().byte()
    for seed in range(20):
        covered = cut_out(shown, np.random.default_rng(seed))
        changed = (covered != shown).any(dim=0)
        assert torch.equal(covered[:, changed], mean[:, None].expand(-1, int(changed.sum())))
        assert 4**2 - 3 <= changed.sum() <= 2 * 10**2
        rows = changed.any(dim=1).sum()
        assert 4 <= rows <= 20
    assert torch.equal(shown, picture())


def test_a_mirror_swaps_ears_and_turns_the_picture():
    ears, shown = torch.arange(6.0).reshape(2, 3), picture()
    rng, turned = np.random.default_rng(0), 0
    for _ in range(200):
        others, seen = perhaps_mirrored(ears, shown, rng, Variation(mirrored=True))
        if not torch.equal(others, ears):
            turned += 1
            assert torch.equal(others, ears[[1, 0]])
            assert torch.equal(seen, shown.flip(-1))
    assert 70 < turned < 130
    before = rng.bit_generator.state
    assert perhaps_mirrored(ears, shown, rng, Variation()) == (ears, shown)
    assert rng.bit_generator.state == before  # no coin is thrown


def test_a_turned_picture_comes_in_on_the_other_side():
    shown = picture()
    turns = set()
    for seed in range(40):
        turned = panned(shown, 0.1, np.random.default_rng(seed))
        (turn,) = (turn for turn in range(-8, 9) if torch.equal(turned, shown.roll(turn, dims=-1)))
        turns.add(turn)
    assert min(turns) < 0 < max(turns)
    assert panned(shown, 0.0, np.random.default_rng(0)) is shown
