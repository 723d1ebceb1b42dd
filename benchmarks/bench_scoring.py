"""Scoring a pair of 10 s clips: ours against a plain librosa and scipy version of the same five metrics, one core."""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import librosa
import numpy as np
import scipy.signal
import torch
from timing import one_core, seconds

from fairplay_bench.records import XU2021
from fairplay_bench.scoring.pair import score_ears

SAMPLES = 160_000


def spectrogram(signal: np.ndarray) -> np.ndarray:
    """Spectrogram as the released scripts make it, padded by reflection."""
    return librosa.stft(signal, n_fft=512, hop_length=160, win_length=400, center=True, pad_mode="reflect")


def plain(predicted: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """The five metrics of the protocol xu2021, one after another, ear by ear."""
    predicted, target = (ears / max(np.abs(ears).max(), 1e-20) for ears in (predicted, target))
    stft = sum(
        np.mean(np.abs(spectrogram(p) - spectrogram(q)) ** 2) / 2 for p, q in zip(predicted, target, strict=True)
    )
    mag = sum(np.mean(np.abs(spectrogram(p) - spectrogram(q)) ** 2) for p, q in zip(predicted, target, strict=True))
    envelope = [
        np.abs(scipy.signal.hilbert(p)) - np.abs(scipy.signal.hilbert(q))
        for p, q in zip(predicted, target, strict=True)
    ]
    angles = [np.angle(spectrogram(ears[0] - ears[1])) for ears in (predicted, target)]
    turn = np.abs(angles[0] - angles[1])
    noise = np.mean((predicted - target) ** 2) + 1e-4
    return {
        "stft": float(stft),
        "env": float(sum(np.sqrt(np.mean(e**2)) for e in envelope)),
        "mag": float(mag),
        "phase": float(np.minimum(turn, 2 * np.pi - turn).mean()),
        "snr": float(10 * np.log10((np.mean(target**2) + 1e-4) / noise)),
    }


def main() -> None:
    """Print the ratio and the largest relative difference of the numbers."""
    one_core()
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    target = rng.normal(size=(2, SAMPLES)).astype(np.float32)
    predicted = (target + 0.5 * rng.normal(size=target.shape)).astype(np.float32)
    pair = torch.from_numpy(predicted), torch.from_numpy(target)
    ours, theirs = score_ears(*pair, XU2021), plain(predicted, target)
    difference = max(abs(ours[key] / theirs[key] - 1) for key in theirs)
    fast, slow = seconds(lambda: score_ears(*pair, XU2021), lambda: plain(predicted, target))
    print(f"scoring a pair of 10 s: ours {fast:.3f} s, plain {slow:.3f} s: {slow / fast:.2f} times as fast")
    print(f"largest relative difference of the five numbers: {difference:.1e}")


if __name__ == "__main__":
    main()
