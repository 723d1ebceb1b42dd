"""Scores of one pair of sounds."""

import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fairplay_bench.dsp.level import peak_normalized
from fairplay_bench.errors import PredictionError, ShapeError
from fairplay_bench.media.audio import Sound, read_sound
from fairplay_bench.records import DEFAULT_PROTOCOL, SAMPLE_RATE, Protocol, named_protocol
from fairplay_bench.scoring.metrics import METRICS

LENGTH_TOLERANCE = 160  # samples, 10 ms: what codecs and framing add or drop
EARS = 2

Scores = dict[str, float | None]
SoundLike = str | os.PathLike[str] | Tensor | np.ndarray


def score(predicted: SoundLike, target: SoundLike, protocol: str = DEFAULT_PROTOCOL, normalize: bool = True) -> Scores:
    """Score a prediction against its target.

    Args:
        predicted: path of a WAV, or ``(2, samples)`` at 16 kHz, left ear first.
        target: the same for the recorded ears.
        protocol: which metrics, and whether they are peak-normalised.
        normalize: False leaves both signals as they are.

    Returns:
        A score for each metric of the protocol; None where the target has no such score.

    Raises:
        UnknownNameError: if there is no such protocol.
        ShapeError: if either is not two ears at 16 kHz.
        MediaError: if a file cannot be read.
        PredictionError: if the lengths differ by more than 160 samples, or a score is not finite.
    """
    chosen = named_protocol(protocol)
    ears = [_ears(sound, name) for sound, name in ((predicted, "predicted"), (target, "target"))]
    return score_ears(fitted(ears[0], ears[1].shape[-1]), ears[1], chosen, normalize)


def score_ears(predicted: Tensor, target: Tensor, chosen: Protocol, normalize: bool = True) -> Scores:
    """Score two ears against two ears of the same length.

    Args:
        predicted: ``(2, samples)``, 16 kHz, left ear first.
        target: same shape.
        chosen: the protocol.
        normalize: False leaves the signals as they are whatever the protocol says.

    Returns:
        A score for each metric of the protocol; None where it is undefined.

    Raises:
        PredictionError: if a score is not finite.
        ShapeError: if the shapes do not fit, or the sound is too short for a spectrogram.
    """
    pair = (predicted, target)
    level = tuple(map(peak_normalized, pair)) if normalize and chosen.normalize else pair
    scores: Scores = {}
    for key in chosen.metrics:
        metric = METRICS[key]
        value = float(metric.function(*(pair if metric.raw else level)))
        if metric.may_be_undefined and np.isnan(value) and predicted.isfinite().all():
            scores[key] = None
            continue
        if not np.isfinite(value):
            raise PredictionError(f"{key} is not finite; look for NaN, infinite or huge values in the prediction.")
        scores[key] = value
    return scores


def fitted(predicted: Tensor, samples: int, name: str = "the prediction", tolerance: int = LENGTH_TOLERANCE) -> Tensor:
    """Cut or zero-pad a prediction to the target's length.

    Args:
        predicted: ``(channels, samples)``.
        samples: the length wanted.
        name: of the prediction, for the message.
        tolerance: by how many samples the length may be off.

    Returns:
        ``(channels, samples)``.

    Raises:
        PredictionError: if the length is further off.
    """
    surplus = predicted.shape[-1] - samples
    if abs(surplus) > tolerance:
        raise PredictionError(
            f"{name} has {predicted.shape[-1]} samples, its target {samples}; "
            f"make it as long, {tolerance} more or less at most."
        )
    return torch.nn.functional.pad(predicted, (0, -surplus))


def _ears(sound: SoundLike, name: str) -> Tensor:
    if isinstance(sound, str | os.PathLike):
        return ears_of(read_sound(Path(sound)), str(sound))
    if not isinstance(sound, Tensor | np.ndarray):
        raise ShapeError(f"{name}: expected a path, tensor or array, got a {type(sound).__name__}.")
    floating = sound.is_floating_point() if isinstance(sound, Tensor) else sound.dtype.kind == "f"
    if sound.ndim != 2 or sound.shape[0] != EARS or not sound.shape[1] or not floating:
        raise ShapeError(f"{name}: expected (2, samples) of floats, got {tuple(sound.shape)} of {sound.dtype}.")
    if isinstance(sound, Tensor):
        return sound.detach().cpu().float()
    return torch.from_numpy(np.array(sound, dtype=np.float32))  # a copy, since torch takes no reversed arrays


def ears_of(sound: Sound, name: str) -> Tensor:
    """Return a sound as ``(2, samples)``.

    Raises:
        ShapeError: if it has not two channels or is not at 16 kHz.
    """
    if sound.channels != EARS:
        raise ShapeError(f"{name}: {sound.channels} channel(s), expected two ears, left first.")
    if sound.rate != SAMPLE_RATE:
        raise ShapeError(f"{name}: at {sound.rate} Hz, expected {SAMPLE_RATE} Hz; resample it first.")
    return torch.from_numpy(sound.samples.T.copy())
