r"""Ambisonics: real spherical harmonics, encoding, channel orders and weights, and turning the field.

The harmonics are real, without the Condon-Shortley phase. In ACN order channel :math:`n^2 + n + m` carries degree n and
index m; negative m goes with the sine of the azimuth. With SN3D weights

.. math:: Y_n^m = \sqrt{(2 - \delta_{m0}) \frac{(n-|m|)!}{(n+|m|)!}} P_n^{|m|}(\sin\theta)
          \begin{cases} \cos m\varphi & m \ge 0 \\ \sin |m|\varphi & m < 0 \end{cases}

and N3D is larger by :math:`\sqrt{2n+1}` (Zotter and Frank, Ambisonics, 2019). FuMa order is W X Y Z R S T U V K L M N O
P Q, with weights that make the peak of every channel 1 but that of W, :math:`1/\sqrt2` (Malham, 2003); it ends at
degree 3.
"""

from dataclasses import dataclass
from math import factorial, isqrt, sqrt
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import lpmv, sindg

from hrtf.directions import Floats, wrap_azimuth
from hrtf.errors import AmbisonicsError, ShapeError

Ordering = Literal["acn", "fuma"]
Norm = Literal["sn3d", "n3d", "fuma"]

MAX_ORDER = 4
FUMA_MAX_ORDER = 3
FUMA_TO_ACN = (0, 3, 1, 2, 6, 7, 5, 8, 4, 12, 13, 11, 14, 10, 15, 9)
FUMA_OVER_SN3D = {  # by degree and |m|
    (0, 0): 1 / sqrt(2),
    (1, 0): 1.0,
    (1, 1): 1.0,
    (2, 0): 1.0,
    (2, 1): 2 / sqrt(3),
    (2, 2): 2 / sqrt(3),
    (3, 0): 1.0,
    (3, 1): sqrt(45 / 32),
    (3, 2): 3 / sqrt(5),
    (3, 3): sqrt(8 / 5),
}


@dataclass(frozen=True, slots=True)
class AmbisonicFormat:
    """Channel order and weights of an ambisonic signal, each on its own."""

    ordering: Ordering = "acn"
    norm: Norm = "sn3d"

    def __post_init__(self) -> None:
        """Refuse words that are not in the tables."""
        if self.ordering not in get_args(Ordering):
            raise AmbisonicsError(f"unknown channel order {self.ordering!r}: one of {', '.join(get_args(Ordering))}")
        if self.norm not in get_args(Norm):
            raise AmbisonicsError(f"unknown weights {self.norm!r}: one of {', '.join(get_args(Norm))}")


AMBIX = AmbisonicFormat("acn", "sn3d")
FUMA = AmbisonicFormat("fuma", "fuma")


def format_of(ordering: Ordering | None = None, norm: Norm | None = None) -> AmbisonicFormat:
    """The format a user means who names an order, weights, both or neither.

    Neither is ACN with SN3D. FuMa order and FuMa weights come together: each implies the other.

    Raises:
        AmbisonicsError: if one of them is FuMa and the other is not; no recording is made so.
    """
    if ordering is None:
        ordering = "fuma" if norm == "fuma" else "acn"
    if norm is None:
        norm = "fuma" if ordering == "fuma" else "sn3d"
    chosen = AmbisonicFormat(ordering, norm)
    if (chosen.ordering == "fuma") != (chosen.norm == "fuma"):
        raise AmbisonicsError(
            f"channel order {ordering} contradicts {norm} weights: FuMa order goes with FuMa weights, "
            "ACN with SN3D or N3D"
        )
    return chosen


def channel_count(order: int) -> int:
    """Channels of a full-sphere signal of an order."""
    return (order + 1) ** 2


def order_of(channels: int) -> int:
    """The ambisonic order of a full-sphere signal with so many channels.

    Raises:
        AmbisonicsError: if the number is not 1, 4, 9, 16 or 25.
    """
    order = isqrt(max(channels, 1)) - 1
    if channel_count(order) != channels or order > MAX_ORDER:
        counts = ", ".join(str(channel_count(known)) for known in range(MAX_ORDER + 1))
        raise AmbisonicsError(f"{channels} channels are no full-sphere ambisonics: there are {counts} channels")
    return order


def degrees_and_indices(order: int) -> list[tuple[int, int]]:
    """Degree n and index m of every channel in ACN order."""
    return [(n, m) for n in range(order + 1) for m in range(-n, n + 1)]


def spherical_harmonics(order: int, azimuth_deg: ArrayLike, elevation_deg: ArrayLike, norm: Norm = "sn3d") -> Floats:
    """Real spherical harmonics in ACN order.

    Args:
        order: 0 ... 4.
        azimuth_deg: any shape; counter-clockwise.
        elevation_deg: broadcasts with the azimuth.
        norm: the weights.

    Returns:
        ``(..., (order + 1)**2)``.

    Raises:
        AmbisonicsError: if the order is out of range, or over 3 with FuMa weights.
    """
    if not 0 <= order <= MAX_ORDER:
        raise AmbisonicsError(f"ambisonic order {order}: it must be 0 ... {MAX_ORDER}")
    azimuth, elevation = np.broadcast_arrays(
        np.radians(wrap_azimuth(azimuth_deg)), np.asarray(elevation_deg, dtype=np.float64)
    )
    height = sindg(elevation)
    channels = []
    for n, m in degrees_and_indices(order):
        k = abs(m)
        weight = sqrt((2 - (k == 0)) * factorial(n - k) / factorial(n + k)) * (-1) ** k  # lpmv has the phase
        turn = np.sin(k * azimuth) if m < 0 else np.cos(k * azimuth)
        channels.append(weight * lpmv(k, n, height) * turn)
    return np.stack(channels, axis=-1) * norm_weights(order, norm)


def norm_weights(order: int, norm: Norm) -> Floats:
    """What turns SN3D channels ``((order + 1)**2,)`` in ACN order into other weights.

    Raises:
        AmbisonicsError: with FuMa weights over order 3.
    """
    pairs = degrees_and_indices(order)
    if norm == "n3d":
        return np.array([sqrt(2 * n + 1) for n, _ in pairs])
    if norm == "sn3d":
        return np.ones(len(pairs))
    if order > FUMA_MAX_ORDER:
        raise AmbisonicsError(f"FuMa is defined up to order {FUMA_MAX_ORDER}, not {order}")
    return np.array([FUMA_OVER_SN3D[n, abs(m)] for n, m in pairs])


def convert(signals: ArrayLike, source: AmbisonicFormat, target: AmbisonicFormat) -> Floats:
    """Change the channel order and the weights of an ambisonic signal.

    Args:
        signals: ``(channels, ...)``.
        source: the format it has.
        target: the format it gets.

    Returns:
        An array of the same shape.

    Raises:
        AmbisonicsError: if the number of channels is not that of a full sphere, or over 16 with FuMa.
    """
    array = np.asarray(signals, dtype=np.float64)
    order = order_of(len(array))
    gains = norm_weights(order, target.norm) / norm_weights(order, source.norm)
    if "fuma" in (source.ordering, target.ordering) and order > FUMA_MAX_ORDER:
        raise AmbisonicsError(f"FuMa is defined up to order {FUMA_MAX_ORDER}, not {order}")
    places = np.array(FUMA_TO_ACN[: len(array)]) if order <= FUMA_MAX_ORDER else np.arange(len(array))
    acn = array if source.ordering == "acn" else array[np.argsort(places)]
    weighted = acn * gains.reshape(-1, *[1] * (array.ndim - 1))
    return weighted if target.ordering == "acn" else weighted[places]


def encode(
    sound: ArrayLike, azimuth_deg: ArrayLike, elevation_deg: ArrayLike, order: int, norm: Norm = "sn3d"
) -> Floats:
    """A mono sound as a plane wave.

    Args:
        sound: ``(samples,)``.
        azimuth_deg: one number, or one a sample for a source that moves.
        elevation_deg: likewise.
        order: 0 ... 4.
        norm: the weights.

    Returns:
        ``((order + 1)**2, samples)`` in ACN order.

    Raises:
        ShapeError: if the sound is not one channel, or the directions do not fit it.
    """
    samples = np.asarray(sound, dtype=np.float64)
    if samples.ndim != 1:
        raise ShapeError(f"a sound to encode must be (samples,), not {samples.shape}")
    gains = spherical_harmonics(order, azimuth_deg, elevation_deg, norm)
    if gains.ndim not in (1, 2) or (gains.ndim == 2 and len(gains) != len(samples)):
        raise ShapeError(f"directions {gains.shape[:-1]} for {len(samples)} samples: give one, or one a sample")
    return np.ascontiguousarray((samples[:, None] * gains).T)


def rotate_yaw(signals: ArrayLike, angle_deg: float) -> Floats:
    """Turn the sound field counter-clockwise about the vertical axis: what was in front comes to ``angle_deg``.

    Args:
        signals: ``(channels, ...)`` in ACN order; all weights here are alike for m and -m, so any will do.
        angle_deg: degrees.

    Returns:
        An array of the same shape.
    """
    array = np.asarray(signals, dtype=np.float64)
    turned = array.copy()
    for channel, (_, m) in enumerate(degrees_and_indices(order_of(len(array)))):
        if m > 0:
            cosine, sine = np.cos(np.radians(m * angle_deg)), np.sin(np.radians(m * angle_deg))
            mirrored = channel - 2 * m
            turned[channel] = cosine * array[channel] - sine * array[mirrored]
            turned[mirrored] = sine * array[channel] + cosine * array[mirrored]
    return turned
