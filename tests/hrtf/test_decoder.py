"""Running a decoder: whole signals, blocks of any length, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from hrtf.decoder import Decoder, StreamDecoder, decode, decode_blocks
from hrtf.errors import AmbisonicsError, DecoderError, RateMismatchError, ShapeError

RATE = 48000


def decoder(taps=300, channels=4, seed=0):
    rng = np.random.default_rng(seed)
    return Decoder("toy/1", RATE, rng.standard_normal((2, channels, taps)) * 0.98 ** np.arange(taps), 0.0)


def noise(samples, channels=4, seed=1):
    return np.random.default_rng(seed).standard_normal((channels, samples))


def reference(field, toy):
    """One convolution a channel and ear, over the whole signal."""
    return np.stack([sum(signal.fftconvolve(x, h) for x, h in zip(field, ear, strict=True)) for ear in toy.responses])


@pytest.mark.parametrize("samples", [1, 100, 7893, 7894, 20000])
def test_whole_signals_against_one_long_transform(samples):
    field, toy = noise(samples), decoder()
    np.testing.assert_allclose(decode(field, toy, RATE), reference(field, toy)[:, :samples], atol=1e-10)


@given(st.lists(st.integers(0, 700), min_size=1, max_size=8), st.sampled_from([400, 512, 1000]))
@settings(max_examples=40, deadline=None)
def test_blocks_of_any_length_give_the_same(lengths, fft_points):
    field, toy = noise(sum(lengths)), decoder()
    stream = StreamDecoder(toy, RATE, fft_points)
    blocks = np.split(field, np.cumsum(lengths)[:-1], axis=1)
    out = [stream.process(block) for block in blocks]
    assert [block.shape[1] for block in out] == lengths
    whole = np.concatenate([*out, stream.flush()], axis=1)
    expected = reference(field, toy) if field.shape[1] else np.zeros((2, 299))
    np.testing.assert_allclose(whole, expected, atol=1e-10)


def test_after_a_flush_it_starts_anew():
    stream = StreamDecoder(decoder(), RATE)
    stream.process(noise(500))
    stream.flush()
    np.testing.assert_array_equal(stream.process(np.zeros((4, 100))), np.zeros((2, 100)))


def test_iterating_over_blocks_is_lazy():
    def source():
        yield noise(100)
        raise RuntimeError("the second block was asked for")

    out = decode_blocks(source(), decoder(), RATE)
    assert next(out).shape == (2, 100)
    with pytest.raises(RuntimeError, match="second block"):
        next(out)


def test_single_precision_input():
    field, toy = noise(1000), decoder()
    np.testing.assert_allclose(decode(field.astype(np.float32), toy, RATE), decode(field, toy, RATE), atol=1e-4)


def test_higher_orders_are_truncated():
    field, toy = noise(400, channels=9), decoder()
    np.testing.assert_array_equal(decode(field, toy, RATE), decode(field[:4], toy, RATE))


def test_one_tap_and_one_channel():
    toy = Decoder("w", RATE, np.array([[[2.0]], [[3.0]]]), 0.0)
    np.testing.assert_allclose(decode(noise(10, 1), toy, RATE), noise(10, 1) * [[2.0], [3.0]], atol=1e-12)


def test_plane_wave_is_what_decoding_a_pulse_gives():
    toy = decoder()
    gains = np.array([1.0, 0.5, -0.2, 0.1])
    pulse = np.zeros((4, 300))
    pulse[:, 0] = gains
    np.testing.assert_allclose(toy.plane_wave(gains), decode(pulse, toy, RATE), atol=1e-12)


@pytest.mark.parametrize("channels", [1, 2, 3, 5, 6])
def test_channels_that_do_not_fit(channels):
    error = DecoderError if channels == 1 else AmbisonicsError
    with pytest.raises(error, match=f"{channels} channels|order 0 \\(1\\)"):
        decode(noise(10, channels), decoder(), RATE)


def test_refusals():
    with pytest.raises(RateMismatchError, match="decoder toy/1 is at 48000 Hz but the signal at 44100"):
        decode(noise(10), decoder(), 44100)
    with pytest.raises(RateMismatchError):
        next(decode_blocks([noise(10)], decoder(), 16000))
    with pytest.raises(ShapeError, match=r"\(channels, samples\)"):
        decode(np.zeros(10), decoder(), RATE)
    with pytest.raises(ShapeError, match="not finite"):
        decode(np.full((4, 10), np.nan), decoder(), RATE)
    with pytest.raises(DecoderError, match="no longer than the 300 taps"):
        StreamDecoder(decoder(), RATE, 256)


@pytest.mark.parametrize(
    ("responses", "match"),
    [(np.zeros((3, 4, 8)), r"\(2, channels, taps\)"), (np.full((2, 4, 8), np.inf), "not finite")],
)
def test_responses_that_are_none(responses, match):
    with pytest.raises(ShapeError, match=match):
        Decoder("x", RATE, responses, 0.0)


def test_responses_of_five_channels():
    with pytest.raises(AmbisonicsError, match="5 channels"):
        Decoder("x", RATE, np.zeros((2, 5, 8)), 0.0)
