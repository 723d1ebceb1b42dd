"""``ild``: do the ears differ in level as they should?

Interaural level differences in third octaves from 250 Hz to 6.3 kHz, frame by frame, where the target has energy.
"""

import torch
from torch import Tensor

from fairplay_bench.dsp.stft import BINS, N_FFT, stft
from fairplay_bench.records import SAMPLE_RATE
from fairplay_bench.scoring.ears import check_two_ears

BANDS = range(-6, 9)  # centres 1000 · 2^(k/3) Hz
COUNTED_DB = 40.0  # below the loudest band-frame of the target
FLOOR = 1e-6  # of the loudest band-frame, added to every energy
LIMIT_DB = 40.0
SILENT_RMS = 1e-4  # a target below it has no level difference


def ild_error(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error of the interaural level difference.

    Band-frames count whose target energy, both ears together, lies within 40 dB of the loudest one over all bands.
    To each target energy 1e-6 of that maximum is added, to each predicted energy 1e-6 of the prediction's own. Level
    differences are clipped to ±40 dB. A prediction that is silent where the target counts errs by 40 dB there. Does
    not depend on the level of either signal.

    Args:
        predicted: ``(2, samples)``, left ear first, 16 kHz.
        target: same shape as ``predicted``.

    Returns:
        ``()``, dB; NaN where it is undefined, for a target with an RMS below 1e-4.

    Raises:
        ShapeError: if the shapes differ, are not ``(2, samples)``, or there are 256 samples or fewer.
    """
    check_two_ears(predicted, target)
    if target.square().mean().sqrt() < SILENT_RMS:
        return target.new_tensor(float("nan"))
    p, q = band_energies(predicted), band_energies(target)
    error = (level_difference(p) - level_difference(q)).abs()
    error[(p == 0).all(dim=0)] = LIMIT_DB
    return error[counted_bands(q)].mean()


def band_energies(ears: Tensor) -> Tensor:
    """Energy in third octaves.

    Args:
        ears: ``(2, samples)``, 16 kHz.

    Returns:
        ``(2, 15, frames)``.
    """
    power = stft(ears).abs().square()
    frequency = torch.arange(BINS) * SAMPLE_RATE / N_FFT
    centres = 1000 * 2 ** (torch.tensor(list(BANDS), dtype=torch.float64) / 3)
    inside = (frequency >= centres[:, None] * 2 ** (-1 / 6)) & (frequency < centres[:, None] * 2 ** (1 / 6))
    return inside.to(power.dtype) @ power


def counted_bands(energies: Tensor) -> Tensor:
    """Band-frames within 40 dB of the loudest one, both ears together.

    Args:
        energies: of the target, ``(2, bands, frames)``.

    Returns:
        ``(bands, frames)``, True where they count.
    """
    both = energies.sum(dim=0)
    return both >= both.max() * 10 ** (-COUNTED_DB / 10)


def level_difference(energies: Tensor) -> Tensor:
    """Level of the left ear over that of the right, with the floor and the limit of the metric.

    Args:
        energies: ``(2, bands, frames)``.

    Returns:
        ``(bands, frames)``, dB, within ±40; positive where the left ear is louder.
    """
    left, right = energies + FLOOR * energies.sum(dim=0).max()
    return (10 * (left / right).log10()).clamp(-LIMIT_DB, LIMIT_DB)
