"""Where virtual loudspeakers stand.

A spherical t-design integrates every polynomial up to degree t by its plain mean; order N needs t >= 2N for an even
energy. The octahedron, the cube (3-designs), the icosahedron and the dodecahedron (5-designs) are Plato's; the 60
points of the football lie on the edges of an icosahedron, mirrored like it about the median plane, at the place where
the one invariant harmonic below degree 10 vanishes, which makes them a 9-design (Goethals and Seidel, "The football",
1981).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import brentq
from scipy.special import eval_legendre

from hrtf.directions import Floats, angles_of
from hrtf.errors import UnknownNameError

GOLDEN = (1 + np.sqrt(5)) / 2


@dataclass(frozen=True)
class Layout:
    """Loudspeakers on a sphere around the head.

    Attributes:
        name: in the table of layouts.
        azimuth_deg: ``(speakers,)``.
        elevation_deg: ``(speakers,)``.
        strength: the degree t of the spherical design; 0 for a circle.
    """

    name: str
    azimuth_deg: Floats
    elevation_deg: Floats
    strength: int

    @property
    def flat(self) -> bool:
        """Whether all speakers stand on the horizon."""
        return not self.elevation_deg.any()


def layout(name: str) -> Layout:
    """A layout by name.

    Raises:
        UnknownNameError: if there is no such layout.
    """
    if name not in _LAYOUTS:
        raise UnknownNameError("layout", name, _LAYOUTS)
    make, strength = _LAYOUTS[name]
    azimuth, elevation = angles_of(make())
    return Layout(name, np.round(azimuth, 10), np.round(elevation, 10), strength)


def layout_names() -> list[str]:
    """The names of all layouts, coarse to fine."""
    return list(_LAYOUTS)


def _octagon() -> Floats:
    angle = np.radians(np.arange(8) * 45.0)
    return np.stack([np.cos(angle), np.sin(angle), np.zeros(8)], axis=1)


def _octahedron() -> Floats:
    return np.concatenate([np.eye(3), -np.eye(3)])


def _cube() -> Floats:
    return np.array(list(product((1.0, -1.0), repeat=3)))


def _icosahedron() -> Floats:
    flat = np.array([(0.0, a, b * GOLDEN) for a, b in product((1.0, -1.0), repeat=2)])
    return np.concatenate([np.roll(flat, turn, axis=1) for turn in range(3)])


def _dodecahedron() -> Floats:
    flat = np.array([(0.0, a / GOLDEN, b * GOLDEN) for a, b in product((1.0, -1.0), repeat=2)])
    return np.concatenate([_cube(), *[np.roll(flat, turn, axis=1) for turn in range(3)]])


def _football() -> Floats:
    corners = _icosahedron() / np.sqrt(1 + GOLDEN**2)
    starts, ends = np.nonzero(np.isclose(corners @ corners.T, 1 / np.sqrt(5)))

    def points(part: float) -> Floats:
        along = (1 - part) * corners[starts] + part * corners[ends]
        return along / np.linalg.norm(along, axis=1, keepdims=True)

    def invariant(part: float) -> float:
        return float(eval_legendre(6, points(part)[:1] @ corners.T).sum())

    return points(brentq(invariant, 0.1, 0.5))


_LAYOUTS: dict[str, tuple[Callable[[], Floats], int]] = {
    "octagon": (_octagon, 0),
    "octahedron": (_octahedron, 3),
    "cube": (_cube, 3),
    "icosahedron": (_icosahedron, 5),
    "dodecahedron": (_dodecahedron, 5),
    "football": (_football, 9),
}
