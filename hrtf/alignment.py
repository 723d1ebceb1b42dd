"""Onsets of a whole set that agree with each other, so that neighbouring responses can be averaged.

The onset of one response alone is ambiguous by a period of its resonance, and such a jump between two neighbours would
make their mean a comb filter. Neighbours are much alike, though: the lag of their cross-correlation is reliable,
searched only as far as sound can travel between them around a head. The onsets are those that fit all these lags best,
in the sense of least absolute deviations (reweighted least squares), and the single onsets in the mean.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft, sparse
from scipy.sparse.linalg import splu

from hrtf.directions import Floats, Triangulation, angle_between
from hrtf.onsets import onset_samples, parabola_offsets

MAX_EDGE_DEG = 20.0  # wider neighbours are not much alike, and nothing is interpolated between them
METRES_A_RADIAN = 0.25  # a head of 9 cm, and as much again for what diffraction and torso add
SPEED_OF_SOUND_M_S = 343.0
STEPS_A_SAMPLE = 8
ANCHOR = 1e-4  # pull of the single onsets against a lag's weight of 1
ROUNDS = 12
EDGES_AT_ONCE = 1024


def consistent_onsets(
    responses: Floats, delays_samples: Floats, triangulation: Triangulation, sample_rate: int
) -> Floats:
    """Onsets ``(directions, 2)`` in samples, delays included.

    Args:
        responses: ``(directions, 2, taps)``.
        delays_samples: ``(directions, 2)``, to be added to the responses.
        triangulation: of the directions; says who is whose neighbour.
        sample_rate: Hz.
    """
    single = onset_samples(responses) + delays_samples
    edges, angles_deg = _edges(triangulation, len(responses))
    if len(edges) == 0:
        return single
    reach = 1.0 + np.radians(angles_deg) * METRES_A_RADIAN / SPEED_OF_SOUND_M_S * sample_rate
    columns = [
        _fit(edges, _lags(responses[:, ear], delays_samples[:, ear], edges, reach), single[:, ear]) for ear in range(2)
    ]
    return np.stack(columns, axis=1)


def _edges(triangulation: Triangulation, points: int) -> tuple[NDArray[np.intp], Floats]:
    """Pairs of neighbours ``(edges, 2)`` and the angles between them, without helper points and wide gaps."""
    faces = triangulation.faces
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    pairs = np.unique(pairs[(pairs < points).all(axis=1)], axis=0)
    angles = angle_between(triangulation.vectors[pairs[:, 0]], triangulation.vectors[pairs[:, 1]])
    near = angles <= MAX_EDGE_DEG
    return pairs[near], angles[near]


def _lags(responses: Floats, delays: Floats, edges: NDArray[np.intp], reach: Floats) -> Floats:
    """How much later the second response of each pair is than the first, within the reach, in samples."""
    points = fft.next_fast_len(2 * responses.shape[-1], real=True)
    omega = 2 * np.pi * fft.rfftfreq(points)
    spectra = fft.rfft(responses, points) * np.exp(-1j * omega * delays[:, None])
    steps = int(np.ceil(reach.max() * STEPS_A_SAMPLE)) + 1
    grid = np.arange(-steps, steps + 1) / STEPS_A_SAMPLE
    turns = np.exp(1j * omega[:, None] * grid)
    lags = np.empty(len(edges))
    for start in range(0, len(edges), EDGES_AT_ONCE):
        block = slice(start, start + EDGES_AT_ONCE)
        first, second = edges[block].T
        correlation = ((spectra[second] * np.conj(spectra[first])) @ turns).real
        correlation[np.abs(grid) > reach[block, None]] = -np.inf
        peaks = np.argmax(correlation, axis=1)
        finite = np.where(np.isfinite(correlation), correlation, correlation[np.arange(len(peaks)), peaks, None])
        lags[block] = grid[peaks] + parabola_offsets(finite, peaks) / STEPS_A_SAMPLE
    return lags


def _fit(edges: NDArray[np.intp], lags: Floats, single: Floats) -> Floats:
    """Onsets ``(directions,)`` whose differences over the edges deviate least from the lags."""
    count = len(edges)
    rows = np.repeat(np.arange(count), 2)
    signs = np.tile([-1.0, 1.0], count)
    difference = sparse.csr_array((signs, (rows, edges.ravel())), shape=(count, len(single)))
    weights = np.ones(count)
    onsets = single
    for _ in range(ROUNDS):
        system = difference.T @ sparse.diags_array(weights) @ difference + ANCHOR * sparse.eye_array(len(single))
        onsets = splu(system.tocsc()).solve(difference.T @ (weights * lags) + ANCHOR * single)
        weights = 1.0 / np.maximum(np.abs(difference @ onsets - lags), 0.1)
    return np.asarray(onsets)
