r"""The analytic head: a rigid sphere with two opposite points for ears.

Duda and Martens, "Range dependence of the response of a spherical head model", JASA 104(5), 1998, equations A9 and A10.
With :math:`\mu = \omega a / c`, the angle :math:`\theta` between source and ear, and :math:`h_m` the outgoing spherical
Hankel function, the pressure at the ear over that at the place of the head's centre without the head is

.. math:: H = -\frac{i}{\mu^2} \sum_m i^m (2m+1) \frac{P_m(\cos\theta)}{h'_m(\mu)}

for a plane wave, and for a point source at :math:`\rho` radii

.. math:: H = -\frac{\rho}{\mu} e^{i \mu \rho} \sum_m (2m+1) P_m(\cos\theta) \frac{h_m(\mu\rho)}{h'_m(\mu)} .

Times grow as :math:`e^{i \omega t}`, so :math:`h_m` is of the second kind, the conjugate of what the paper uses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft
from scipy.special import eval_legendre

from hrtf.directions import Floats, unit_vectors
from hrtf.errors import ShapeError
from hrtf.hrir_set import HrirSet

SPEED_OF_SOUND_M_S = 343.0
HEAD_RADIUS_M = 0.0875
BULK_DELAY_S = 0.0015  # when a wave would reach the centre of the head; room for the nearer ear and for ringing
ROLL_OFF = 0.9  # of the Nyquist frequency; above it the response fades to zero, so that it ends within its taps
GRID_STEP_DEG = 5

Complexes = NDArray[np.complex128]


def bulk_delay_samples(sample_rate: int) -> int:
    """When, in whole samples, a wave reaches the centre of the head in every response of this module."""
    return round(BULK_DELAY_S * sample_rate)


def spherical_head_responses(
    azimuth_deg: ArrayLike,
    elevation_deg: ArrayLike,
    *,
    sample_rate: int,
    n_taps: int = 256,
    head_radius_m: float = HEAD_RADIUS_M,
    distance_m: float | None = None,
) -> Floats:
    """Impulse responses of the two ears of a rigid sphere, without any interpolation.

    The interaural delay is in the responses. All share one bulk delay: sample ``bulk_delay_samples(sample_rate)`` is
    when the wave would reach the centre of the head. Mirroring a direction about the median plane swaps the ears
    exactly. Ears lie at azimuths of +90 and -90 degrees. The top tenth of the band fades to zero.

    Args:
        azimuth_deg: ``(directions,)`` or a number; counter-clockwise, left is +90.
        elevation_deg: ``(directions,)`` or a number; -90 ... 90.
        sample_rate: Hz.
        n_taps: length in samples; at least 4 ms of it are needed.
        head_radius_m: of the sphere.
        distance_m: of a point source from the centre of the head; None is a plane wave. The free-field level and
            travel time to the centre are divided out.

    Returns:
        ``(directions, 2, n_taps)``, left first.

    Raises:
        ShapeError: if the taps are too few, or the source lies within 1.05 radii.
        DirectionError: if a direction is not one.
    """
    if n_taps < 0.004 * sample_rate:
        raise ShapeError(f"{n_taps} taps at {sample_rate} Hz are under 4 ms: take at least {int(0.004 * sample_rate)}")
    if head_radius_m <= 0 or head_radius_m > 0.2:
        raise ShapeError(f"a head radius of {head_radius_m:g} m: it must lie between 0 and 0.2")
    if distance_m is not None and distance_m < 1.05 * head_radius_m:
        raise ShapeError(f"a source at {distance_m:g} m lies inside 1.05 head radii of {head_radius_m:g} m")
    toward_left = np.atleast_1d(unit_vectors(azimuth_deg, elevation_deg)[..., 1])
    cosines = np.stack([toward_left, -toward_left], axis=1)  # the left ear lies on +y
    unique, place = np.unique(cosines, return_inverse=True)
    responses = _responses(unique, sample_rate, n_taps, head_radius_m, distance_m)
    return responses[place.reshape(cosines.shape)]


def spherical_head(
    sample_rate: int = 48000,
    *,
    n_taps: int | None = None,
    head_radius_m: float = HEAD_RADIUS_M,
    distance_m: float | None = None,
) -> HrirSet:
    """The spherical head as a set on a grid of 5 degrees, poles included (2,522 directions).

    Args:
        sample_rate: Hz.
        n_taps: length in samples; 256 at 48 kHz and in proportion elsewhere, if not given.
        head_radius_m: of the sphere.
        distance_m: of the sources; None is a plane wave.

    Raises:
        ShapeError: as :func:`spherical_head_responses`.
    """
    taps = n_taps if n_taps is not None else max(64, round(256 * sample_rate / 48000))
    elevations = np.arange(-90 + GRID_STEP_DEG, 90, GRID_STEP_DEG, dtype=np.float64)
    azimuths = np.arange(-180, 180, GRID_STEP_DEG, dtype=np.float64)
    azimuth_deg = np.concatenate([[0.0], np.tile(azimuths, len(elevations)), [0.0]])
    elevation_deg = np.concatenate([[-90.0], np.repeat(elevations, len(azimuths)), [90.0]])
    responses = spherical_head_responses(
        azimuth_deg,
        elevation_deg,
        sample_rate=sample_rate,
        n_taps=taps,
        head_radius_m=head_radius_m,
        distance_m=distance_m,
    )
    return HrirSet(
        name="spherical-head",
        sample_rate=sample_rate,
        azimuth_deg=azimuth_deg,
        elevation_deg=elevation_deg,
        responses=responses,
        delays_samples=np.zeros((len(azimuth_deg), 2)),
        licence="public domain (a formula)",
        citation="Duda and Martens, Range dependence of the response of a spherical head model, JASA 104(5), 1998",
        source=f"rigid sphere, radius {head_radius_m:g} m, "
        + ("plane waves" if distance_m is None else f"sources at {distance_m:g} m"),
        distance_m=distance_m,
    )


def _responses(
    cosines: Floats, sample_rate: int, n_taps: int, head_radius_m: float, distance_m: float | None
) -> Floats:
    """Impulse responses ``(angles, n_taps)`` at an ear, for the cosines of the angles of incidence."""
    points = fft.next_fast_len(4 * n_taps, real=True)
    frequency_hz = fft.rfftfreq(points, 1 / sample_rate)
    mu = 2 * np.pi * frequency_hz[1:] * head_radius_m / SPEED_OF_SOUND_M_S
    if distance_m is None:
        series, at_zero = _plane_wave_series(mu), np.array([1.0])
    else:
        series, at_zero = _point_source_series(mu, distance_m / head_radius_m)
    legendre = eval_legendre(np.arange(len(series)), cosines[:, None])
    spectra = np.concatenate([legendre[:, : len(at_zero)] @ at_zero[:, None], legendre @ series], axis=1)
    nyquist_hz = sample_rate / 2
    fade = np.clip((frequency_hz / nyquist_hz - ROLL_OFF) / (1 - ROLL_OFF), 0.0, 1.0)
    delay = np.exp(-2j * np.pi * frequency_hz * bulk_delay_samples(sample_rate) / sample_rate)
    taps: Floats = fft.irfft(spectra * delay * (0.5 + 0.5 * np.cos(np.pi * fade)), points)[:, :n_taps]
    return taps


def _hankel_ratios(argument: Floats, orders: int) -> Complexes:
    """Ratios ``h_m / h_(m-1)`` of the second kind, ``(orders + 1, arguments)``, row 0 unused.

    The upward recurrence is stable for them, and the ratios never overflow where the functions do.
    """
    ratios = np.zeros((orders + 1, len(argument)), dtype=np.complex128)
    ratios[1] = 1j + 1 / argument
    for m in range(1, orders):
        ratios[m + 1] = (2 * m + 1) / argument - 1 / ratios[m]
    return ratios


def _log_derivatives(mu: Floats, ratios: Complexes) -> Complexes:
    """``h'_m / h_m`` for every order, from ``h'_m = h_(m-1) - (m + 1) / mu * h_m`` and ``h'_0 = -h_1``."""
    order = np.arange(1, len(ratios))[:, None]
    return np.concatenate([-ratios[1:2], 1 / ratios[1:] - (order + 1) / mu])


def _plane_wave_series(mu: Floats) -> Complexes:
    """Coefficients ``(orders, frequencies)`` of the Legendre polynomials for a plane wave."""
    orders = int(np.ceil(mu.max() * 1.1)) + 40
    ratios = _hankel_ratios(mu, orders)
    inverse_hankel = np.cumprod(np.concatenate([mu[None] / (1j * np.exp(-1j * mu)), 1 / ratios[1:]]), axis=0)
    m = np.arange(orders + 1)[:, None]
    series: Complexes = (-1j / mu**2) * 1j**m * (2 * m + 1) * inverse_hankel / _log_derivatives(mu, ratios)
    return series


def _point_source_series(mu: Floats, rho: float) -> tuple[Complexes, Floats]:
    """The same for a point source at ``rho`` radii, and the limit ``(orders,)`` at zero frequency."""
    orders = max(int(np.ceil(mu.max() * 1.1)) + 40, int(np.ceil(36 / np.log(rho))))  # rho^-36/ln(rho) is 2e-16
    near, far = _hankel_ratios(mu, orders), _hankel_ratios(mu * rho, orders)
    start = np.exp(-1j * mu * (rho - 1)) / rho  # h_0(mu rho) / h_0(mu)
    quotient = np.cumprod(np.concatenate([start[None], far[1:] / near[1:]]), axis=0)
    m = np.arange(orders + 1)[:, None]
    series = -(rho / mu) * np.exp(1j * mu * rho) * (2 * m + 1) * quotient / _log_derivatives(mu, near)
    order = np.arange(orders + 1)
    return series, (2 * order + 1) / (order + 1) * rho ** -order.astype(np.float64)
