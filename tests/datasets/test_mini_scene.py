import math
from itertools import pairwise

import numpy as np
import pytest

from fairplay_bench.datasets.mini.figures import FIGURES, figure_size
from fairplay_bench.datasets.mini.instruments import INSTRUMENTS
from fairplay_bench.datasets.mini.looks import LOOKS
from fairplay_bench.datasets.mini.motion import pose_at
from fairplay_bench.datasets.mini.phrases import DURATION_S
from fairplay_bench.datasets.mini.room import WIDTH
from fairplay_bench.datasets.mini.scene import NAMES, azimuth_deg, draw_scene, mirror, solo_instrument


@pytest.fixture(scope="module")
def many_scenes():
    return [draw_scene(11, number) for number in range(1, 1501)]


def test_there_are_enough_players_and_looks():
    assert set(FIGURES) == set(INSTRUMENTS) == set(NAMES)
    assert len(NAMES) >= 12
    assert len(set(LOOKS)) == len(LOOKS) >= 12


def test_a_scene_depends_on_seed_and_number_alone():
    assert draw_scene(3, 17) == draw_scene(3, 17)
    assert draw_scene(3, 17) != draw_scene(4, 17)
    assert draw_scene(3, 17).players != draw_scene(3, 18).players


def test_one_to_three_different_players_play(many_scenes):
    counts = np.bincount([len(scene.players) for scene in many_scenes])
    assert counts[0] == 0
    assert counts[1] == len(many_scenes) // 2
    assert counts[2] > counts[3] > 200
    assert len(counts) == 4
    for scene in many_scenes:
        assert len({player.instrument for player in scene.players}) == len(scene.players)
        assert len({player.look for player in scene.players}) == len(scene.players)


@pytest.mark.parametrize("seed", range(5))
def test_each_instrument_plays_alone_once_in_a_round(seed):
    clips = 2 * len(NAMES)
    for lap in range(3):
        solos = [solo_instrument(seed, number) for number in range(lap * clips + 1, (lap + 1) * clips + 1)]
        assert sorted(name for name in solos if name is not None) == list(NAMES)


def test_solos_are_those_announced(many_scenes):
    for number, scene in enumerate(many_scenes, start=1):
        alone = scene.players[0].instrument if len(scene.players) == 1 else None
        assert alone == solo_instrument(11, number)


def test_players_stay_in_the_picture_and_apart(many_scenes):
    for scene in many_scenes:
        for time_s in np.linspace(0.0, DURATION_S, 21):
            spans = []
            for player in scene.players:
                width = figure_size(player.instrument, player.look)[0]
                left = pose_at(player, width, scene.key.beat_s, float(time_s)).left
                spans.append((left, left + width))
            spans.sort()
            assert spans[0][0] >= 0
            assert spans[-1][1] <= WIDTH
            assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_positions_are_spread_over_the_picture(many_scenes):
    middles = [player.x_at(5.0) for scene in many_scenes for player in scene.players]
    share = np.histogram(middles, bins=8, range=(40, WIDTH - 40))[0] / len(middles)
    assert share.min() > 0.06
    assert min(middles) < 60
    assert max(middles) > WIDTH - 60


def test_some_players_walk_slowly_and_most_stand(many_scenes):
    players = [player for scene in many_scenes for player in scene.players]
    walkers = [player for player in players if player.moves]
    assert 0.15 < len(walkers) / len(players) < 0.5
    assert all(abs(player.end_x - player.start_x) <= 90.1 for player in walkers)
    assert all(FIGURES[player.instrument].walks for player in walkers)


def _tied_to_a_side(lefts, rights):
    """Whether two counts differ by more than 4.5 standard deviations of a fair coin."""
    return abs(lefts - rights) > 4.5 * math.sqrt(lefts + rights)


@pytest.mark.parametrize("trait", ["instrument", "look", "facing", "moves", "loud", "source", "mirrored", "dry"])
def test_nothing_is_tied_to_a_side(many_scenes, trait):
    counts = {}
    for scene in many_scenes:
        for source, player in enumerate(scene.players):
            value = {
                "instrument": player.instrument,
                "look": player.look,
                "facing": player.facing,
                "moves": player.moves,
                "loud": player.level_db > -1.0,
                "source": (len(scene.players), source),
                "mirrored": scene.room.mirrored,
                "dry": scene.room.reverberation_db < -24.0,
            }[trait]
            lefts, rights = counts.get(value, (0, 0))
            is_left = player.x_at(5.0) < WIDTH / 2
            counts[value] = (lefts + is_left, rights + (not is_left))
    assert len(counts) > 1
    assert not {value: sides for value, sides in counts.items() if _tied_to_a_side(*sides)}


def test_walkers_walk_as_often_to_either_side(many_scenes):
    steps = [player.end_x - player.start_x for scene in many_scenes for player in scene.players if player.moves]
    assert not _tied_to_a_side(sum(step < 0 for step in steps), sum(step > 0 for step in steps))


def test_mirroring_twice_changes_nothing():
    scene = draw_scene(0, 4)
    once, twice = mirror(scene), mirror(mirror(scene))
    assert once != scene
    for player, image, again in zip(scene.players, once.players, twice.players, strict=True):
        assert azimuth_deg(image.start_x) == pytest.approx(-azimuth_deg(player.start_x))
        assert again.start_x == pytest.approx(player.start_x)
        assert (again.facing, again.notes) == (player.facing, player.notes)


def test_left_is_positive():
    assert azimuth_deg(0.0) == 60.0
    assert azimuth_deg(WIDTH / 2) == 0.0
    assert azimuth_deg(WIDTH) == -60.0


def test_phrases_stay_in_range_and_in_the_clip(many_scenes):
    for scene in many_scenes[:200]:
        for player in scene.players:
            instrument = INSTRUMENTS[player.instrument]
            starts = [note.start_s for note in player.notes]
            assert starts == sorted(starts)
            assert starts[0] <= scene.key.beat_s + 0.06
            assert all(instrument.low <= note.midi <= instrument.high for note in player.notes)
            assert all(0.0 < note.duration_s <= DURATION_S - note.start_s for note in player.notes)
