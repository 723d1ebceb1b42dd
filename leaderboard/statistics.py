"""How sure a mean or a mean difference is.

The unit is the source recording: its clips are averaged first. One split: the units are resampled and the interval is
that of the studentised bootstrap, symmetric. Several splits, whose test sets overlap: variance clustered by unit and by
split, Student's t with splits - 1 degrees of freedom. Everything works on many quantities at once, a column each.

References:
    Hall, The Bootstrap and Edgeworth Expansion, Springer 1992, section 3.6 (the symmetric interval).
    Cameron, Gelbach and Miller, Robust inference with multiway clustering, J. Bus. Econ. Stat. 29(2), 2011.
    Holm, A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6(2), 1979.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np

from fairplay_bench.scoring.summary import Array, Integers, clustered_errors

LEVEL = 0.95  # of every interval
ALPHA = 1 - LEVEL
RESAMPLES = 4_999
_SEED = 2019
_BLOCK = 256  # columns bootstrapped at once
_RESOLVED = 10  # so many resamples must lie beyond a value for their share to be its p


@dataclass(frozen=True, slots=True)
class Estimates:
    """Means with their intervals, ``(n,)`` each.

    Attributes:
        mean: over splits of the means over units.
        half: half the width of the 95 % interval; NaN where the sample cannot tell, below two units.
        p: of the true mean being zero; 1 where the sample cannot tell.
    """

    mean: Array
    half: Array
    p: Array


def estimate(values: Array, units: Integers, splits: Integers) -> Estimates:
    """Estimate means of several quantities in the same cells.

    Args:
        values: ``(cells, n)``: the mean of each unit in each split it is in.
        units: ``(cells,)``: number of each cell's unit.
        splits: ``(cells,)``: number of each cell's split.

    Returns:
        By the bootstrap for one split, else by clustered variance.
    """
    if len(np.unique(units)) < 2:
        mean = values.mean(axis=0)
        return Estimates(mean, np.full_like(mean, np.nan), np.ones_like(mean))
    if splits.max() == 0:
        return _bootstrapped(values)
    mean, error = clustered_errors(values, units, splits)
    return students(mean, error, int(splits.max()))


def students(mean: Array, error: Array, degrees: int) -> Estimates:
    """Estimates of known standard errors by Student's t with so many degrees of freedom."""
    from scipy.special import stdtr, stdtrit

    half = stdtrit(degrees, (1 + LEVEL) / 2) * error
    p = 2 * stdtr(degrees, -ratio(mean, error))
    return Estimates(mean, half, p)


def ratio(mean: Array, error: Array) -> Array:
    """Size of a mean in standard errors; 0 where the mean is zero, infinite where only the error is."""
    size = np.abs(mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(size == 0, 0.0, size / error)


@lru_cache(maxsize=4)
def _shares(units: int) -> Array:
    """Share of each unit in each resample, ``(units, resamples)``; the same in every run."""
    rng = np.random.default_rng([_SEED, units])
    return rng.multinomial(units, np.full(units, 1 / units), size=RESAMPLES).T / units


def _bootstrapped(values: Array) -> Estimates:
    """Symmetric studentised bootstrap of the units, which are the rows."""
    blocks = [_block(values[:, start : start + _BLOCK]) for start in range(0, values.shape[1], _BLOCK)]
    return Estimates(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def _block(values: Array) -> tuple[Array, Array, Array]:
    from scipy.special import stdtr

    units = len(values)
    mean, error = values.mean(axis=0), values.std(axis=0) / sqrt(units)
    centred = values - mean
    shares = _shares(units)
    moved = centred.T @ shares
    errors = np.sqrt(np.maximum(np.square(centred.T) @ shares - np.square(moved), 0) / units)
    errors[errors <= 1e-7 * error[:, None]] = 0  # every unit drawn is the same one: what is left is rounding
    sizes = ratio(moved, errors)
    limit = round(LEVEL * (RESAMPLES + 1)) - 1
    half = np.partition(sizes, limit, axis=1)[:, limit] * error
    size = ratio(mean, error)
    beyond = (sizes >= size[:, None]).sum(axis=1)
    resampled = (1 + beyond) / (1 + RESAMPLES)
    tail = 2 * stdtr(units - 1, -size * sqrt((units - 1) / units))
    p = np.where(beyond >= _RESOLVED, resampled, np.minimum(tail, (1 + _RESOLVED) / (1 + RESAMPLES)))
    return mean, half, p


def holm(p: Array) -> Array:
    """Correct p values of tests made together; each is compared with 0.05 as it comes back.

    Args:
        p: ``(n,)``.

    Returns:
        ``(n,)``, none smaller than it was, at most 1.
    """
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty_like(stepped)
    corrected[order] = np.minimum(stepped, 1)
    return corrected
