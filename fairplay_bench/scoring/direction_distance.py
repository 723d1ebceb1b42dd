r"""Earth mover's distance between maps of where sound comes from.

A chunk of 0.1 s is heard in 84 directions, every 30° of azimuth and of elevation, both poles counted once an azimuth:
the signal of a direction is :math:`W + Y y + Z z + X x` with its unit vector. The RMS values of two such maps are piles
of earth, and moving a unit costs the angle in radians. Earth that one map has more of is taken away at a cost of π, the
largest angle (Pele and Werman 2009). The first chunk of each second is looked at.

Un-normalised maps are divided by the number of directions, normalised ones by their sum plus 0.01, so that near-silence
has little to say about directions.

References:
    Morgado, Vasconcelos, Langlois and Wang, Self-Supervised Generation of Spatial Audio for 360° Video, NeurIPS 2018;
    grid, chunks and constants are those of its released code.
    Pele and Werman, Fast and Robust Earth Mover's Distances, ICCV 2009.
"""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.errors import PredictionError
from fairplay_bench.scoring.field import check_fields, chunks

Floats = NDArray[np.float64]

STEP_DEG = 30
EVERY_CHUNKS = 10  # one chunk of each second
SILENCE = 0.01  # added to the sum of a normalised map
EXTRA_COST = np.pi


def direction_distance(predicted: Tensor, target: Tensor) -> Tensor:
    """Earth mover's distance between normalised maps: whether sound comes from the right directions.

    Args:
        predicted: ``(..., 4, samples)``, W, Y, Z, X at 48 kHz.
        target: same shape.

    Returns:
        ``(...)``, radians, 0 ... π.

    Raises:
        ShapeError: if the shapes differ, the channel axis is not 4, or there is less than 0.1 s.
    """
    return _distance(predicted, target, normalize=True)


def direction_distance_raw(predicted: Tensor, target: Tensor) -> Tensor:
    """Earth mover's distance between maps as they are: level counts too; otherwise as :func:`direction_distance`."""
    return _distance(predicted, target, normalize=False)


def _distance(predicted: Tensor, target: Tensor, *, normalize: bool) -> Tensor:
    check_fields(predicted, target)
    maps = [rms_maps(field.reshape(-1, *field.shape[-2:])) for field in (predicted, target)]
    if normalize:
        first, second = (one / (one.sum(axis=-1, keepdims=True) + SILENCE) for one in maps)
    else:
        first, second = (one / one.shape[-1] for one in maps)
    scores = [
        np.mean([earth_movers_distance(*pair) for pair in zip(*both, strict=True)])
        for both in zip(first, second, strict=True)
    ]
    return torch.tensor(np.array(scores)).reshape(predicted.shape[:-2])


def directions() -> Floats:
    """Unit vectors of the grid, ``(84, 3)``, x, y, z: rows of elevation from below, azimuth -180° … 150° in each."""
    elevation, azimuth = np.meshgrid(
        np.radians(np.arange(-90, 91, STEP_DEG)), np.radians(np.arange(-180, 180, STEP_DEG)), indexing="ij"
    )
    parts = (np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation))
    return np.stack([part.ravel() for part in parts], axis=-1)


def rms_maps(field: Tensor) -> Floats:
    """RMS in each direction of the grid in the first chunk of each second.

    Args:
        field: ``(clips, 4, samples)``.

    Returns:
        ``(clips, seconds, 84)``.
    """
    sound = chunks(field)[..., ::EVERY_CHUNKS, :].to(torch.float64).numpy()  # (clips, 4, seconds, samples)
    covariance = np.einsum("icsn,idsn->iscd", sound, sound) / sound.shape[-1]
    x, y, z = directions().T
    gains = np.stack([np.ones_like(x), y, z, x], axis=-1)
    return np.asarray(np.sqrt(np.maximum(np.einsum("gc,iscd,gd->isg", gains, covariance, gains), 0.0)))


def earth_movers_distance(first: Floats, second: Floats) -> float:
    """Least work that turns one map into another.

    What both have in a direction stays there, since the cost is a metric; only the rest is moved, by linear programming
    (HiGHS). A place at the cost of π from all takes what one map has more.

    Args:
        first: ``(84,)``, not negative.
        second: same.

    Returns:
        The work, radians times the unit of the maps.

    Raises:
        PredictionError: if the maps are not finite.
    """
    from scipy.optimize import linprog

    merged, cost = _places()
    surplus = np.bincount(merged, weights=first - second)
    surplus = np.append(surplus, -surplus.sum())
    if not np.isfinite(surplus).all():
        raise PredictionError("a direction is not finite; look for NaN, infinite or huge values in the prediction.")
    giving, taking = np.flatnonzero(surplus > 0), np.flatnonzero(surplus < 0)
    if not len(giving) or not len(taking):
        return 0.0
    scale = surplus[giving].sum()
    rows, columns = np.indices((len(giving), len(taking))).reshape(2, -1)
    moves = np.arange(len(rows))
    constraints = np.zeros((len(giving) + len(taking), len(moves)))
    constraints[rows, moves] = 1.0
    constraints[len(giving) + columns, moves] = 1.0
    amounts = np.concatenate([surplus[giving], -surplus[taking]]) / scale
    solution = linprog(
        cost[np.ix_(giving, taking)].ravel(), A_eq=constraints[:-1], b_eq=amounts[:-1], method="highs"
    )  # the last constraint follows from the others
    if solution.status != 0:
        raise PredictionError(f"the earth mover's distance was not found: {solution.message}")
    return float(solution.fun * scale)


@lru_cache(maxsize=1)
def _places() -> tuple[NDArray[np.int_], Floats]:
    """Place of each direction, the twelve of a pole being one, and the cost between places; the last one is nowhere."""
    vectors = directions()
    _, first, merged = np.unique(np.round(vectors, 9), axis=0, return_index=True, return_inverse=True)
    cost = np.full((len(first) + 1, len(first) + 1), EXTRA_COST)
    cost[:-1, :-1] = np.arccos(np.clip(vectors[first] @ vectors[first].T, -1.0, 1.0))
    np.fill_diagonal(cost, 0.0)
    return merged.ravel(), cost
