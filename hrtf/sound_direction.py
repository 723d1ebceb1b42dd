"""Where the sound of an ambisonic recording comes from, a frame at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hrtf.ambisonics import degrees_and_indices, order_of, spherical_harmonics
from hrtf.directions import Floats, angles_of, unit_vectors
from hrtf.errors import AmbisonicsError, ShapeError


@dataclass(frozen=True, slots=True)
class SoundDirection:
    """Where the sound comes from, a frame at a time.

    Attributes:
        azimuth_deg: ``(frames,)``.
        elevation_deg: ``(frames,)``.
        concentration: ``(frames,)``, 0 (from everywhere, or silence) to 1 (a single plane wave).
        energy: ``(frames,)``, the energy density ``(W² + X² + Y² + Z²) / 2`` of SN3D channels; the mean square of W
            for a single plane wave.
    """

    azimuth_deg: Floats
    elevation_deg: Floats
    concentration: Floats
    energy: Floats


def intensity_direction(signals: ArrayLike, frame_samples: int) -> SoundDirection:
    """Direction against the active intensity, from the first-order channels.

    The intensity of a frame is the mean of W times (X, Y, Z), here with the sign that points to the source. Its length
    over the energy density is the concentration (Merimaa and Pulkki, "Spatial impulse response rendering I", JAES
    53(12), 2005).

    Args:
        signals: ``(channels, samples)``, ACN and SN3D, order 1 to 4.
        frame_samples: length of a frame; an incomplete last one is left out.

    Raises:
        AmbisonicsError: if the channels are not those of such an order.
        ShapeError: if the signal is shorter than a frame.
    """
    frames = _frames(signals, frame_samples)
    w, y, z, x = frames[:4]
    intensity = np.stack([(w * axis).mean(axis=-1) for axis in (x, y, z)], axis=-1)
    energy = _energy_density(frames)
    return _direction(intensity, energy, energy)


def energy_direction(signals: ArrayLike, frame_samples: int) -> SoundDirection:
    """Direction of the energy vector: the mean direction of beams of all directions, weighted with their power.

    The beams are those of projection, as narrow as the signal's order allows (Gerzon's energy vector, of the steered
    response). At first order it agrees with the intensity; higher orders are less drawn to the middle between two
    sources. The length is taken relative to that of one plane wave, N / (N + 1) at order N.

    Args:
        signals: ``(channels, samples)``, ACN and SN3D, order 1 to 4.
        frame_samples: length of a frame; an incomplete last one is left out.

    Raises:
        AmbisonicsError: if the channels are not those of such an order.
        ShapeError: if the signal is shorter than a frame.
    """
    frames = _frames(signals, frame_samples)
    order = order_of(len(frames))
    covariance = np.einsum("cfs,dfs->fcd", frames, frames) / frame_samples
    azimuth, elevation, area = _quadrature(2 * order + 1)
    degrees = np.array([n for n, _ in degrees_and_indices(order)])
    beams = spherical_harmonics(order, azimuth, elevation) * (2 * degrees + 1)
    power = np.einsum("pc,fcd,pd->fp", beams, covariance, beams) * area
    vectors = power @ unit_vectors(azimuth, elevation)
    return _direction(vectors * (order + 1) / order, power.sum(axis=1), _energy_density(frames))


def _frames(signals: ArrayLike, frame_samples: int) -> Floats:
    """The signal cut into ``(channels, frames, frame_samples)``."""
    array = np.asarray(signals, dtype=np.float64)
    if array.ndim != 2:
        raise ShapeError(f"an ambisonic signal must be (channels, samples), not {array.shape}")
    if order_of(len(array)) < 1:
        raise AmbisonicsError("one channel has no direction: at least first order, 4 channels, is needed")
    count = array.shape[1] // frame_samples if frame_samples > 0 else 0
    if count == 0:
        raise ShapeError(f"{array.shape[1]} samples hold no frame of {frame_samples}")
    return array[:, : count * frame_samples].reshape(len(array), count, frame_samples)


def _energy_density(frames: Floats) -> Floats:
    """Energy density ``(frames,)``: half the mean squares of W, X, Y and Z."""
    return np.asarray(np.square(frames[:4]).mean(axis=-1).sum(axis=0) / 2)


def _direction(vectors: Floats, totals: Floats, energy: Floats) -> SoundDirection:
    """Angles of the vectors ``(frames, 3)`` and their lengths over the totals ``(frames,)``."""
    azimuth_deg, elevation_deg = angles_of(vectors)
    lengths = np.linalg.norm(vectors, axis=-1)
    concentration = np.divide(lengths, totals, out=np.zeros_like(lengths), where=totals > 0)
    return SoundDirection(azimuth_deg, elevation_deg, concentration, energy)


def _quadrature(degree: int) -> tuple[Floats, Floats, Floats]:
    """Azimuths, elevations and areas (fractions of the sphere) that integrate harmonics up to a degree exactly."""
    heights, weights = np.polynomial.legendre.leggauss(degree // 2 + 1)
    turns = np.arange(degree + 1) * 360.0 / (degree + 1)
    azimuth = np.tile(turns, len(heights))
    elevation = np.repeat(np.degrees(np.arcsin(heights)), len(turns))
    return azimuth, elevation, np.repeat(weights, len(turns)) / 2 / len(turns)
