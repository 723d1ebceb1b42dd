"""Scenes as examples: repeatable, new in every pass, the held-out tenth, recordings between them."""

import pickle

import numpy as np
import pytest
import torch
from torch.utils.data import Dataset

from baselines.pseudo_binaural.declared import STEREO_MODES
from baselines.pseudo_binaural.ears import EarFilters
from baselines.pseudo_binaural.examples import BothKinds, DrawnScenes, FixedScenes, held_out
from baselines.pseudo_binaural.scene import SceneRule
from baselines.pseudo_binaural.studio import Studio
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.training.presets import Variation

SIZE = (56, 112)


@pytest.fixture
def studio(sources):
    return Studio(sources, EarFilters("ambisonic"))


def same(one, other):
    return all(torch.equal(one[key], other[key]) for key in one)


def test_a_draw_depends_on_seed_pass_and_number_alone(studio):
    scenes, again = (DrawnScenes(studio, 10, SIZE, seed=4) for _ in range(2))
    _ = scenes[0, 0]
    assert same(scenes[2, 5], again[2, 5])
    others = (scenes[3, 5], scenes[2, 6], DrawnScenes(studio, 10, SIZE, seed=5)[2, 5])
    assert not any(torch.equal(scenes[2, 5]["ears"], other["ears"]) for other in others)
    assert len(scenes) == 10


@pytest.mark.parametrize("mode", STEREO_MODES)
def test_reading_processes_draw_the_same(sources, mode):
    """They are not forked from this one, so that what they work with has to be pickled."""
    scenes = DrawnScenes(Studio(sources, EarFilters(mode), background="own", blended=True), 10, SIZE, seed=0)
    before = pickle.loads(pickle.dumps(scenes))
    example = scenes[0, 3]
    assert same(before[0, 3], example)
    assert same(pickle.loads(pickle.dumps(scenes))[0, 3], example)


def test_what_an_example_is(studio):
    example = DrawnScenes(studio, 10, SIZE, seed=0)[0, 0]
    assert example["ears"].shape == (2, 10_080)
    assert example["ears"].dtype == torch.float32
    assert example["ears"].sum(dim=0).square().mean().sqrt() == pytest.approx(0.1, rel=1e-4)
    assert example["picture"].shape == (3, *SIZE)
    assert example["picture"].dtype == torch.uint8
    assert (example["skipped"] == -1).all()


def test_squares_of_a_scene_are_covered_where_it_is_asked_for(studio):
    plain, covered = (DrawnScenes(studio, 10, SIZE, 0, Variation(cutout=cutout))[0, 0] for cutout in (False, True))
    assert torch.equal(plain["ears"], covered["ears"])
    assert 0 < (plain["picture"] != covered["picture"]).any(dim=0).float().mean() < 0.2


def test_without_a_crop_the_whole_canvas_is_seen(studio):
    for number in range(5):
        cropped, whole = (
            DrawnScenes(studio, 10, SIZE, 0, Variation(crop))[0, number]["picture"] for crop in (True, False)
        )
        assert cropped.shape == whole.shape == (3, *SIZE)
        assert not torch.equal(cropped, whole)
        scene = studio.scene(np.random.default_rng((0, 0, number)))
        lit = whole.sum(dim=(0, 1)).nonzero()[:, 0]
        assert abs(int(lit.min()) - min(placed.left for placed in scene) * SIZE[1] / 640) <= 1
        assert abs(int(lit.max()) + 1 - max(placed.right for placed in scene) * SIZE[1] / 640) <= 1


def test_the_player_is_seen_where_it_is_heard(sources):
    studio = Studio(sources, EarFilters("w-y"), SceneRule((1.0,)))
    scenes = FixedScenes(studio, 40, SIZE)
    for number in range(40):
        example = scenes[number]
        lit = example["picture"].float().sum(dim=0).sum(dim=0)
        middle = float((lit * torch.arange(SIZE[1])).sum() / lit.sum()) + 0.5
        left, right = example["ears"].square().mean(dim=1)
        if abs(middle - SIZE[1] / 2) > 4:
            assert (left > right) == (middle < SIZE[1] / 2)


def test_validation_is_fixed_and_ends(studio):
    scenes = FixedScenes(studio, 3, SIZE)
    assert same(scenes[2], scenes[2])
    assert not torch.equal(scenes[1]["ears"], scenes[2]["ears"])
    with pytest.raises(IndexError):
        scenes[3]


class Recorded(Dataset):
    """Stands for recorded segments; an example tells its draw."""

    def __getitem__(self, draw):
        return {"ears": torch.tensor(draw), "picture": torch.zeros(1), "skipped": torch.ones(20), "clip": 3}


def test_half_of_a_pass_are_recordings(studio):
    both = BothKinds(Recorded(), DrawnScenes(studio, 5, SIZE, seed=0))
    assert len(both) == 10
    assert [both[3, number]["ears"].tolist() for number in range(5)] == [[3, number] for number in range(5)]
    assert same(both[3, 7], DrawnScenes(studio, 5, SIZE, seed=0)[3, 2])
    assert both[0, 0].keys() == both[0, 9].keys() == {"ears", "picture", "skipped"}


def test_a_tenth_of_the_sources_is_held_out(sources):
    many = [sources[k % 6].__class__(f"{k:03d}", *_rest(sources[k % 6])) for k in range(47)]
    training, validation = held_out(many, 3)
    assert (len(training), len(validation)) == (43, 4)
    assert not {source.clip_id for source in training} & {source.clip_id for source in validation}
    more = held_out([*many, many[0].__class__("999", *_rest(many[0]))], 3)
    assert {source.clip_id for source in more[1]} & {source.clip_id for source in validation}
    training, validation = held_out(sources, 3)
    assert training == validation == sources


def _rest(source):
    return source.label, source.shape, source.picture, source.background, source.sound, source.sound_rms


def test_the_segment_is_where_the_sound_says(sources):
    """What sounds before a segment rings on into it, and a source's first samples have silence before them."""
    studio = Studio(sources, EarFilters("direct"), SceneRule((1.0,)))
    scene = studio.scene(np.random.default_rng(0))
    (sound,) = studio.sounds(np.random.default_rng(1), scene, 10_080)
    (all_of_it,) = studio.sounds(np.random.default_rng(1), scene, len(sources[0].sound))
    assert len(sound) == 10_240
    whole = sources[scene[0].source].sound.astype(np.float32)
    start = int(np.argmax(np.correlate(whole, sound[-10_080:], "valid")))
    assert np.array_equal(sound[160:], whole[start : start + 10_080])
    assert start > 160
    assert np.array_equal(sound[:160], whole[start - 160 : start])
    before = len(all_of_it) - len(whole)
    assert before > 0
    assert not all_of_it[:before].any()


def test_backgrounds_and_blending(sources, tmp_path):
    plain, own = (Studio(sources, EarFilters("w-y"), background=what) for what in ("empty", "own"))
    blended = Studio(sources, EarFilters("w-y"), background="own", blended=True)
    scene = plain.scene(np.random.default_rng(2))
    pictures = [
        np.asarray(studio.picture(np.random.default_rng(3), scene, (90, 160))) for studio in (plain, own, blended)
    ]
    empty = (pictures[0] == 0).all(axis=2)
    assert 0.2 < empty.mean() < 0.95
    assert (pictures[1][empty] == pictures[2][empty]).all()
    (behind,) = set(map(tuple, pictures[1][empty].tolist()))
    assert min(np.abs(np.subtract(behind, (10, 20 * k, 90))).max() for k in range(6)) <= 2  # JPEG
    assert (pictures[0][~empty] == pictures[1][~empty]).all()
    assert (pictures[1][~empty] != pictures[2][~empty]).any()
    with pytest.raises(OptionError, match="give empty, own or a folder"):
        Studio(sources, EarFilters("w-y"), background=str(tmp_path / "none"))
    with pytest.raises(OptionError, match="no picture there"):
        Studio(sources, EarFilters("w-y"), background=str(tmp_path))
    with pytest.raises(OptionError, match="nothing to blend into"):
        Studio(sources, EarFilters("w-y"), blended=True)
    sources[0].picture.save(tmp_path / "wall.png")
    wall = Studio(sources, EarFilters("w-y"), background=str(tmp_path)).picture(np.random.default_rng(0), (), (90, 160))
    assert wall.size == (160, 90)
    assert wall.getpixel((5, 5)) == (40, 200, 60)


def test_one_source_in_the_whole_set_is_refused(sources):
    with pytest.raises(DatasetError, match=r"1 source\(s\) for scenes of up to 3"):
        Studio(sources[:1], EarFilters("w-y"))
