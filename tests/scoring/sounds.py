"""Pairs of sounds, predicted and target, whose relation is known; ``(2, samples)``, float32, 16 kHz."""

import numpy as np

RATE = 16_000


def noise(seed, *shape, level=0.1):
    return (level * np.random.default_rng(seed).normal(size=shape)).astype(np.float32)


def delayed(seed, delay_samples, samples=8000, level=0.1):
    """Noise that reaches the left ear ``delay_samples`` (any real number) earlier than the right."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=samples))
    shift = np.exp(-2j * np.pi * np.fft.rfftfreq(samples) * delay_samples)
    ears = np.stack([np.fft.irfft(spectrum, samples), np.fft.irfft(spectrum * shift, samples)])
    return (level * ears).astype(np.float32)


def panned(seed, left_db, samples=8000, level=0.05):
    """The same noise in both ears, ``left_db`` louder in the left one."""
    mono = np.random.default_rng(seed).normal(size=samples)
    return (level * np.stack([mono * 10 ** (left_db / 20), mono])).astype(np.float32)


def tone(frequency_hz, left=0.3, right=0.3, delay_samples=0.0, samples=8000):
    """A tone, and 80 dB below it noise, so that the angles of no bin are those of rounding."""
    phase = 2 * np.pi * frequency_hz * (np.arange(samples) - np.array([[0.0], [delay_samples]])) / RATE
    return (np.array([[left], [right]]) * np.sin(phase)).astype(np.float32) + noise(99, 2, samples, level=3e-5)


def one_sided(ears, silent_ear=1):
    ears = ears.copy()
    ears[silent_ear] = 0
    return ears


def faded(ears):
    """The second half 30 dB lower, the last eighth silent."""
    ears = ears.copy()
    samples = ears.shape[1]
    ears[:, samples // 2 :] *= 10 ** (-30 / 20)
    ears[:, -samples // 8 :] = 0
    return ears


def room(seed, samples=8000):
    """One source that moves across, and something of its own in each ear."""
    ears = delayed(seed, 7.3, samples)
    ears[:, samples // 2 :] = delayed(seed, -4.6, samples)[:, samples // 2 :]
    return (ears * np.array([[1.4], [0.8]]) + noise(seed + 1, 2, samples, level=0.03)).astype(np.float32)


def echoed(seed, gain, lag, samples=16_000):
    """Noise with an echo in the right ear alone, so that two lags compete."""
    ears = delayed(seed, 0, samples)
    ears[1] += gain * np.roll(ears[1], lag)
    return ears


def doubled(ears):
    return np.repeat(ears.mean(axis=0, keepdims=True), 2, axis=0)


PAIRS = {
    "noise": (noise(1, 2, 8000), noise(2, 2, 8000)),
    "odd length": (noise(3, 2, 7999), noise(4, 2, 7999)),
    "mono of a room": (doubled(room(5)), room(5)),
    "a room for another": (room(7), room(5)),
    "faint prediction": (1e-4 * room(8), room(9)),
    "faded target": (room(10), faded(room(11))),
    "faded prediction": (faded(room(12)), room(13)),
    "integer delays": (delayed(14, 3), delayed(14, -9)),
    "fractional delays": (delayed(15, 2.4), delayed(15, 10.7)),
    "beyond any head": (delayed(16, 0), delayed(16, 25)),
    "levels": (panned(17, 3), panned(18, -11)),
    "levels beyond the limit": (panned(19, -60), panned(20, 60)),
    "an echo": (delayed(42, 2, 16_000), echoed(43, 0.8, 13)),
    "a fainter echo": (delayed(44, 2, 16_000), echoed(45, 0.6, -11)),
    "a tone far above": (delayed(46, 1), delayed(47, -2, level=0.01) + tone(2600, 0.4, 0.4, 2)),
    "one tone": (tone(440, 0.1, 0.3, -5), tone(440, 0.3, 0.2, 3)),
    "a tone of ambiguous delay": (tone(1000, delay_samples=2), tone(1000, delay_samples=-3)),
    "a tone outside every band": (tone(7500), tone(7500, left=0.1)),
    "opposed ears": (tone(440, 0.3, -0.3), room(21)),
    "left alone predicted": (one_sided(room(22), 1), room(22)),
    "right alone predicted": (one_sided(room(23), 0), room(23)),
    "one-sided target": (room(24), one_sided(room(24))),
    "silence predicted": (np.zeros((2, 8000), np.float32), room(25)),
    "silent target": (room(26), np.zeros((2, 8000), np.float32)),
    "both silent": (np.zeros((2, 3000), np.float32), np.zeros((2, 3000), np.float32)),
    "a target too faint": (room(27), noise(28, 2, 8000, level=0.9e-4)),
    "a target just loud enough": (room(29), noise(30, 2, 8000, level=1.1e-4)),
    "constant": (np.full((2, 4000), 0.2, np.float32), room(31, 4000)),
    "just a spectrogram": (noise(32, 2, 257), noise(33, 2, 257)),
    "shorter than a window of itd": (room(34, 799), room(35, 799)),
    "just a window of itd": (delayed(36, 1, 800), delayed(36, 4, 800)),
    "shorter than two windows of itd": (delayed(37, 1, 1199), delayed(37, 4, 1199)),
    "ten seconds": (room(38, 160_000), room(39, 160_000)),
    "equal": (room(40), room(40)),
    "swapped ears": (room(41)[::-1].copy(), room(41)),
}
