"""Windowed prediction: batches, pictures encoded once, overlaps averaged, streams of any length."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fairplay_bench.dsp.windows import WINDOW_SAMPLES, overlap_add, window_starts
from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.models import side_by_side, windowed
from fairplay_bench.models.interface import Frames, MonoClip
from fairplay_bench.models.window_stream import stream_windows
from fairplay_bench.models.windowed import WindowedBinauralizer, clip_windows, ears_of_difference, picture_moment_s
from fairplay_bench.records import GAO2019, SAMPLE_RATE, V1, XU2021, ModelCard
from fairplay_bench.scoring.clips import mono_clip


class NumberedFrames(Frames):
    """A picture tells its number; counts how often it was asked for."""

    def _image(self, number):
        return np.full((4, 8, 3), number, np.uint8)


class Echo:
    """Difference: the sum times the number of the picture (0.01 each), squashed so that levels matter."""

    device = torch.device("cpu")

    def __init__(self, sees=True):
        self.picture_size = (4, 8) if sees else None
        self.encoded = []
        self.batches = []

    def ready(self, *_):
        return self

    def encode(self, pictures):
        self.encoded += pictures[:, 0, 0, 0].tolist()
        return pictures[:, :1, 0, 0].float()

    def ears(self, sums, seen, _inverse_n_fft):
        self.batches.append(len(sums))
        return ears_of_difference(sums, torch.tanh(sums) * (1 if seen is None else 0.01 * seen))


def method(sees=True):
    network = Echo(sees)
    return WindowedBinauralizer(network, ModelCard("echo")), network


def ears_of(samples, seed=0):
    return 0.1 * torch.randn(2, samples, generator=torch.Generator().manual_seed(seed))


def frames(samples):
    return NumberedFrames(Path(), max(1, round(10 * samples / SAMPLE_RATE)))


@pytest.mark.parametrize("protocol", [V1, XU2021, GAO2019], ids=lambda protocol: protocol.name)
def test_agrees_with_one_window_after_another(protocol):
    ears = ears_of(30_011)
    clip = mono_clip("x", ears, frames(30_011), protocol)
    starts = window_starts(30_011, round(protocol.hop_s * SAMPLE_RATE))
    pieces = []
    for start in starts:
        gain = 0.1 / max(1e-4, clip.level(start, start + WINDOW_SAMPLES))
        number = clip.frames.number_at((start + WINDOW_SAMPLES / 2) / SAMPLE_RATE)
        pieces.append(torch.tanh(2 * clip.mono[start : start + WINDOW_SAMPLES] * gain) * 0.01 * number / gain)
    difference = overlap_add(pieces, starts, 30_011)
    expected = torch.stack([clip.mono + difference / 2, clip.mono - difference / 2])
    torch.testing.assert_close(method()[0].binauralize(clip), expected, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(("batch", "threads", "share"), [(8, 1, 8), (8, 2, 4), (7, 2, 4), (3, 3, 1), (1, 2, 1)])
def test_each_picture_is_encoded_once_and_windows_come_in_batches(monkeypatch, batch, threads, share):
    monkeypatch.setattr(windowed, "threads_at_once", lambda _device: threads)
    monkeypatch.setattr(side_by_side, "threads_at_once", lambda _device: threads)
    one, network = method()
    one.configure(batch=batch)
    one.binauralize(mono_clip("x", ears_of(48_000), frames(48_000), V1))
    assert sorted(network.encoded) == list(range(4, 28))
    windows = len(window_starts(48_000, 800))
    assert sorted(network.batches, reverse=True) == [share] * (windows // share) + [windows % share] * (
        windows % share > 0
    )


def test_a_picture_that_many_batches_share_is_encoded_once():
    one, network = method()
    one.configure(batch=4)
    one.binauralize(mono_clip("x", ears_of(48_000), NumberedFrames(Path(), 1), V1))
    assert network.encoded == [1]


@settings(max_examples=15, deadline=None)
@given(
    samples=st.integers(1, 40_000),
    cuts=st.lists(st.integers(1, 40_000), max_size=5),
    protocol=st.sampled_from([V1, XU2021, GAO2019]),
)
def test_a_stream_gives_what_the_whole_clip_gives_however_it_is_cut(samples, cuts, protocol):
    ears = ears_of(samples, samples)
    given_ears = ears if protocol.oracle_level else ears.mean(dim=0, keepdim=True)
    blocks = np.split(given_ears.T.numpy(), sorted(cut for cut in cuts if cut < samples))
    streamed = torch.cat(list(method()[0].stream(stream_windows(blocks, protocol), frames(samples), protocol)), dim=1)
    whole = method()[0].binauralize(mono_clip("x", ears, frames(samples), protocol))
    assert streamed.shape == (2, samples)
    torch.testing.assert_close(streamed, whole, atol=1e-6, rtol=1e-4)


def test_sound_leaves_before_all_of_it_has_come():
    asked = 0

    def blocks():
        nonlocal asked
        for _ in range(100):
            asked += 1
            yield np.zeros((1600, 1), np.float32)

    stream = method(sees=False)[0].stream(stream_windows(blocks(), V1), None, V1)
    assert sum(next(stream).shape[1] for _ in range(5)) > 0
    assert asked < 40


def test_a_clip_shorter_than_a_window_is_padded_and_cut_back():
    clip = MonoClip("x", torch.full((500,), 0.1), SAMPLE_RATE, frames(500))
    (window,) = clip_windows(clip)
    assert window.samples == 500
    assert window.mono[500:].abs().max() == 0
    assert window.level == pytest.approx(0.2 * (500 / WINDOW_SAMPLES) ** 0.5)
    assert method()[0].binauralize(clip).shape == (2, 500)


def test_the_picture_of_a_window_is_that_of_its_centre_and_of_a_short_one_half_a_window_before_its_end():
    assert picture_moment_s(0, WINDOW_SAMPLES, SAMPLE_RATE) == pytest.approx(0.315)
    assert picture_moment_s(0, 8000, SAMPLE_RATE) == pytest.approx(0.5 - 0.315)


def test_swapping_the_ears_of_a_target_with_the_same_mono_changes_nothing():
    ears = ears_of(20_000)
    answers = [
        method()[0].binauralize(mono_clip("x", target, frames(20_000), V1)) for target in (ears, ears.flip(dims=(0,)))
    ]
    assert torch.equal(*answers)


def test_ears_that_do_not_add_up_to_the_sum_are_averaged_as_they_are():
    one, network = method(sees=False)
    network.ears = lambda sums, _seen, _n: torch.stack([sums**2, torch.ones_like(sums)], dim=1)
    clip = mono_clip("x", ears_of(WINDOW_SAMPLES + 400), frames(WINDOW_SAMPLES + 400), V1)
    gains = [0.1 / clip.level(start, start + WINDOW_SAMPLES) for start in (0, 400)]
    heard = one.binauralize(clip)
    torch.testing.assert_close(heard[0, :400], (2 * clip.mono[:400]) ** 2 * gains[0])
    torch.testing.assert_close(heard[0, 400:-400], (2 * clip.mono[400:-400]) ** 2 * sum(gains) / 2)
    torch.testing.assert_close(heard[1, 400:-400], torch.full_like(heard[1, 400:-400], sum(1 / g for g in gains) / 2))


def test_refusals():
    one, _ = method()
    with pytest.raises(UnknownNameError, match="unknown precision 'fp8'"):
        one.configure(precision="fp8")
    with pytest.raises(OptionError, match="at least one window"):
        one.configure(batch=0)
    with pytest.raises(OptionError, match="looks at pictures"):
        list(one.stream(stream_windows([np.zeros((20_000, 1), np.float32)], V1), None, V1))
    with pytest.raises(OptionError, match="level from the true ears"):
        list(stream_windows([np.zeros((20_000, 1), np.float32)], GAO2019))
    with pytest.raises(OptionError, match="--device nonsense"):
        WindowedBinauralizer(Echo(), ModelCard("echo"), "nonsense")


def test_inference_mode_does_not_leak_out_of_a_stream():
    stream = method(sees=False)[0].stream(stream_windows([np.zeros((30_000, 1), np.float32)], V1), None, V1)
    next(stream)
    assert not torch.is_inference_mode_enabled()
    stream.close()
