"""What an HRIR set is, in figures: for a table on the screen or a JSON object."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hrtf.directions import Floats
from hrtf.hrir_set import HrirSet
from hrtf.interaural import ild_db, itd_s


@dataclass(frozen=True, slots=True)
class Description:
    """The figures of a set.

    Attributes:
        name: of the set.
        source: file and convention, or model.
        sample_rate: Hz.
        directions: measured.
        taps: of a response.
        elevation_deg: lowest and highest.
        distance_m: of the sources; None if unknown or infinite.
        bulk_delay_ms: shared by all directions.
        delays_apart: whether the set keeps delays beside its responses.
        left_ild_db: level of the left ear over the right one for the measured direction nearest to the left, 0.2-8 kHz.
        left_itd_us: how much earlier the left ear is there, by cross-correlation, 100-1500 Hz.
        left_azimuth_deg: azimuth of that direction.
        left_elevation_deg: its elevation.
        sha256: of the file; empty without one.
        licence: as the source says.
        citation: as the source says.
    """

    name: str
    source: str
    sample_rate: int
    directions: int
    taps: int
    elevation_deg: tuple[float, float]
    distance_m: float | None
    bulk_delay_ms: float
    delays_apart: bool
    left_ild_db: float
    left_itd_us: float
    left_azimuth_deg: float
    left_elevation_deg: float
    sha256: str
    licence: str
    citation: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def describe(hrirs: HrirSet) -> Description:
    """Measure and collect the figures of a set."""
    index = int(hrirs.nearest(90.0, 0.0)[0])
    ears = measured_responses(hrirs, np.array([index]))
    return Description(
        name=hrirs.name,
        source=hrirs.source,
        sample_rate=hrirs.sample_rate,
        directions=len(hrirs.azimuth_deg),
        taps=hrirs.responses.shape[-1],
        elevation_deg=(float(hrirs.elevation_deg.min()), float(hrirs.elevation_deg.max())),
        distance_m=hrirs.distance_m,
        bulk_delay_ms=1000 * hrirs.bulk_delay_samples / hrirs.sample_rate,
        delays_apart=bool(hrirs.delays_samples.any()),
        left_ild_db=float(ild_db(ears, hrirs.sample_rate)[0]),
        left_itd_us=float(1e6 * itd_s(ears, hrirs.sample_rate)[0]),
        left_azimuth_deg=float(hrirs.azimuth_deg[index]),
        left_elevation_deg=float(hrirs.elevation_deg[index]),
        sha256=hrirs.sha256,
        licence=hrirs.licence,
        citation=hrirs.citation,
    )


def measured_responses(hrirs: HrirSet, indices: np.ndarray[Any, np.dtype[np.intp]]) -> Floats:
    """Responses ``(indices, 2, taps)`` of measured directions, with their delays put into them."""
    return hrirs.impulse_responses(hrirs.azimuth_deg[indices], hrirs.elevation_deg[indices])
