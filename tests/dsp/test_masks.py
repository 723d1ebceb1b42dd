"""Ratio masks, and parting a mixture by them."""

import pytest
import torch

from fairplay_bench.dsp.masks import SEGMENT_FRAMES, SEGMENT_SAMPLES, parted, ratio_mask
from fairplay_bench.dsp.stft import stft


def noise(seed, *shape):
    return 0.1 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def tone(frequency_hz, samples):
    return 0.1 * torch.sin(2 * torch.pi * frequency_hz * torch.arange(samples) / 16_000)


def remaining_db(estimates, sources):
    """Energy of the error, which is worst where a window ends within a tone, against that of the sources."""
    return float(10 * ((estimates - sources).square().mean() / sources.square().mean()).log10())


def test_a_window_has_256_columns():
    assert stft(noise(0, SEGMENT_SAMPLES)).shape == (257, SEGMENT_FRAMES)
    assert pytest.approx(2.55) == SEGMENT_SAMPLES / 16_000


def test_the_mask_is_the_ratio_of_magnitudes():
    mixture = torch.full((257, 3), 2 + 0j)
    sources = torch.tensor([0.0, 0.5j, 2.0, -3.0])[:, None, None].expand(-1, 257, 3)
    mask = ratio_mask(sources, mixture)
    assert mask.shape == (4, 256, 3)
    assert mask[:, 0, 0].tolist() == [0.0, 0.25, 1.0, 1.0]


def test_where_the_mixture_is_silent_the_mask_is_zero():
    assert not ratio_mask(torch.ones(257, 2, dtype=torch.cfloat), torch.zeros(257, 2, dtype=torch.cfloat)).any()


@pytest.mark.parametrize("samples", [3000, SEGMENT_SAMPLES, 70_001])
def test_masks_of_ones_give_the_mixture_back(samples):
    mixture = torch.stack([tone(440, samples), tone(1000, samples)])
    given = []

    def ones(window, start):
        given.append((tuple(window.shape), start))
        return torch.ones(2, 2, 256, SEGMENT_FRAMES)

    sources = parted(mixture, ones)
    assert sources.shape == (2, 2, samples)
    for source in sources:
        torch.testing.assert_close(source, mixture, atol=1e-4, rtol=0)
    assert {shape for shape, _ in given} == {(2, SEGMENT_SAMPLES)}
    assert given[0][1] == 0
    assert given[-1][1] == max(0, samples - SEGMENT_SAMPLES)


def test_two_tones_are_parted_by_their_masks():
    samples = 60_000
    low, high = tone(440, samples), tone(2000, samples)

    def by_frequency(window, start):
        below = (torch.arange(256) < 32).float()[:, None].expand(-1, SEGMENT_FRAMES)  # 1 kHz
        return torch.stack([below, 1 - below])[:, None]

    sources = parted((low + high)[None], by_frequency)
    assert remaining_db(sources, torch.stack([low, high])[:, None]) < -25


def test_the_ratio_masks_of_the_sources_part_them():
    sources = torch.stack([tone(300, 50_000), tone(3000, 50_000)])[:, None]
    padded = torch.nn.functional.pad(sources, (0, SEGMENT_SAMPLES))
    estimates = parted(
        sources.sum(dim=0),
        lambda window, start: ratio_mask(stft(padded[..., start : start + SEGMENT_SAMPLES]), stft(window)),
    )
    assert remaining_db(estimates, sources) < -25
