"""Reading a SOFA file as an HRIR set: positions become directions, the ears get their order, the delays stay apart.

What a file says about itself is believed where it can be; where its parts contradict each other the measurement
decides, and a :class:`SofaWarning` says so. AES69-2022 defines the format.
"""

import hashlib
import re
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hrtf.directions import Floats, unit_vectors
from hrtf.ears import declared_left, left_ear
from hrtf.errors import SofaError
from hrtf.hrir_set import HrirSet
from hrtf.sofa_contents import SofaContents
from hrtf.sofa_positions import one_a_direction, receiver_positions, source_directions
from hrtf.sofa_process import contents_of


class SofaWarning(UserWarning):
    """A SOFA file contradicts itself or the convention; the message says what was believed."""


def read_sofa(path: str | Path, time_limit_s: float | None = None) -> HrirSet:
    """Read a SOFA file of the convention SimpleFreeFieldHRIR, any version.

    Args:
        path: of the file, whatever its suffix.
        time_limit_s: of the processor, for reading it; a damaged file can take forever. 20 s and more for large files
            if not given.

    Returns:
        The set, left ear first. ``Data.Delay`` is in ``delays_samples``.

    Raises:
        ConventionError: if the file holds anything but free-field HRIRs; its convention is named.
        SofaError: if it is damaged or cannot be understood. One line.

    Warns:
        SofaWarning: for everything odd that could be settled, in one line.
    """
    path = Path(path)
    contents = contents_of(path, time_limit_s)
    remarks = list(contents.remarks)
    try:
        hrirs = _as_set(contents, path, remarks)
    except SofaError as error:
        raise type(error)(f"{path}: {error}") from error
    if remarks:
        warnings.warn(f"{path}: {'; '.join(dict.fromkeys(remarks))}", SofaWarning, stacklevel=2)
    return hrirs


def _as_set(contents: SofaContents, path: Path, remarks: list[str]) -> HrirSet:
    """Make a set of the contents; what had to be settled is added to the remarks."""
    responses = contents.arrays["Data.IR"]
    if responses.ndim != 3 or 0 in responses.shape:
        raise SofaError(f"Data.IR is {responses.shape}, expected (measurements, receivers, samples)")
    if responses.shape[1] != 2:
        raise SofaError(f"{responses.shape[1]} receivers; a head has two ears")
    if not contents.texts.get("RoomType", "free field").lower().startswith("free"):
        remarks.append(f"measured in a room ({contents.texts['RoomType']})")
    sample_rate = _sample_rate(contents, remarks)
    delays = _delays(contents, sample_rate, remarks)
    directions = source_directions(contents, remarks)
    kept = _usable(responses, delays, directions, remarks)
    azimuth, elevation, distances = (values[kept] for values in directions)
    responses, delays = responses[kept], delays[kept]
    receivers = receiver_positions(contents, remarks)
    vectors = unit_vectors(azimuth, elevation)
    left = left_ear(responses, delays, vectors, sample_rate, declared_left(receivers), remarks)
    order = [left, 1 - left]
    return HrirSet(
        name=_name(contents, path),
        sample_rate=sample_rate,
        azimuth_deg=azimuth,
        elevation_deg=elevation,
        responses=responses[:, order],
        delays_samples=delays[:, order],
        licence=contents.texts.get("License", ""),
        citation=contents.texts.get("References", contents.texts.get("Organization", "")),
        source=f"{path.name}, {contents.convention}",
        distance_m=float(np.median(distances)) if np.isfinite(distances).all() else None,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _name(contents: SofaContents, path: Path) -> str:
    """Database and listener if the file names them, else the file's own name."""
    words = [contents.texts[key] for key in ("DatabaseName", "ListenerShortName") if key in contents.texts]
    name = "-".join(re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-") for word in words)
    return name or path.stem


def _sample_rate(contents: SofaContents, remarks: list[str]) -> int:
    """One whole number of Hz for all responses."""
    rates = np.unique(contents.arrays["Data.SamplingRate"])
    if rates.size != 1 or not np.isfinite(rates[0]):
        raise SofaError(f"{rates.size} different sample rates; a set has one")
    units = contents.kinds.get("Data.SamplingRate:Units", "")
    rate_hz = float(rates[0]) * (1000.0 if units.startswith(("khz", "kilo")) else 1.0)
    if not 1000.0 <= rate_hz <= 1e6:
        raise SofaError(f"a sample rate of {rate_hz:g} Hz")
    if rate_hz != round(rate_hz):
        remarks.append(f"the sample rate of {rate_hz:g} Hz is taken for {round(rate_hz)}")
    return round(rate_hz)


def _delays(contents: SofaContents, sample_rate: int, remarks: list[str]) -> Floats:
    """Delays ``(measurements, 2)`` in samples, none negative."""
    measurements = len(contents.arrays["Data.IR"])
    delays = contents.arrays.get("Data.Delay", np.zeros((1, 2)))
    if delays.shape == (2, measurements) and measurements != 2:
        delays = delays.T
    if delays.size == 1:
        delays = np.full((1, 2), delays.item())
    if delays.ndim != 2 or delays.shape[0] not in (1, measurements) or delays.shape[1] != 2:
        raise SofaError(f"Data.Delay is {delays.shape}, expected (1 or {measurements}, 2)")
    units = contents.kinds.get("Data.Delay:Units", "")
    if units == "s" or units.startswith("second"):
        delays = delays * sample_rate
    lowest = np.nanmin(delays, initial=0.0)
    if lowest < 0:
        remarks.append(f"Data.Delay has negative entries: all are {-lowest:g} samples later here")
    largest = np.nanmax(delays, initial=0.0)
    if largest > sample_rate:
        raise SofaError(f"a delay of {largest:g} samples, more than a second")
    return np.array(np.broadcast_to(delays - lowest, (measurements, 2)))


def _usable(
    responses: Floats, delays: Floats, directions: tuple[Floats, Floats, Floats], remarks: list[str]
) -> NDArray[np.intp]:
    """Indices of the measurements that can be used: finite, heard, one a direction, all of one distance."""
    azimuth, elevation, distance_m = directions
    finite = np.isfinite(responses).all(axis=(1, 2)) & np.isfinite(delays).all(axis=1)
    finite &= np.isfinite(azimuth) & np.isfinite(elevation)
    if not finite.all():
        remarks.append(f"{(~finite).sum()} of {len(finite)} measurements are not finite and are left out")
    heard = np.abs(np.where(finite[:, None, None], responses, 1.0)).max(axis=2).min(axis=1) > 0
    if not heard.all():
        remarks.append(f"{(~heard).sum()} of {len(heard)} measurements have a silent ear and are left out")
    kept = np.flatnonzero(finite & heard)
    if len(kept) == 0:
        raise SofaError(f"no measurement can be used ({'; '.join(remarks)})")
    return one_a_direction(azimuth, elevation, distance_m, kept, remarks)
