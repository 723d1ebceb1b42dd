"""First-order sounds to score, and the published definitions of the metrics written again, with loops."""

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from scipy.signal import hilbert

RATE, CHUNK = 48_000, 4800
AZIMUTHS, ELEVATIONS = np.arange(-180, 180, 30), np.arange(-90, 91, 30)


def plane_wave(azimuth_deg, elevation_deg=0.0, seconds=2.0, seed=0, level=0.1):
    """W, Y, Z, X of noise from a direction: ``(4, samples)``, float64."""
    sound = level * np.random.default_rng(seed).normal(size=round(seconds * RATE))
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    gains = [1, np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)]
    return torch.from_numpy(np.outer(gains, sound))


def noise(seed, seconds=2.0, level=0.1):
    """Four independent channels."""
    return torch.from_numpy(level * np.random.default_rng(seed).normal(size=(4, round(seconds * RATE))))


def cut(field, every=1):
    """Chunks of 0.1 s of a field, ``(4, 4800)`` each, as arrays."""
    whole = field.shape[1] // CHUNK
    return [np.asarray(field)[:, k * CHUNK : (k + 1) * CHUNK] for k in range(0, whole, every)]


def stft_by_parseval(predicted, target):
    """The mean over all bins of |FFT|² is the energy of the windowed frame; the window is written out."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    energies = []
    for p, q in zip(cut(predicted), cut(target), strict=True):
        for channel in (1, 2, 3):
            for start in (0, 1024, 2048):
                frame = (p[channel] - q[channel])[start : start + 2048] * window
                energies.append(np.sum(frame**2))
    return np.mean(energies)


def envelope_by_scipy(predicted, target):
    distances = [
        np.sqrt(np.mean((np.abs(hilbert(p[channel])) - np.abs(hilbert(q[channel]))) ** 2))
        for p, q in zip(cut(predicted), cut(target), strict=True)
        for channel in (1, 2, 3)
    ]
    return np.mean(distances)


def map_by_listening(chunk):
    """RMS in each direction, by making its signal; rows of elevation from below."""
    w, y, z, x = chunk
    rows = []
    for elevation in np.radians(ELEVATIONS):
        for azimuth in np.radians(AZIMUTHS):
            level = np.cos(elevation)
            signal = w + y * level * np.sin(azimuth) + z * np.sin(elevation) + x * level * np.cos(azimuth)
            rows.append(np.sqrt(np.mean(signal**2)))
    return np.array(rows)


def angles_by_haversine():
    """Angle between each two of the 84 directions, radians."""
    elevation, azimuth = (part.ravel() for part in np.meshgrid(*map(np.radians, (ELEVATIONS, AZIMUTHS)), indexing="ij"))
    half = np.sin((elevation[:, None] - elevation) / 2) ** 2
    half += np.cos(elevation[:, None]) * np.cos(elevation) * np.sin((azimuth[:, None] - azimuth) / 2) ** 2
    return 2 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def emd_by_assignment(first, second, unit):
    """Maps of whole multiples of a unit: every unit is assigned one; those one map has more go at the cost of π."""
    cost = angles_by_haversine()
    piles = [np.repeat(np.arange(84), np.round(one / unit).astype(int)) for one in (first, second)]
    more, less = sorted(piles, key=len, reverse=True)
    table = np.full((len(more), len(more)), np.pi)
    table[:, : len(less)] = cost[np.ix_(more, less)]
    return unit * table[linear_sum_assignment(table)].sum()
