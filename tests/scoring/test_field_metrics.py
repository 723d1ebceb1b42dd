"""Metrics of first-order sound against the published definitions written again, and against what must be."""

import numpy as np
import pytest
import torch

from fairplay_bench.errors import PredictionError, ShapeError
from fairplay_bench.scoring.ambisonics import score_field
from fairplay_bench.scoring.direction_distance import (
    direction_distance,
    direction_distance_raw,
    directions,
    earth_movers_distance,
    rms_maps,
)
from fairplay_bench.scoring.metrics import DECLARED, FIELD_METRICS, METRICS

from .field_sounds import (
    angles_by_haversine,
    cut,
    emd_by_assignment,
    envelope_by_scipy,
    map_by_listening,
    noise,
    plane_wave,
    stft_by_parseval,
)

PAIRS = {
    "noises": (noise(1), noise(2)),
    "directions": (plane_wave(90), plane_wave(-30, 40)),
    "levels": (plane_wave(90), 0.3 * plane_wave(90)),
    "a rest": (noise(3, 1.234), noise(4, 1.234)),
}


def ours(key, predicted, target):
    return float(FIELD_METRICS[key].function(predicted, target))


@pytest.mark.parametrize("pair", PAIRS)
def test_the_spectral_distance_is_that_of_parseval(pair):
    assert ours("field_stft", *PAIRS[pair]) == pytest.approx(stft_by_parseval(*PAIRS[pair]), rel=1e-9)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_envelope_distance_is_that_of_scipy(pair):
    assert ours("field_env", *PAIRS[pair]) == pytest.approx(envelope_by_scipy(*PAIRS[pair]), rel=1e-9)


@pytest.mark.parametrize("pair", PAIRS)
def test_maps_are_what_is_heard_in_each_direction(pair):
    for field in PAIRS[pair]:
        wanted = [map_by_listening(chunk) for chunk in cut(field, every=10)]
        np.testing.assert_allclose(rms_maps(field[None])[0], wanted, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_the_work_is_that_of_the_best_assignment(seed):
    rng = np.random.default_rng(seed)
    first, second = (rng.integers(0, 4, 84) * (rng.random(84) < 0.3) for _ in range(2))
    wanted = emd_by_assignment(0.1 * first, 0.1 * second, unit=0.1)
    assert earth_movers_distance(0.1 * first, 0.1 * second) == pytest.approx(wanted, rel=1e-7)
    assert earth_movers_distance(0.1 * second, 0.1 * first) == pytest.approx(wanted, rel=1e-7)


def test_moving_one_pile_costs_the_angle():
    angles = angles_by_haversine()
    np.testing.assert_allclose(np.arccos(np.clip(directions() @ directions().T, -1, 1)), angles, atol=1e-7)
    for here, there in ((12, 13), (40, 44), (0, 83), (3, 9), (36, 42)):
        first, second = np.zeros(84), np.zeros(84)
        first[here] = second[there] = 0.25
        assert earth_movers_distance(first, second) == pytest.approx(0.25 * angles[here, there], abs=1e-7)
        assert earth_movers_distance(first, 0 * second) == pytest.approx(0.25 * np.pi)
    assert angles[0, 5] < 1e-9  # one pole, twelve times


@pytest.mark.parametrize("pair", PAIRS)
def test_the_distance_is_the_mean_over_one_chunk_a_second(pair):
    """Through linear programming over all 84 directions with nothing left out."""
    from scipy.optimize import linprog

    def transported(first, second):
        cost = np.pad(angles_by_haversine(), ((0, 1), (0, 1)), constant_values=np.pi)
        cost[-1, -1] = 0.0
        give = np.append(first, second.sum())
        take = np.append(second, first.sum())
        every = np.kron(np.eye(85), np.ones(85)), np.kron(np.ones(85), np.eye(85))
        amounts = np.concatenate([give, take])[:-1]
        return linprog(cost.ravel(), A_eq=np.concatenate(every)[:-1], b_eq=amounts, method="highs-ipm").fun

    predicted, target = (np.array([map_by_listening(c) for c in cut(field, every=10)]) for field in PAIRS[pair])
    raw = np.mean([transported(p / 84, q / 84) for p, q in zip(predicted, target, strict=True)])
    assert ours("emd_raw", *PAIRS[pair]) == pytest.approx(raw, rel=1e-5)
    shares = [transported(p / (p.sum() + 0.01), q / (q.sum() + 0.01)) for p, q in zip(predicted, target, strict=True)]
    assert ours("emd", *PAIRS[pair]) == pytest.approx(np.mean(shares), rel=1e-5)


@pytest.mark.parametrize("key", FIELD_METRICS)
def test_what_agrees_is_at_no_distance_and_others_are(key):
    assert ours(key, noise(1), noise(1)) == 0.0
    near, far = ours(key, plane_wave(80), plane_wave(90)), ours(key, plane_wave(0), plane_wave(90))
    assert 0 < near < far


@pytest.mark.parametrize(("key", "power"), [("field_stft", 2), ("field_env", 1), ("emd_raw", 1)])
def test_distances_grow_with_the_level(key, power):
    pair = plane_wave(20), plane_wave(90)
    louder = ours(key, *(3 * one for one in pair))
    assert louder == pytest.approx(3**power * ours(key, *pair), rel=1e-6)


def test_normalised_directions_do_not_hang_on_the_level():
    quiet, loud = (ours("emd", plane_wave(20, level=level), plane_wave(90, level=level)) for level in (0.1, 1.0))
    assert quiet == pytest.approx(loud, rel=0.01)
    assert ours("emd", plane_wave(20, level=1e-9), plane_wave(90, level=1e-9)) < 1e-5  # silence has no directions


def test_turning_a_scene_by_the_grid_changes_nothing():
    distances = [ours("emd", plane_wave(30 + turn), plane_wave(90 + turn)) for turn in (0, 30, 90, 150)]
    np.testing.assert_allclose(distances, distances[0], rtol=1e-9)


def test_a_silent_channel_agrees_with_silence():
    predicted, target = noise(1), noise(2)
    predicted[2] = target[2] = 0
    assert ours("field_stft", predicted, target) == pytest.approx(stft_by_parseval(predicted, target), rel=1e-9)


def test_what_lies_behind_the_last_chunk_does_not_count():
    predicted, target = noise(1, 0.25), noise(2, 0.25)
    more = predicted.clone()
    more[:, 9600:] = 7.0
    assert score_field(more, target) == score_field(predicted, target)


@pytest.mark.parametrize("key", ["field_stft", "field_env", "emd", "emd_raw"])
def test_several_at_once(key):
    predicted, target = torch.stack([noise(1), noise(3)]), torch.stack([noise(2), noise(4)])
    both = FIELD_METRICS[key].function(predicted, target)
    assert both.tolist() == pytest.approx([ours(key, *pair) for pair in zip(predicted, target, strict=True)])


@pytest.mark.parametrize("key", FIELD_METRICS)
@pytest.mark.parametrize(
    ("predicted", "target", "message"),
    [((4, 9600), (4, 9601), "differ in shape"), ((2, 9600), (2, 9600), "expected"), ((4, 4799), (4, 4799), "at least")],
)
def test_other_shapes_are_refused(key, predicted, target, message):
    with pytest.raises(ShapeError, match=message):
        FIELD_METRICS[key].function(torch.zeros(predicted), torch.zeros(target))


def test_a_score_that_is_not_finite_is_refused():
    huge = torch.full((4, 9600), 1e30)
    with pytest.raises(PredictionError, match="field_stft is not finite; look for NaN, infinite or huge values"):
        score_field(huge, torch.zeros(4, 9600))
    with pytest.raises(PredictionError, match="a direction is not finite"):
        direction_distance_raw(torch.full((4, 9600), torch.nan), torch.zeros(4, 9600))


def test_metrics_of_all_tasks_have_keys_of_their_own():
    assert not FIELD_METRICS.keys() & METRICS.keys()
    assert all(DECLARED[key] is metric for key, metric in (METRICS | FIELD_METRICS).items())
    assert direction_distance is FIELD_METRICS["emd"].function
