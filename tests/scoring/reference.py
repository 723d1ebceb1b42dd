"""Every metric once more, written from the protocols with numpy, scipy and librosa alone, slowly and in float64."""

import librosa
import numpy as np
import scipy.signal


def spectrogram(sound, pad_mode="reflect"):
    padded = np.pad(np.asarray(sound, np.float64), 256, mode=pad_mode)
    return librosa.stft(padded, n_fft=512, hop_length=160, win_length=400, center=False)


def stft(p, q):
    total = 0.0
    for ear in (0, 1):
        difference = spectrogram(p[ear]) - spectrogram(q[ear])
        total += np.mean(np.stack([difference.real, difference.imag]) ** 2)
    return total


def mag(p, q):
    return sum(np.mean(np.abs(spectrogram(p[ear]) - spectrogram(q[ear])) ** 2) for ear in (0, 1))


def env(p, q):
    envelopes = [np.abs(scipy.signal.hilbert(np.asarray(ears, np.float64), axis=-1)) for ears in (p, q)]
    return sum(np.sqrt(np.mean((envelopes[0][ear] - envelopes[1][ear]) ** 2)) for ear in (0, 1))


def phase(p, q, pad_mode="reflect"):
    angles = []
    for ears in (p, q):
        # the difference signal is one of float32, as what is compared is
        rows = spectrogram((ears[0] - ears[1]).astype(np.float32), pad_mode)
        angles.append(np.where(rows == 0, 0.0, np.angle(rows)))
    return np.mean(np.abs(np.angle(np.exp(1j * (angles[0] - angles[1])))))


def snr(p, q):
    p, q = np.asarray(p, np.float64), np.asarray(q, np.float64)
    return 10 * np.log10((np.mean(q**2) + 1e-4) / (np.mean((p - q) ** 2) + 1e-4))


def wav(p, q):
    return 1000 * sum(np.mean((np.float64(p[ear]) - np.float64(q[ear])) ** 2) for ear in (0, 1))


def rms(ears):
    return np.sqrt(np.mean(np.float64(ears) ** 2))


def bands(ears):
    """Energy of ear, band, frame."""
    power = [np.abs(spectrogram(ear)) ** 2 for ear in ears]
    rows = []
    for k in range(-6, 9):
        centre = 1000 * 2 ** (k / 3)
        inside = [b for b in range(257) if centre * 2 ** (-1 / 6) <= b * 31.25 < centre * 2 ** (1 / 6)]
        rows.append([sum(ear[b] for b in inside) for ear in power])
    return np.array(rows).transpose(1, 0, 2)


def ild(p, q):
    if rms(q) < 1e-4:
        return np.nan
    predicted, target = bands(p), bands(q)
    loudest, own = target.sum(0).max(), predicted.sum(0).max()
    errors = []
    for band in range(15):
        for frame in range(target.shape[2]):
            left, right = target[:, band, frame]
            if 10 * np.log10((left + right) / loudest + 1e-300) < -40:
                continue
            if not predicted[:, band, frame].any():
                errors.append(40.0)
                continue
            wanted = level_difference(left + 1e-6 * loudest, right + 1e-6 * loudest)
            got = level_difference(*(predicted[:, band, frame] + 1e-6 * own))
            errors.append(abs(got - wanted))
    return np.mean(errors)


def level_difference(left, right):
    return min(40.0, max(-40.0, 10 * np.log10(left / right)))


def itd_windows(ears):
    """Of each window the energies of the ears, and the correlation by lag, -17 to 17."""
    sections = scipy.signal.butter(4, [100, 1500], "bandpass", fs=16000, output="sos")
    left, right = scipy.signal.sosfiltfilt(sections, np.asarray(ears, np.float64))
    found = []
    for start in range(0, len(left) - 800 + 1, 400):
        a, b = left[start : start + 800], right[start : start + 800]
        full = np.correlate(b, a, "full")  # index 799 + lag: sum of a[n] b[n + lag]
        found.append((np.sum(a**2), np.sum(b**2), {lag: full[799 + lag] for lag in range(-17, 18)}))
    return found


def best_lag(correlation):
    return max(range(-16, 17), key=lambda lag: (correlation[lag], -abs(lag)))


def delay_us(correlation):
    lag = best_lag(correlation)
    before, at, after = correlation[lag - 1], correlation[lag], correlation[lag + 1]
    curvature = before - 2 * at + after
    offset = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
    return (lag + min(0.5, max(-0.5, offset))) / 16000 * 1e6


def second_peak(correlation, first):
    peaks = [
        correlation[lag]
        for lag in range(-16, 17)
        if abs(lag - first) > 2 and correlation[lag] >= max(correlation[lag - 1], correlation[lag + 1])
    ]
    return max(peaks, default=-np.inf)


def itd(p, q):
    if rms(q) < 1e-4 or q.shape[1] < 800:
        return np.nan
    predicted, target = itd_windows(p), itd_windows(q)
    loudest = max(left + right for left, right, _ in target)
    own = max(left + right for left, right, _ in predicted)
    errors = []
    for (p_left, p_right, p_correlation), (left, right, correlation) in zip(predicted, target, strict=True):
        first = best_lag(correlation)
        peak = correlation[first]
        if left + right < 1e-4 * loudest or peak <= 0 or peak < 0.6 * np.sqrt(left * right):
            continue
        if second_peak(correlation, first) > 0.8 * peak:
            continue
        absent = min(p_left, p_right) <= 1e-12 * own
        errors.append(1000.0 if absent else abs(delay_us(p_correlation) - delay_us(correlation)))
    return np.mean(errors) if errors else np.nan


def peak_normalized(ears):
    return ears / max(np.abs(ears).max(), 1e-20)


METRICS = {"stft": stft, "env": env, "mag": mag, "phase": phase, "snr": snr, "wav": wav, "ild": ild, "itd": itd}
