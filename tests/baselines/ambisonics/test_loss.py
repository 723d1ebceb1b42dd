"""The loss against its definition."""

import numpy as np
import pytest
import torch

from baselines.ambisonics.loss import ambisonic_loss

HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)


def channels(seed, n=2):
    return 0.1 * torch.randn(n, 3, 4800, generator=torch.Generator().manual_seed(seed))


def defined(predicted, target, present):
    """Mean over the channels that are there, three frames and 2,048 bins, times 100."""
    distances = []
    for number, channel in np.argwhere(np.array(present) > 0):
        difference = (predicted - target)[number, channel].double().numpy()
        for first in (0, 1024, 2048):
            distances.append(np.mean(np.abs(np.fft.fft(HANN * difference[first : first + 2048])) ** 2))
    return 100 * np.mean(distances)


@pytest.mark.parametrize("present", [[[1, 1, 1], [1, 1, 1]], [[1, 0, 1], [1, 1, 1]], [[0, 0, 1], [1, 0, 1]]])
def test_the_definition(present):
    predicted, target = channels(1), channels(2)
    loss = ambisonic_loss(predicted, target, torch.tensor(present, dtype=torch.float32))
    assert loss.item() == pytest.approx(defined(predicted, target, present), rel=1e-5)


def test_absent_channels_have_no_say():
    predicted, target = channels(3).requires_grad_(), channels(4)
    ambisonic_loss(predicted, target, torch.tensor([[1.0, 0, 1], [1, 1, 1]])).backward()
    assert not predicted.grad[0, 1].any()
    assert all(predicted.grad[number, channel].any() for number, channel in [(0, 0), (0, 2), (1, 0), (1, 1), (1, 2)])


def test_nothing_there_is_no_loss():
    assert ambisonic_loss(channels(5), channels(6), torch.zeros(2, 3)) == 0


def test_the_last_samples_lie_outside_its_frames():
    predicted, target = channels(7), channels(8)
    present = torch.ones(2, 3)
    other = predicted.clone()
    other[..., 4096:] = 9
    assert ambisonic_loss(other, target, present) == ambisonic_loss(predicted, target, present)
