"""The transforms equal librosa's, and the two inverses are the two that published code used."""

import librosa
import numpy as np
import pytest
import torch

from fairplay_bench.dsp.stft import BINS, inverse_stft, stft
from fairplay_bench.errors import ShapeError

LIBROSA = {"n_fft": 512, "hop_length": 160, "win_length": 400, "window": "hann", "center": True}


def noise(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("pad_mode", ["reflect", "constant"])
@pytest.mark.parametrize("samples", [512, 10_080, 16_001])
def test_equals_librosa(samples, pad_mode):
    sound = noise(samples, 2, samples)
    theirs = librosa.stft(sound, **LIBROSA, pad_mode=pad_mode)
    ours = stft(torch.from_numpy(sound), pad_mode).numpy()
    assert ours.shape == (2, 257, 1 + samples // 160)
    assert np.abs(ours - theirs).max() < 1e-6 * np.abs(theirs).max()


@pytest.mark.parametrize("pad_mode", ["reflect", "constant"])
@pytest.mark.parametrize("samples", [257, 400])
def test_equals_librosa_on_what_is_padded_by_hand(samples, pad_mode):
    sound = noise(samples, samples)
    theirs = librosa.stft(np.pad(sound, 256, mode=pad_mode), **(LIBROSA | {"center": False}))
    ours = stft(torch.from_numpy(sound), pad_mode).numpy()
    assert np.abs(ours - theirs).max() < 1e-6 * np.abs(theirs).max()


def test_pads_by_reflection_unless_told():
    sound = torch.from_numpy(noise(1, 4000))
    torch.testing.assert_close(stft(sound), stft(sound, "reflect"), rtol=0, atol=0)
    assert not torch.allclose(stft(sound), stft(sound, "constant"))


def test_a_window_of_a_network_is_257_by_64():
    assert tuple(stft(torch.zeros(3, 10_080)).shape) == (3, 257, 64)


def test_a_tone_lies_in_its_row():
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(8000, dtype=torch.float64) / 16_000)
    middle = stft(tone).abs()[:, 25]
    assert middle.argmax() == 32  # 1000 Hz / 31.25 Hz
    assert middle[32] == pytest.approx(400 / 4, rel=1e-3)  # half the sum of the window
    assert middle[64] < 1e-3 * middle[32]


def test_keeps_leading_axes_and_double_precision():
    sound = torch.from_numpy(noise(2, 3, 2, 1000)).double()
    spectrogram = stft(sound)
    assert tuple(spectrogram.shape) == (3, 2, BINS, 7)
    assert spectrogram.dtype == torch.complex128
    torch.testing.assert_close(spectrogram[1, 0], stft(sound[1, 0]))


@pytest.mark.parametrize("pad_mode", ["reflect", "constant"])
def test_refuses_what_cannot_be_padded(pad_mode):
    with pytest.raises(ShapeError, match=r"^expected more than 256 samples for a spectrogram, got 256\.$"):
        stft(torch.zeros(2, 256), pad_mode)


def without_nyquist(seed, samples=10_080):
    sound = noise(seed, samples)
    rows = librosa.stft(sound, **LIBROSA, pad_mode="reflect")
    return sound, rows[:256]


def test_512_points_undo_the_transform_but_for_the_nyquist_row():
    tone = torch.sin(2 * torch.pi * 700 * torch.arange(10_080, dtype=torch.float64) / 16_000)
    again = inverse_stft(stft(tone)[:256], 10_080, 512)
    inner = slice(400, -400)  # where no window holds the kink of the reflected end
    torch.testing.assert_close(again[inner], tone[inner], rtol=0, atol=1e-6)


@pytest.mark.parametrize("samples", [10_080, 9_000, 10_200])
def test_512_points_equal_librosa_with_a_zero_row(samples):
    _, rows = without_nyquist(3)
    full = np.concatenate([rows, np.zeros((1, 64), np.complex64)])
    theirs = librosa.istft(full, hop_length=160, win_length=400, n_fft=512, center=True, length=samples)
    ours = inverse_stft(torch.from_numpy(rows), samples, 512).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-6 * np.abs(theirs).max())


def test_510_points_equal_librosa_left_to_guess_from_256_rows():
    sound, rows = without_nyquist(4)
    theirs = librosa.istft(rows, hop_length=160, win_length=400, center=True, length=10_080)
    ours = inverse_stft(torch.from_numpy(rows), 10_080, 510).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-6 * np.abs(theirs).max())
    assert np.abs(ours - sound).mean() > 0.1 * np.abs(sound).mean()  # it is not the inverse of what was applied


def test_inverses_keep_leading_axes():
    rows = stft(torch.from_numpy(noise(5, 2, 3, 4000)))[..., :256, :]
    for points in (510, 512):
        ours = inverse_stft(rows, 4000, points)
        assert tuple(ours.shape) == (2, 3, 4000)
        torch.testing.assert_close(ours[1, 2], inverse_stft(rows[1, 2], 4000, points))


@pytest.mark.parametrize("rows", [255, 257])
def test_an_inverse_refuses_other_rows(rows):
    with pytest.raises(ShapeError, match=rf"^expected 256 rows of a spectrogram, got {rows}\.$"):
        inverse_stft(torch.zeros(rows, 64, dtype=torch.complex64), 10_080, 512)
