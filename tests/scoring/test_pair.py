"""One pair of sounds: files and arrays, normalising, lengths, scores that do not exist."""

import numpy as np
import pytest
import soundfile
import torch

from fairplay_bench.errors import MediaError, PredictionError, ShapeError, UnknownNameError
from fairplay_bench.scoring.pair import fitted, score

from . import reference
from .sounds import noise, room

SAMPLES = 8000


@pytest.fixture
def target():
    return room(1, SAMPLES)


@pytest.fixture
def predicted():
    return room(2, SAMPLES)


def wav(path, ears, rate=16_000):
    soundfile.write(path, ears.T, rate, subtype="FLOAT")
    return path


def test_files_arrays_and_tensors_score_alike(tmp_path, predicted, target):
    paths = wav(tmp_path / "p ö.wav", predicted), wav(tmp_path / "q.wav", target)
    scores = score(*paths)
    assert scores == score(str(paths[0]), str(paths[1]))
    assert scores == score(predicted, target)
    assert scores == score(torch.from_numpy(predicted), target)
    assert scores == score(predicted.astype(np.float64), target)


def test_any_layout_of_an_array_will_do(predicted, target):
    """Reversed, transposed, read-only, big-endian: what numpy users have in hand."""
    swapped = score(predicted[::-1].copy(), target)
    assert score(predicted[::-1], target) == swapped
    assert score(np.ascontiguousarray(predicted.T).T, target) == score(predicted, target)
    predicted.flags.writeable = False
    assert score(predicted, target) == score(predicted.astype(">f4"), target)
    assert score(torch.from_numpy(target.copy()).requires_grad_(), target) == score(target, target)


def test_both_are_divided_by_their_own_joint_peak(predicted, target):
    scores = score(0.01 * predicted, 3 * target)
    unit_p, unit_q = map(reference.peak_normalized, (predicted, target))
    for key in ("stft", "env", "phase", "snr", "wav"):
        assert scores[key] == pytest.approx(reference.METRICS[key](unit_p, unit_q), rel=1e-4)
    assert scores["stft_raw"] == pytest.approx(reference.stft(0.01 * predicted, 3 * target), rel=1e-4)
    assert scores["env_raw"] == pytest.approx(reference.env(0.01 * predicted, 3 * target), rel=1e-4)


def test_the_louder_ear_sets_the_peak_of_both(target):
    """Ears normalised apart would make panning invisible."""
    panned = target * np.array([[1.0], [0.1]], np.float32)
    assert score(panned, target)["env"] > 0.1


def test_normalising_can_be_left_out(predicted, target):
    raw = score(predicted, target, normalize=False)
    assert raw["stft"] == raw["stft_raw"] == pytest.approx(reference.stft(predicted, target), rel=1e-4)
    assert score(predicted, target, "gao2019", normalize=False)["env"] == raw["env_raw"]


@pytest.mark.parametrize("protocol", ["gao2019", "xu2021", "v1"])
def test_silence_can_be_predicted(protocol, target):
    scores = score(np.zeros_like(target), target, protocol)
    assert all(np.isfinite(value) for value in scores.values())


def test_a_silent_target_has_no_level_or_time_difference(predicted):
    scores = score(predicted, np.zeros_like(predicted))
    assert scores["ild"] is scores["itd"] is None
    assert all(np.isfinite(value) for key, value in scores.items() if key not in ("ild", "itd"))


def test_whether_a_target_is_silent_is_asked_before_normalising(predicted):
    """Divided by its peak no target is silent."""
    faint = noise(3, 2, SAMPLES, level=0.9e-4)
    assert score(predicted, faint)["ild"] is None
    assert score(predicted, noise(3, 2, SAMPLES, level=1.2e-4))["ild"] is not None


@pytest.mark.parametrize("change", [-160, -1, 1, 160])
def test_up_to_160_samples_are_cut_or_padded_with_zeros(change, predicted, target):
    if change > 0:
        other = np.concatenate([predicted, noise(4, 2, change)], axis=1)
        fit = predicted
    else:
        other = predicted[:, :change]
        fit = predicted.copy()
        fit[:, change:] = 0
    assert score(other, target) == score(fit, target)


@pytest.mark.parametrize("change", [-161, 161])
def test_more_than_160_samples_are_not(change):
    message = (
        rf"^the prediction has {8000 + change} samples, its target 8000; make it as long, 160 more or less at most"
    )
    with pytest.raises(PredictionError, match=message):
        score(np.ones((2, 8000 + change), np.float32), noise(5, 2, 8000))


def test_fitted_pads_at_the_end():
    torch.testing.assert_close(fitted(torch.ones(2, 3), 5), torch.tensor([[1.0, 1, 1, 0, 0]] * 2))
    torch.testing.assert_close(fitted(torch.arange(6.0).reshape(2, 3), 2), torch.tensor([[0.0, 1], [3, 4]]))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("protocol", ["gao2019", "xu2021", "v1"])
def test_a_score_that_is_not_finite_is_an_error(bad, protocol, predicted, target):
    predicted[1, 17] = bad
    with pytest.raises(PredictionError, match=r"^stft is not finite; look for NaN"):
        score(predicted, target, protocol)


def test_numbers_too_large_for_float32_are_an_error(predicted, target):
    with pytest.raises(PredictionError, match="is not finite"):
        score(1e30 * predicted, target, normalize=False)


@pytest.mark.parametrize(
    ("bad", "got"),
    [
        (np.zeros((1, 800), np.float32), r"\(1, 800\) of float32"),
        (np.zeros((800, 2), np.float32), r"\(800, 2\) of float32"),
        (np.zeros(800, np.float32), r"\(800,\) of float32"),
        (np.zeros((2, 0), np.float32), r"\(2, 0\) of float32"),
        (np.zeros((2, 800), np.int16), r"\(2, 800\) of int16"),
        (torch.zeros(2, 800, dtype=torch.int32), r"\(2, 800\) of torch\.int32"),
        (torch.zeros(3, 2, 800), r"\(3, 2, 800\) of torch\.float32"),
    ],
)
def test_other_arrays_are_refused(bad, got):
    good = noise(6, 2, 800)
    with pytest.raises(ShapeError, match=rf"^predicted: expected \(2, samples\) of floats, got {got}\.$"):
        score(bad, good)
    with pytest.raises(ShapeError, match=rf"^target: expected \(2, samples\) of floats, got {got}\.$"):
        score(good, bad)


def test_other_things_are_refused(target):
    with pytest.raises(ShapeError, match=r"^predicted: expected a path, tensor or array, got a list\.$"):
        score([[0.0], [0.0]], target)


def test_too_short_for_a_spectrogram():
    with pytest.raises(ShapeError, match=r"^expected more than 256 samples for a spectrogram, got 256\.$"):
        score(noise(7, 2, 256), noise(8, 2, 256))


def test_files_must_be_two_ears_at_16_khz(tmp_path, target):
    with pytest.raises(ShapeError, match=r"one\.wav: 1 channel\(s\), expected two ears, left first\.$"):
        score(wav(tmp_path / "one.wav", target[:1]), target)
    with pytest.raises(ShapeError, match=r"fast\.wav: at 48000 Hz, expected 16000 Hz; resample it first\.$"):
        score(target, wav(tmp_path / "fast.wav", target, 48_000))


def test_files_that_cannot_be_read(tmp_path, target):
    with pytest.raises(MediaError, match=r"none\.wav: missing"):
        score(tmp_path / "none.wav", target)
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(MediaError, match=r"text\.wav: not a sound file"):
        score(tmp_path / "text.wav", target)
    target[0, 5] = np.nan
    with pytest.raises(MediaError, match=r"nan\.wav: NaN or infinite from sample 5"):
        score(wav(tmp_path / "nan.wav", target), target)


def test_an_unknown_protocol_comes_with_the_known_ones(target):
    with pytest.raises(
        UnknownNameError, match=r"unknown protocol 'gao2018'. Did you mean 'gao2019'\? Known: gao2019, "
    ):
        score(target, target, "gao2018")


def test_ears_are_not_exchanged_on_the_way(tmp_path):
    """Left is first in files and arrays alike, and the first channel of a WAV is left."""
    left = np.stack([noise(9, 800), np.zeros(800, np.float32)])
    path = wav(tmp_path / "left.wav", left)
    assert score(path, left)["env"] == 0
    assert score(path, left[::-1])["env"] > 0.1
