r"""Where the energy of an ambisonic signal comes from: the power of beams steered over the sphere.

A beam towards a direction weights the channels so that a plane wave from the angle :math:`\theta` away is heard with
:math:`\sum_n w_n (2n + 1) P_n(\cos\theta)`, its peak brought to 1. With max-rE weights w it is as narrow as the order
allows without strong lobes elsewhere: at first order half the amplitude is reached 78° away, and what comes from behind
is 11.5 dB softer (Zotter and Frank, Ambisonics, 2019). Its power in every direction follows from the covariance of
the channels alone.
"""

import numpy as np
from numpy.typing import ArrayLike

from hrtf.ambisonics import degrees_and_indices, order_of, spherical_harmonics
from hrtf.directions import Floats
from hrtf.errors import ShapeError
from hrtf.virtual_speakers import max_re_weights


def covariances(signals: ArrayLike, frame_samples: int) -> Floats:
    """Mean products of each two channels, frame by frame.

    Args:
        signals: ``(channels, samples)``, ACN and SN3D.
        frame_samples: length of a frame; an incomplete last one is left out.

    Returns:
        ``(frames, channels, channels)``.

    Raises:
        AmbisonicsError: if the channels are not those of an order.
        ShapeError: if the signal is shorter than a frame.
    """
    array = np.asarray(signals, dtype=np.float64)
    order_of(len(array))
    count = array.shape[-1] // frame_samples
    if not count:
        raise ShapeError(f"{array.shape[-1]} samples are less than a frame of {frame_samples}")
    frames = array[:, : count * frame_samples].reshape(len(array), count, frame_samples)
    return np.asarray(np.einsum("cfs,dfs->fcd", frames, frames) / frame_samples)


def beam_power(covariance: ArrayLike, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> Floats:
    """Power that beams in some directions hear.

    Args:
        covariance: ``(..., channels, channels)`` of ACN and SN3D channels, as :func:`covariances` gives it.
        azimuth_deg: of the beams, any shape; counter-clockwise.
        elevation_deg: broadcasts with the azimuth.

    Returns:
        ``(..., *directions)``: of a plane wave its mean square where it comes from.

    Raises:
        AmbisonicsError: if the channels are not those of an order.
    """
    array = np.asarray(covariance, dtype=np.float64)
    order = order_of(array.shape[-1])
    degrees = np.array([n for n, _ in degrees_and_indices(order)])
    weights = max_re_weights(order)[degrees] * (2 * degrees + 1)
    peak = sum(max_re_weights(order)[n] * (2 * n + 1) for n in range(order + 1))
    gains = spherical_harmonics(order, azimuth_deg, elevation_deg) * weights / peak
    flat = gains.reshape(-1, gains.shape[-1])
    power = np.einsum("gc,...cd,gd->...g", flat, array, flat, optimize=True)
    return np.maximum(power, 0.0).reshape(*array.shape[:-2], *gains.shape[:-1])
