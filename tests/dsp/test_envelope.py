"""The envelope equals scipy's."""

import numpy as np
import pytest
import scipy.signal
import torch

from fairplay_bench.dsp.envelope import envelope


@pytest.mark.parametrize("samples", [1, 2, 3, 10, 11, 4096, 4097, 15_991])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equals_scipy(samples, dtype):
    sound = np.random.default_rng(samples).normal(size=(3, 2, samples)).astype(dtype)
    theirs = np.abs(scipy.signal.hilbert(sound.astype(np.float64), axis=-1))
    ours = envelope(torch.from_numpy(sound)).numpy()
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 if dtype == np.float32 else 1e-12)


def test_of_a_whole_number_of_periods_is_the_amplitude():
    tone = 0.7 * torch.sin(2 * torch.pi * 40 * torch.arange(1600, dtype=torch.float64) / 1600)
    torch.testing.assert_close(envelope(tone), torch.full((1600,), 0.7, dtype=torch.float64))


def test_leaves_its_input_alone():
    sound = torch.randn(2, 100, generator=torch.Generator().manual_seed(0))
    before = sound.clone()
    envelope(sound)
    assert torch.equal(sound, before)
