"""The transform and its inverse against the definition: all bins, frame by frame."""

import numpy as np
import pytest
import torch

from baselines.ambisonics.transform import (
    CONTEXT_SAMPLES,
    FRAMES,
    GAIN,
    HEARD,
    MASKED,
    all_bins,
    folded,
    half_spectrum,
    overlap_added,
)

HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1024) / 1024)


def noise(seed, samples=CONTEXT_SAMPLES):
    return np.random.default_rng(seed).normal(size=samples)


def defined_spectrum(sound):
    """All 1,024 bins of the first 200 frames, ``(200, 1024)``."""
    return np.stack([np.fft.fft(HANN * sound[256 * frame : 256 * frame + 1024]) for frame in range(200)])


def defined_inverse(spectrum):
    """Overlap-add of frames 89 … 116 without a window, divided by 4, real part, samples 24,000 … 28,799."""
    sound = np.zeros(CONTEXT_SAMPLES)
    for place, bins in enumerate(spectrum):
        first = 256 * (89 + place)
        sound[first : first + 1024] += np.fft.ifft(bins).real
    return sound[24_000:28_800] / 4


def as_tensor(array):
    return torch.from_numpy(array).to(torch.complex64 if np.iscomplexobj(array) else torch.float32)


def test_half_of_the_bins_tells_all():
    sound = noise(1)
    half, whole = half_spectrum(as_tensor(sound)), as_tensor(defined_spectrum(sound))
    assert half.shape == (FRAMES, 513)
    torch.testing.assert_close(half, whole[:, :513], atol=1e-4, rtol=1e-5)
    torch.testing.assert_close(all_bins(half.abs()), whole.abs(), atol=1e-4, rtol=1e-5)


def test_the_inverse_gives_the_middle_back_at_half_its_level():
    sound = as_tensor(noise(2))
    middle = overlap_added(half_spectrum(sound)[MASKED])
    assert middle.shape == (4_800,)
    torch.testing.assert_close(middle / GAIN, sound[24_000:28_800], atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", [3, 4])
def test_masks_of_all_bins_do_what_they_do_to_half_of_them(seed):
    sound, masks = noise(seed), np.random.default_rng(seed).uniform(size=(28, 1024))
    wanted = defined_inverse(masks * defined_spectrum(sound)[89:117])
    half = folded(as_tensor(masks)) * half_spectrum(as_tensor(sound))[MASKED]
    torch.testing.assert_close(overlap_added(half), as_tensor(wanted), atol=1e-5, rtol=0)


def test_the_frames_are_those_of_the_paper():
    assert (HEARD.start, HEARD.stop - 1, HEARD.stop - HEARD.start) == (46, 172, 127)
    assert (MASKED.start, MASKED.stop - 1, MASKED.stop - MASKED.start) == (89, 116, 28)


def test_more_dimensions_are_kept():
    sound = as_tensor(noise(5, 2 * 3 * CONTEXT_SAMPLES).reshape(2, 3, -1))
    spectrum = half_spectrum(sound)
    assert spectrum.shape == (2, 3, 200, 513)
    torch.testing.assert_close(
        overlap_added(spectrum[..., MASKED, :])[1, 2] / GAIN, sound[1, 2, 24_000:28_800], atol=1e-5, rtol=0
    )
