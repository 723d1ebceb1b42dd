"""A part of the training recordings."""

from dataclasses import replace

import pytest

from fairplay_bench.errors import OptionError
from fairplay_bench.training.fit import train
from fairplay_bench.training.share import share_of

CLIPS = [f"{number:06d}" for number in range(1, 301)]


def test_a_share_is_the_nearest_number_of_clips_in_order():
    assert share_of(CLIPS, 1.0) == CLIPS
    third = share_of(CLIPS, 0.33)
    assert len(third) == 99
    assert third == sorted(third)
    assert len(share_of(CLIPS, 1e-6)) == 1


def test_a_smaller_share_lies_in_a_larger_one_whatever_the_order():
    third, half = share_of(CLIPS, 0.33), share_of(CLIPS, 0.5)
    assert set(third) < set(half)
    assert set(share_of(CLIPS[::-1], 0.33)) == set(third)


def test_a_share_is_spread_over_the_clips():
    numbers = [int(clip) for clip in share_of(CLIPS, 0.33)]
    assert 20 < sum(number <= 100 for number in numbers) < 46


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan")])
def test_no_part(share):
    with pytest.raises(OptionError, match="give a part, more than 0 and at most 1"):
        share_of(CLIPS, share)


def test_mono2binaural_trains_on_a_share(plan):
    run = train(replace(plan, settings={"binaural-share": 0.5}))
    assert run.training["steps"] == 3 * 2
    (training, validation) = run.card.trained_on
    assert len(training.clip_ids) == 4
    assert validation.clip_ids == ()
    with pytest.raises(OptionError, match="--binaural-share 2"):
        train(replace(plan, settings={"binaural-share": 2.0}, overwrite=True))
