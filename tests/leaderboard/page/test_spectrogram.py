"""The spectrograms that the listening page computes, against NumPy."""

import numpy as np
import pytest

TRANSFORM = """async ([re, im]) => {
    const { transform } = await import("/spectrogram.mjs");
    const [x, y] = [Float64Array.from(re), Float64Array.from(im)];
    transform(x, y);
    return [[...x], [...y]];
}"""
TONE = """async ([frequency, rate, columns]) => {
    const { spectrogram } = await import("/spectrogram.mjs");
    const tone = Float32Array.from({ length: rate }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / rate));
    const { levels, rows, loudest } = spectrogram(tone, rate, columns);
    return [[...levels], rows, loudest];
}"""


@pytest.mark.parametrize("size", [2, 8, 256])
def test_the_transform_is_numpys(modules, size):
    rng = np.random.default_rng(size)
    given = rng.normal(size=(2, size))
    re, im = modules.evaluate(TRANSFORM, given.tolist())
    np.testing.assert_allclose(np.array(re) + 1j * np.array(im), np.fft.fft(given[0] + 1j * given[1]), atol=1e-12)


@pytest.mark.parametrize("frequency", [440, 1000, 5000])
def test_a_tone_is_loudest_at_its_frequency_all_the_time(modules, frequency):
    rate, columns = 48_000, 10
    levels, rows, loudest = modules.evaluate(TONE, [frequency, rate, columns])
    levels = np.array(levels).reshape(columns, rows)
    size = 2048  # the power of two from 25 ms
    assert rows == int(np.ceil(8000 * size / rate))
    assert (np.abs(levels.argmax(axis=1) * rate / size - frequency) <= rate / size).all()
    assert loudest == levels.max()
    away = np.abs(np.arange(rows) * rate / size - frequency) > 500
    assert levels[1:-1, away].max() < loudest - 60
