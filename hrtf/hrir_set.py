"""A set of head-related impulse responses with its sample rate, its directions and its delays."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrtf.alignment import consistent_onsets
from hrtf.directions import WEIGHT_FLOOR, Floats, Triangulation, angle_between, triangulate, unit_vectors, wrap_azimuth
from hrtf.errors import DirectionError, RateMismatchError, ShapeError
from hrtf.onsets import shifted

MAX_GAP_DEG = 10.0  # further from every measured direction than this, a response would be an invention
Beyond = Literal["refuse", "nearest"]


@dataclass(frozen=True, eq=False)
class HrirSet:
    """Impulse responses of two ears from many directions.

    Attributes:
        name: what to call the set.
        sample_rate: Hz.
        azimuth_deg: ``(directions,)``, counter-clockwise, kept in -180 <= azimuth < 180.
        elevation_deg: ``(directions,)``, -90 ... 90.
        responses: ``(directions, 2, taps)``, left ear first, without ``delays_samples``.
        delays_samples: ``(directions, 2)``, >= 0, fractional: to be added to the responses. Zero where a set keeps its
            interaural delay in the responses.
        licence: under which the set was published; empty if the source does not say.
        citation: what to cite; empty if the source does not say.
        source: file or model the set came from.
        distance_m: of the sources from the centre of the head; None if unknown or infinite.
        sha256: of the file the set came from; empty if there is none.

    Raises:
        ShapeError: if the arrays do not fit each other or hold values that are not finite.
        DirectionError: if an elevation is out of range.
    """

    name: str
    sample_rate: int
    azimuth_deg: Floats
    elevation_deg: Floats
    responses: Floats
    delays_samples: Floats
    licence: str = ""
    citation: str = ""
    source: str = ""
    distance_m: float | None = None
    sha256: str = ""

    def __post_init__(self) -> None:
        """Check the arrays against each other and make them read-only float64."""
        responses = _frozen(self.responses)
        if responses.ndim != 3 or responses.shape[1] != 2 or 0 in responses.shape:
            raise ShapeError(f"{self.name}: responses must be (directions, 2, taps), not {responses.shape}")
        directions = responses.shape[0]
        azimuth, elevation, delays = (
            _frozen(values) for values in (wrap_azimuth(self.azimuth_deg), self.elevation_deg, self.delays_samples)
        )
        if azimuth.shape != (directions,) or elevation.shape != (directions,) or delays.shape != (directions, 2):
            raise ShapeError(
                f"{self.name}: {directions} responses, but azimuths {azimuth.shape}, elevations {elevation.shape} and "
                f"delays {delays.shape}"
            )
        if not (np.isfinite(responses).all() and np.isfinite(delays).all()):
            raise ShapeError(f"{self.name}: responses or delays hold values that are not finite")
        if (delays < 0).any():
            raise ShapeError(f"{self.name}: a delay is negative ({delays.min():g} samples)")
        if self.sample_rate <= 0:
            raise ShapeError(f"{self.name}: a sample rate of {self.sample_rate} Hz")
        values = {"responses": responses, "azimuth_deg": azimuth, "elevation_deg": elevation, "delays_samples": delays}
        for field, value in values.items():
            object.__setattr__(self, field, value)
        _ = self.vectors  # raises on bad angles now, not at first use

    @cached_property
    def vectors(self) -> Floats:
        """Unit vectors ``(directions, 3)``: x front, y left, z up."""
        return unit_vectors(self.azimuth_deg, self.elevation_deg)

    @cached_property
    def onsets_samples(self) -> Floats:
        """Total delay ``(directions, 2)`` in samples: the onset of each response plus its entry in the delays."""
        return consistent_onsets(self.responses, self.delays_samples, self.triangulation, self.sample_rate)

    @cached_property
    def bulk_delay_samples(self) -> float:
        """The delay in samples that all directions share: the mean onset over directions and ears.

        On a sphere around the head this is close to the travel time to the centre of the head, plus whatever the
        measurement left in front of it.
        """
        return float(self.onsets_samples.mean())

    @cached_property
    def triangulation(self) -> Triangulation:
        """The Delaunay triangles of the measured directions."""
        return triangulate(self.vectors)

    def nearest(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> tuple[NDArray[np.intp], Floats]:
        """Index of the nearest measured direction and the angle to it in degrees, both of the shape of the input."""
        wanted = unit_vectors(azimuth_deg, elevation_deg)
        index = np.argmax(wanted @ self.vectors.T, axis=-1)
        return index, angle_between(wanted, self.vectors[index])

    def interpolate(
        self,
        azimuth_deg: ArrayLike,
        elevation_deg: ArrayLike,
        *,
        max_gap_deg: float = MAX_GAP_DEG,
        beyond: Beyond = "refuse",
    ) -> tuple[Floats, Floats]:
        """Responses and delays at any directions, between the measured ones.

        Within a triangle of measured directions the three responses are aligned at their onsets, averaged with the
        barycentric weights, and moved to the average onset: delays and shapes never mix. A measured direction comes
        out as it was measured. A triangle wider than twice ``max_gap_deg`` spans a hole in the grid: there, and outside
        every triangle, the nearest measured response is taken if it is within ``max_gap_deg``.

        Args:
            azimuth_deg: a number or ``(points,)``.
            elevation_deg: a number or ``(points,)``.
            max_gap_deg: how far from a measured direction a point may be.
            beyond: what happens further away: ``"refuse"`` raises, ``"nearest"`` takes the nearest measured response.

        Returns:
            Responses ``(points, 2, taps)`` and the delays ``(points, 2)`` in samples still to be added to them.

        Raises:
            DirectionError: if a point is too far from the measured grid and ``beyond`` is ``"refuse"``.
        """
        wanted = np.atleast_2d(unit_vectors(azimuth_deg, elevation_deg))
        closest = np.argmax(wanted @ self.vectors.T, axis=-1)
        gaps = angle_between(wanted, self.vectors[closest])
        if beyond == "refuse" and (gaps > max_gap_deg + 1e-6).any():
            worst = int(np.argmax(gaps))
            azimuth, elevation = (np.broadcast_to(a, (len(wanted),))[worst] for a in (azimuth_deg, elevation_deg))
            raise DirectionError(
                f"{self.name}: azimuth {azimuth:g}, elevation {elevation:g} deg is {gaps[worst]:.1f} deg from the "
                f"nearest measured direction, more than {max_gap_deg:g}: choose another direction or another set"
            )
        corners, weights = self._weights(wanted, closest, gaps, max_gap_deg)
        return self._mix(corners, weights)

    def impulse_responses(
        self,
        azimuth_deg: ArrayLike,
        elevation_deg: ArrayLike,
        *,
        max_gap_deg: float = MAX_GAP_DEG,
        beyond: Beyond = "refuse",
    ) -> Floats:
        """As :meth:`interpolate`, with the delays put into the responses: ``(points, 2, taps + longest delay)``."""
        shapes, delays = self.interpolate(azimuth_deg, elevation_deg, max_gap_deg=max_gap_deg, beyond=beyond)
        return shifted(shapes, delays, self.total_taps) if self.delays_samples.any() else shapes

    @property
    def total_taps(self) -> int:
        """Length in samples of a response with its delay put into it."""
        return int(self.responses.shape[-1] + np.ceil(self.delays_samples.max()))

    def resampled(self, sample_rate: int) -> "HrirSet":
        """The same set at another rate in Hz (soxr, very high quality), with the same gain at every frequency.

        What lies above the lower of the two Nyquist frequencies is gone. The responses keep their place in time; what
        the new band limit makes them ring before their first sample is cut (-34 dB at worst from 48 to 16 kHz).
        """
        if sample_rate == self.sample_rate:
            return self
        if sample_rate <= 0:
            raise ShapeError(f"{self.name}: cannot resample to {sample_rate} Hz")
        import soxr

        directions, ears, taps = self.responses.shape
        signal = self.responses.reshape(directions * ears, taps)
        converted = np.stack([soxr.resample(row, self.sample_rate, sample_rate, quality="VHQ") for row in signal])
        ratio = sample_rate / self.sample_rate
        return replace(
            self,
            sample_rate=sample_rate,
            responses=converted.reshape(directions, ears, -1) / ratio,  # a filter's gain is the sum of its taps
            delays_samples=self.delays_samples * ratio,
        )

    def provenance(self) -> dict[str, str | int | float | bool | None]:
        """What a result made with this set should say about it."""
        return {
            "head": self.name,
            "head_source": self.source,
            "head_sha256": self.sha256,
            "head_licence": self.licence,
            "head_directions": len(self.azimuth_deg),
        }

    def check_rate(self, sample_rate: int) -> None:
        """Raise RateMismatchError unless a signal at ``sample_rate`` may be convolved with this set."""
        if sample_rate != self.sample_rate:
            raise RateMismatchError(f"HRIR set {self.name}", self.sample_rate, sample_rate)

    def _weights(
        self, wanted: Floats, closest: NDArray[np.intp], gaps: Floats, max_gap_deg: float
    ) -> tuple[NDArray[np.intp], Floats]:
        """Corners ``(points, 3)`` and weights ``(points, 3)``, the nearest direction alone where no triangle is fit."""
        corners, weights = self.triangulation.locate(wanted)
        used = weights > WEIGHT_FLOOR
        vectors = self.triangulation.vectors[corners]
        edges = angle_between(vectors, np.roll(vectors, 1, axis=1))
        edges = np.where(used & np.roll(used, 1, axis=1), edges, 0.0)
        helped = (used & (corners >= len(self.vectors))).any(axis=1)
        fit = used.any(axis=1) & ~helped & (edges.max(axis=1) <= 2.0 * max_gap_deg + 1e-6) & (gaps > 1e-6)
        corners = np.where(fit[:, None] & used, corners, closest[:, None])
        weights = np.where(fit[:, None], np.where(used, weights, 0.0), np.array([1.0, 0.0, 0.0]))
        return corners, weights / weights.sum(axis=1, keepdims=True)

    def _mix(self, corners: NDArray[np.intp], weights: Floats) -> tuple[Floats, Floats]:
        """Average responses aligned at their onsets; delays apart."""
        onsets = self.onsets_samples[corners]  # points, 3, ears
        kept = self.delays_samples[corners]
        mean_onset = np.einsum("pc,pce->pe", weights, onsets)
        mean_delay = np.einsum("pc,pce->pe", weights, kept)
        inside = (onsets - kept) - (mean_onset - mean_delay)[:, None]  # how much later each response is than the mean
        shapes = np.zeros((len(corners), 2, self.responses.shape[-1]))
        for corner in range(3):
            moved = shifted(self.responses[corners[:, corner]], -inside[:, corner])
            shapes += weights[:, corner, None, None] * moved
        alone = weights.max(axis=1) == 1.0
        shapes[alone] = self.responses[corners[alone, np.argmax(weights[alone], axis=1)]]
        return shapes, mean_delay


def _frozen(values: ArrayLike) -> Floats:
    """A read-only float64 copy."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
