"""Two thousand drawn scenes: how many players, no overlap, the louder ear, mirrors; and sizes."""

import numpy as np
import pytest

from baselines.pseudo_binaural.declared import STEREO_MODES
from baselines.pseudo_binaural.ears import EarFilters
from baselines.pseudo_binaural.scene import (
    HEIGHT,
    WIDEST,
    WIDTH,
    Placed,
    SceneRule,
    SourceShape,
    draw_scene,
    draw_start,
    mirrored,
    overlapping,
    parse_mix_ratio,
)
from baselines.pseudo_binaural.studio import Studio
from fairplay_bench.errors import DatasetError, OptionError

SCENES = 2000
SAMPLES = 10_080


def shapes(sources):
    return [source.shape for source in sources]


@pytest.fixture
def drawn(sources):
    return [draw_scene(np.random.default_rng((1, k)), shapes(sources), SceneRule()) for k in range(SCENES)]


def test_counts_are_as_the_mix_ratio_says_within_three_standard_errors(drawn):
    counts = np.bincount([len(scene) for scene in drawn], minlength=4)[1:]
    shares = np.array([0.4, 0.5, 0.1])
    assert (np.abs(counts - SCENES * shares) < 3 * np.sqrt(SCENES * shares * (1 - shares))).all()


def test_patches_lie_apart_and_inside_and_belong_to_different_sources(drawn):
    for scene in drawn:
        assert not overlapping(scene)
        assert len({placed.source for placed in scene}) == len(scene)
        for placed in scene:
            assert placed.left > -1e-9
            assert placed.right < WIDTH + 1e-9
            assert placed.height / 2 - 1e-9 < placed.y < HEIGHT - placed.height / 2 + 1e-9
            assert placed.width <= WIDEST + 1e-9


def test_patches_stand_everywhere(drawn):
    middles = np.array([placed.x for scene in drawn for placed in scene]) / WIDTH
    assert np.abs(np.histogram(middles, bins=5, range=(0.1, 0.9))[0] / len(middles) - 0.18).max() < 0.06
    assert abs(middles.mean() - 0.5) < 0.01


@pytest.mark.parametrize("mode", STEREO_MODES)
def test_the_louder_ear_is_on_the_side_of_a_lone_source(sources, drawn, mode):
    studio = Studio(sources, EarFilters(mode))
    lone = [scene for scene in drawn if len(scene) == 1]
    beyond = 0
    for number, scene in enumerate(lone):
        azimuth, _ = studio.directions(scene)[0]
        if abs(azimuth) <= 5:
            continue
        left, right = np.mean(studio.ears(np.random.default_rng(number), scene, SAMPLES) ** 2, axis=1)
        assert (left > right) == (azimuth > 0) == (scene[0].x < WIDTH / 2)
        beyond += 1
    assert beyond > 500


def test_the_louder_ear_is_on_the_right_side_behind_the_listener_too(sources):
    studio = Studio(sources, EarFilters("direct"), SceneRule(fov=2.0))
    for x in (40.0, 120.0, 280.0):
        azimuth, _ = studio.directions((Placed(0, x, 180.0, 50.0, 50.0),))[0]
        left, right = np.mean(studio.filters(azimuth, 0.0) ** 2, axis=1)
        assert 0 < azimuth < 180
        assert left > right
    assert studio.rule.azimuth_deg(40.0) > 90


@pytest.mark.parametrize("mode", STEREO_MODES)
def test_mirrored_placement_gives_mirrored_ears(sources, drawn, mode):
    studio = Studio(sources, EarFilters(mode, "spherical-head"))
    for number, scene in enumerate(drawn[:60]):
        ears = studio.ears(np.random.default_rng(number), scene, SAMPLES)
        other = studio.ears(np.random.default_rng(number), mirrored(scene), SAMPLES)
        assert np.abs(ears - other[::-1]).max() < 1e-6
        assert np.abs(ears - ears[::-1]).max() > 1e-4


def test_a_draw_depends_on_its_generator_alone(sources):
    rule = SceneRule()
    one, same = (draw_scene(np.random.default_rng(3), shapes(sources), rule) for _ in range(2))
    assert one == same
    assert one != draw_scene(np.random.default_rng(4), shapes(sources), rule)


def test_the_softer_a_source_the_larger_its_patch_up_to_the_canvas():
    rule = SceneRule((1.0,))
    for rms, most in ((0.2, 0.5), (0.05, 2.0), (0.001, 3.6)):
        source = SourceShape(80.0, 100.0, rms)
        factors = [draw_scene(np.random.default_rng(k), [source], rule)[0].width / 80 for k in range(200)]
        assert 0.8 * most < min(factors) < 0.83 * most
        assert 0.97 * most < max(factors) <= most


def test_patches_can_keep_their_size():
    rule = SceneRule((1.0,), patch_scale="none")
    (placed,) = draw_scene(np.random.default_rng(0), [SourceShape(80.0, 100.0, 0.01)], rule)
    assert (placed.width, placed.height) == (80.0, 100.0)
    (whole,) = draw_scene(np.random.default_rng(0), [SourceShape(1280.0, 720.0, 0.01)], rule)
    assert (whole.width, whole.height, whole.x, whole.y) == (640.0, 360.0, 320.0, 180.0)


def test_what_does_not_fit_is_shrunk_never_dropped():
    wide = [SourceShape(640.0, 100.0, 0.1)] * 3
    for seed in range(20):
        scene = draw_scene(np.random.default_rng(seed), wide, SceneRule((0.0, 0.0, 1.0)))
        assert len(scene) == 3
        assert not overlapping(scene)
        assert all(placed.width > 60 for placed in scene)


def test_directions():
    rule = SceneRule()
    assert [rule.azimuth_deg(x) for x in (0, 320, 640)] == [60, 0, -60]
    assert [rule.elevation_deg(y) for y in (0, 180, 360)] == [45, 0, -45]
    assert SceneRule(fov=1.0).azimuth_deg(0) == 90


def test_too_few_sources_are_refused():
    one = [SourceShape(80.0, 100.0, 0.1)]
    with pytest.raises(DatasetError, match=r"1 source\(s\) for scenes of up to 3.*--mix-ratio 1\)"):
        draw_scene(np.random.default_rng(0), one, SceneRule())
    assert len(draw_scene(np.random.default_rng(0), one, SceneRule((1.0,)))) == 1


@pytest.mark.parametrize(
    ("ratio", "fov"), [((0.0, 0.0), 1.0), ((1.0, -1.0), 1.0), ((), 1.0), ((1.0,), 0.0), ((1.0,), 2.1)]
)
def test_rules_that_are_none_are_refused(ratio, fov):
    with pytest.raises(OptionError, match=r"--mix-ratio|--fov"):
        SceneRule(ratio, fov=fov)


def test_mix_ratios_are_read():
    assert parse_mix_ratio("4:5:1") == (4.0, 5.0, 1.0)
    for text in ("4:x", "", "nan:1", "inf"):
        with pytest.raises(OptionError, match="give shares such as 4:5:1"):
            SceneRule(parse_mix_ratio(text))


def test_a_segment_that_is_next_to_silent_is_drawn_again():
    sound = np.zeros(100_000, np.int16)
    sound[60_000:] = 1000
    rms = float(np.sqrt(np.mean(sound.astype(float) ** 2)))
    starts = [draw_start(np.random.default_rng(k), sound, rms, 10_000) for k in range(100)]
    heard = [np.abs(sound[start : start + 10_000]).max() for start in starts]
    assert np.count_nonzero(heard) > 95
    assert max(starts) <= 90_000
