from io import BytesIO

import h5py
import pytest

from fairplay_bench.datasets.mini.scene import NAMES, solo_instrument
from fairplay_bench.datasets.mini.splits import SPLITS, draw_split, split_file
from fairplay_bench.errors import OptionError


def held_out_instruments(split, seed):
    played = {solo_instrument(seed, number) for subset in ("val", "test") for number in split[subset]}
    return played - {None}


@pytest.mark.parametrize("clips", [10, 11, 15, 37, 100, 187])
def test_every_clip_is_in_one_subset_and_none_is_empty(clips):
    for number in range(1, SPLITS + 1):
        split = draw_split(clips, 0, number)
        assert sorted(split["train"] + split["val"] + split["test"]) == list(range(1, clips + 1))
        assert len(split["val"]) == len(split["test"]) == pytest.approx(clips / 10, abs=0.5)


@pytest.mark.parametrize("seed", range(25))
def test_ten_instruments_are_held_out_from_100_clips_on(seed):
    for clips in (100, 101, 128):
        for number in range(1, SPLITS + 1):
            assert len(held_out_instruments(draw_split(clips, seed, number), seed)) >= 10


@pytest.mark.parametrize("clips", [10, 20, 30, 64])
def test_fewer_clips_hold_out_as_many_instruments_as_they_can(clips):
    for seed in range(5):
        solos = {solo_instrument(seed, number) for number in range(1, clips + 1)} - {None}
        for number in range(1, SPLITS + 1):
            split = draw_split(clips, seed, number)
            seats = len(split["val"]) + len(split["test"])
            assert len(held_out_instruments(split, seed)) >= min(10, seats, len(solos))


def test_many_clips_hold_out_half_solos_of_all_instruments():
    split = draw_split(600, 0, 1)
    assert held_out_instruments(split, 0) == set(NAMES)
    held = split["val"] + split["test"]
    assert sum(solo_instrument(0, number) is not None for number in held) == len(held) // 2


def test_splits_differ_by_number_and_seed_and_repeat():
    drawn = {draw_split(40, seed, number)["test"] for seed in (0, 1) for number in range(1, SPLITS + 1)}
    assert len(drawn) == 2 * SPLITS
    assert draw_split(40, 0, 3) == draw_split(40, 0, 3)


def test_too_few_clips_are_refused():
    with pytest.raises(OptionError, match="at least 10"):
        draw_split(9, 0, 1)


def test_split_files_are_as_published_and_always_the_same():
    content = split_file((12, 345))
    assert split_file((12, 345)) == content
    with h5py.File(BytesIO(content)) as file:
        assert list(file) == ["audio"]
        assert file["audio"].dtype.kind == "S"
        assert list(file["audio"]) == [b"binaural16k/000012.wav", b"binaural16k/000345.wav"]
