"""Who hears what: balanced within a list as far as its length allows, and exactly over all lists."""

from collections import Counter

import pytest

from leaderboard.study.design import balanced_directions, make_design

CLIPS = [f"{number:06d}" for number in range(12)]
TRUTHS = {clip: ("left", "centre", "right")[place % 3] for place, clip in enumerate(CLIPS)}


def of(design):
    return {trial.trial: trial for trial in (*design.preference, *design.direction)}


@pytest.mark.parametrize("methods", [2, 3, 4])
def test_over_all_lists_every_clip_comes_in_every_condition_equally_often(methods):
    versions = ["target", *"abcd"[:methods]]
    design = make_design(CLIPS, TRUTHS, versions)
    trials = of(design)
    seen = Counter(trials[name] for names in design.lists for name in names)
    assert set(seen) == set(trials.values())
    assert len({count for trial, count in seen.items() if trial.kind == "preference"}) == 1
    assert len({count for trial, count in seen.items() if trial.kind == "direction"}) == 1


def test_a_list_has_each_clip_once_in_each_part_and_both_sides_equally_often():
    design = make_design(CLIPS, TRUTHS, ["target", "a", "b"])
    trials = of(design)
    for names in design.lists:
        for kind in ("preference", "direction"):
            assert sorted(trials[name].clip_id for name in names if trials[name].kind == kind) == CLIPS
        sides = Counter((trials[name].a, trials[name].b) for name in names if trials[name].kind == "preference")
        assert sides == {("a", "b"): 6, ("b", "a"): 6}


@pytest.mark.parametrize("methods", [1, 2, 3])
def test_no_list_ties_a_version_to_a_direction(methods):
    versions = ["target", *"abc"[:methods]]
    design = make_design([], TRUTHS, versions)
    trials = of(design)
    for names in design.lists:
        pairs = Counter((trials[name].version, trials[name].truth) for name in names)
        assert set(pairs) == {(version, truth) for version in versions for truth in TRUTHS.values()}
        assert max(pairs.values()) - min(pairs.values()) <= 1


def test_one_part_alone():
    assert {trial.kind for trial in of(make_design(CLIPS, {}, ["target", "a", "b"])).values()} == {"preference"}
    assert {trial.kind for trial in of(make_design([], TRUTHS, ["target", "a"])).values()} == {"direction"}


def test_directions_are_chosen_in_equal_numbers_while_there_are_enough():
    truths = {"l1": "left", "l2": "left", "l3": "left", "c1": "centre", "r1": "right", "r2": "right"}
    assert balanced_directions(truths, 3) == {"l1": "left", "c1": "centre", "r1": "right"}
    assert list(balanced_directions(truths, 5)) == ["l1", "c1", "r1", "l2", "r2"]
    assert len(balanced_directions(truths, 100)) == 6
