"""Directions as angles and unit vectors, and the triangulation of a set of them on the sphere.

Angles are degrees: azimuth counter-clockwise from the front (+x), elevation up from the horizon; +y is left, +z is up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.special import cosdg, sindg

from hrtf.errors import DirectionError

Floats = NDArray[np.float64]

WEIGHT_FLOOR = 1e-9  # a barycentric weight below this is rounding, not a contribution


def wrap_azimuth(azimuth_deg: ArrayLike) -> Floats:
    """Azimuths brought into -180 <= azimuth < 180 degrees, so that mirrored directions are exact negatives."""
    turn = np.fmod(np.asarray(azimuth_deg, dtype=np.float64), 360.0)  # exact, as are the subtractions
    return np.where(turn >= 180.0, turn - 360.0, np.where(turn < -180.0, turn + 360.0, turn))


def unit_vectors(azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> Floats:
    """Unit vectors ``(..., 3)`` of directions in degrees; the two broadcast.

    Raises:
        DirectionError: if an angle is not finite or an elevation lies outside -90 ... 90 degrees.
    """
    azimuth, elevation = np.broadcast_arrays(wrap_azimuth(azimuth_deg), np.asarray(elevation_deg, dtype=np.float64))
    if not (np.isfinite(azimuth).all() and np.isfinite(elevation).all()):
        raise DirectionError("a direction is not finite: check the azimuths and elevations")
    if (np.abs(elevation) > 90.0 + 1e-6).any():
        worst = elevation.flat[int(np.argmax(np.abs(elevation)))]
        raise DirectionError(f"elevation {worst:g} deg lies outside -90 ... 90: elevation is counted from the horizon")
    horizontal = cosdg(elevation)
    return np.stack([cosdg(azimuth) * horizontal, sindg(azimuth) * horizontal, sindg(elevation)], axis=-1)


def angles_of(vectors: ArrayLike) -> tuple[Floats, Floats]:
    """Azimuth and elevation in degrees of vectors ``(..., 3)`` of any length; the zero vector gives (0, 0)."""
    x, y, z = np.moveaxis(np.asarray(vectors, dtype=np.float64), -1, 0)
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))


def angle_between(first: Floats, second: Floats) -> Floats:
    """Angle in degrees between unit vectors ``(..., 3)``, exact also for nearly equal ones."""
    return np.asarray(np.degrees(2.0 * np.arcsin(np.clip(np.linalg.norm(first - second, axis=-1) / 2.0, 0.0, 1.0))))


@dataclass(frozen=True)
class Triangulation:
    """The Delaunay triangles of points on the sphere, as the faces of their convex hull.

    Attributes:
        vectors: ``(points, 3)``, unit vectors; the last ``helpers`` of them are not points of the set.
        faces: ``(triangles, 3)``, indices of the corners.
        inverses: ``(triangles, 3, 3)``, what turns a unit vector into the three weights of a triangle.
        helpers: how many points at the end were added to span a flat set.
    """

    vectors: Floats
    faces: NDArray[np.intp]
    inverses: Floats
    helpers: int

    def locate(self, points: Floats) -> tuple[NDArray[np.intp], Floats]:
        """The triangle around each point.

        Args:
            points: ``(points, 3)``, unit vectors.

        Returns:
            Corner indices ``(points, 3)`` and barycentric weights ``(points, 3)`` that sum to 1, both of the triangle
            that the ray to the point pierces. A point in no triangle has weights of NaN.
        """
        corners = np.zeros((len(points), 3), dtype=np.intp)
        weights = np.full((len(points), 3), np.nan)
        if len(self.faces) == 0:
            return corners, weights
        for start in range(0, len(points), 128):  # bounds the memory: points x triangles x 3
            block = points[start : start + 128]
            every = np.einsum("tij,pj->pti", self.inverses, block)
            best = np.argmax(every.min(axis=2), axis=1)
            found = every[np.arange(len(block)), best]
            inside = found.min(axis=1) > -1e-6
            found = np.clip(found, 0.0, None)
            found /= np.maximum(found.sum(axis=1, keepdims=True), np.finfo(float).tiny)
            corners[start : start + 128] = self.faces[best]
            weights[start : start + 128] = np.where(inside[:, None], found, np.nan)
        return corners, weights


def _tie_breakers(vectors: Floats) -> Floats:
    """Tiny heights ``(points,)`` that decide how the quadrangles of a regular grid are cut in two.

    They are the same for mirrored points, so that a grid that is symmetric about the median plane is cut symmetrically;
    without them rounding decides. Far smaller than the curvature between points a tenth of a degree apart.
    """
    x, y, z = vectors.T
    return np.asarray(1e-8 * np.sin(1e4 * (0.37 * x + 0.61 * np.abs(y) + 0.83 * z)))


def triangulate(vectors: Floats) -> Triangulation:
    """Triangulate unit vectors ``(points, 3)``; a flat set (one circle) is spanned by two helper points at its poles.

    Fewer than three different points give a triangulation without triangles.
    """
    moments, axes = np.linalg.eigh(vectors.T @ vectors)  # in ascending order
    helpers = 0
    if len(vectors) >= 3 and moments[0] < 1e-9 * moments[1]:
        vectors = np.vstack([vectors, axes[:, 0], -axes[:, 0]])
        helpers = 2
    try:
        hull = ConvexHull(vectors * (1.0 + _tie_breakers(vectors))[:, None])
    except (QhullError, ValueError):
        return Triangulation(vectors, np.zeros((0, 3), dtype=np.intp), np.zeros((0, 3, 3)), helpers)
    facing = hull.equations[:, 3] < -1e-6  # faces that look away from the centre; the lid of a hemisphere does not
    faces = hull.simplices[facing].astype(np.intp)
    corner_matrices = np.swapaxes(vectors[faces], 1, 2)
    solid = np.abs(np.linalg.det(corner_matrices)) > 1e-9 if len(faces) else np.zeros(0, dtype=bool)
    return Triangulation(vectors, faces[solid], np.linalg.inv(corner_matrices[solid]), helpers)
