"""Where the sources of a SOFA file stand, as seen by the listener: azimuth, elevation and distance.

AES69 gives positions of sources and of the listener in one room, Cartesian or spherical, and the way the listener
looks. The direction of a source is its position relative to the listener's, turned into the listener's view.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hrtf.directions import Floats, angles_of, unit_vectors
from hrtf.errors import SofaError
from hrtf.sofa_contents import SofaContents

SAME_DIRECTION = 2e-5  # chord on the unit sphere: a thousandth of a degree
SAME_DISTANCE_M = 0.01
FRONT, UP = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])


def source_directions(contents: SofaContents, remarks: list[str]) -> tuple[Floats, Floats, Floats]:
    """Azimuths, elevations (degrees) and distances (metres) ``(measurements,)``, NaN where the file has none.

    Raises:
        SofaError: if the positions cannot be understood.
    """
    measurements = len(contents.arrays["Data.IR"])
    positions = _rows(contents.arrays["SourcePosition"], measurements, "SourcePosition")
    listener = _listener(contents, positions, remarks)
    if listener is None and _is_spherical(contents, "SourcePosition", remarks):
        azimuth, elevation, distance_m = _degrees(contents, "SourcePosition", positions).T
        return _upright(azimuth, elevation, distance_m, remarks)
    vectors = _cartesian(contents, "SourcePosition", positions, remarks)
    if listener is not None:
        origin, view, up = listener
        vectors = np.stack([((vectors - origin) * axis).sum(axis=1) for axis in (view, np.cross(up, view), up)], axis=1)
    distance_m = np.linalg.norm(vectors, axis=1)
    azimuth, elevation = angles_of(vectors)
    azimuth = np.where(distance_m > 0, azimuth, np.nan)  # a source inside the listener's head has no direction
    return azimuth, elevation, distance_m


def one_a_direction(
    azimuth: Floats, elevation: Floats, distance_m: Floats, kept: NDArray[np.intp], remarks: list[str]
) -> NDArray[np.intp]:
    """Those of the kept measurements that are the only or the first of their direction.

    Where directions repeat at several distances, all measurements at the commonest distance (the farthest of equally
    common ones) are taken and no others: responses of different distances must not be interpolated.
    """
    points = unit_vectors(azimuth[kept], elevation[kept])
    pairs = cKDTree(points).query_pairs(SAME_DIRECTION, output_type="ndarray")
    distances = distance_m[kept]
    if (np.abs(distances[pairs[:, 0]] - distances[pairs[:, 1]]) > SAME_DISTANCE_M).any():
        order = np.argsort(distances)
        shells = np.zeros(len(kept), dtype=np.intp)
        shells[order] = np.cumsum(np.diff(distances[order], prepend=distances[order[0]]) > SAME_DISTANCE_M)
        counts = np.bincount(shells)
        chosen = int(np.flatnonzero(counts == counts.max())[-1])
        kept = kept[shells == chosen]
        remarks.append(f"{len(counts)} distances: only the {len(kept)} at {np.median(distance_m[kept]):g} m are used")
        return one_a_direction(azimuth, elevation, distance_m, kept, remarks)
    repeated = np.unique(pairs.max(axis=1)) if len(pairs) else np.zeros(0, dtype=np.intp)
    if len(repeated):
        remarks.append(f"{len(repeated)} measurements repeat a direction and are left out")
    return np.delete(kept, repeated)


def receiver_positions(contents: SofaContents, remarks: list[str]) -> Floats | None:
    """Cartesian positions ``(receivers, 3)`` of the first measurement; None where the file has none of use.

    They only say which ear is which, and the responses know better: what is odd about them is no reason to refuse.
    """
    name = "ReceiverPosition"
    if name not in contents.arrays:
        return None
    first = contents.arrays[name][..., 0]  # receivers, coordinates, measurements
    if first.shape[1:] != (3,):
        return None
    if not any(contents.kinds.get(f"{name}:{key}") for key in ("Type", "Units")):
        return first
    return _cartesian(contents, name, first, remarks)


def _rows(values: Floats, measurements: int, name: str) -> Floats:
    """Values ``(measurements, 3)``, one row for all repeated."""
    if values.ndim == 2 and values.shape[0] == 3 and values.shape[1] in (1, measurements) and values.shape[1] != 3:
        values = values.T
    if values.ndim != 2 or values.shape[1] != 3 or values.shape[0] not in (1, measurements):
        raise SofaError(f"{name} is {values.shape}, expected (1 or {measurements}, 3)")
    return np.asarray(np.broadcast_to(values, (measurements, 3)))


def _is_spherical(contents: SofaContents, name: str, remarks: list[str]) -> bool:
    """Whether a variable is spherical, by its type, or by its units where the two contradict each other."""
    kind, units = (contents.kinds.get(f"{name}:{key}", "") for key in ("Type", "Units"))
    if "harmonic" in kind:
        raise SofaError(f"{name} is given in spherical harmonics; only positions can be used here")
    angular = units.startswith(("deg", "rad", "°"))
    if kind.startswith("spher") and (angular or not units):
        return True
    if kind.startswith("cart") and not angular:
        return False
    if not kind and not units:
        raise SofaError(f"{name} says neither whether it is Cartesian or spherical nor its units")
    if kind or not angular:
        remarks.append(f"{name} is of type {kind!r} in {units!r}: taken for {'spherical' if angular else 'Cartesian'}")
    return angular


def _degrees(contents: SofaContents, name: str, values: Floats) -> Floats:
    """Spherical values with their angles in degrees."""
    if contents.kinds.get(f"{name}:Units", "").startswith("rad"):
        return np.concatenate([np.degrees(values[:, :2]), values[:, 2:]], axis=1)
    return values


def _cartesian(contents: SofaContents, name: str, values: Floats, remarks: list[str]) -> Floats:
    """Positions as Cartesian vectors, in the unit of the file."""
    if not _is_spherical(contents, name, remarks):
        return values
    azimuth_deg, elevation_deg, distance = _degrees(contents, name, values).T
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    across = distance * np.cos(elevation)
    return np.stack([across * np.cos(azimuth), across * np.sin(azimuth), distance * np.sin(elevation)], axis=1)


def _upright(
    azimuth: Floats, elevation: Floats, distance_m: Floats, remarks: list[str]
) -> tuple[Floats, Floats, Floats]:
    """Bring elevations into -90 ... 90 degrees: 270 is straight down, and 100 is 80 on the other side."""
    over = np.abs(elevation) > 90.0
    if over.any():
        remarks.append(f"{over.sum()} elevations lie outside -90 ... 90 deg and are brought into it")
        radians = np.radians(elevation[over])
        azimuth, elevation = azimuth.copy(), elevation.copy()
        elevation[over] = np.degrees(np.arcsin(np.clip(np.sin(radians), -1.0, 1.0)))
        azimuth[over] += np.where(np.cos(radians) < 0, 180.0, 0.0)
    return azimuth, elevation, distance_m


def _listener(contents: SofaContents, positions: Floats, remarks: list[str]) -> tuple[Floats, Floats, Floats] | None:
    """Origin, view and up of the listener, each ``(measurements, 3)``; None where it is the coordinates' own."""
    count = len(positions)
    found = {}
    for name, default in (("ListenerPosition", np.zeros(3)), ("ListenerView", FRONT), ("ListenerUp", UP)):
        values = contents.arrays.get(name)
        rows = default[None] if values is None or not np.isfinite(values).all() else values
        kinds = "ListenerView" if name == "ListenerUp" else name  # AES69 gives the two one type
        if values is not None and f"{kinds}:Type" in contents.kinds and contents.kinds[f"{kinds}:Type"]:
            rows = _cartesian(contents, kinds, np.atleast_2d(rows).reshape(-1, 3), remarks)
        found[name] = _rows(np.atleast_2d(rows), count, name)
    origin, view, up = found["ListenerPosition"], found["ListenerView"], found["ListenerUp"]
    vectors = _cartesian(contents, "SourcePosition", positions, remarks)
    if np.any(origin != 0):
        spread = [np.ptp(np.linalg.norm(vectors - place, axis=1)) for place in (np.zeros(3), origin)]
        if spread[0] < 0.01 < spread[1]:
            remarks.append("the sources surround the origin, not ListenerPosition: their directions are taken from it")
            origin = np.zeros_like(origin)
    side = np.cross(up, view)
    if not (np.linalg.norm(side, axis=1) > 1e-3 * np.linalg.norm(view, axis=1) * np.linalg.norm(up, axis=1)).all():
        remarks.append("ListenerView and ListenerUp are no orientation and are ignored")
        view, up = np.broadcast_to(FRONT, view.shape), np.broadcast_to(UP, up.shape)
        side = np.cross(up, view)
    view = view / np.linalg.norm(view, axis=1, keepdims=True)
    up = np.cross(view, side / np.linalg.norm(side, axis=1, keepdims=True))
    if not origin.any() and np.allclose(view, FRONT, atol=1e-6) and np.allclose(up, UP, atol=1e-6):
        return None
    return origin, view, up
