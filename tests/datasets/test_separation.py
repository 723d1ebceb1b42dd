"""The test set of separation: which solos are mixed, and which lists are refused."""

import shutil

import pandas as pd
import pytest

from fairplay_bench.datasets.index import SplitRow
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.datasets.separation import (
    SEPARATION_FILE,
    Solo,
    chosen_mixtures,
    mixtures_hash,
    named_mixtures,
    pairs,
    read_solos,
)
from fairplay_bench.datasets.verify import verify
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.jobs import Reporter, SerialExecutor

ROWS = [
    SplitRow("gao2019", split, subset, clip)
    for split, subset, clips in (
        (1, "train", "abc"),
        (1, "val", "de"),
        (1, "test", "fg"),
        (2, "train", "abd"),
        (2, "val", "ce"),
        (2, "test", "fg"),
    )
    for clip in clips
]


def solos(clips, **fields):
    return [Solo(clip, f"instrument of {clip}", **fields) for clip in clips]


def named(listed):
    return named_mixtures(listed, "solos.csv", "abcdefg", ROWS)


def write(tmp_path, text):
    (tmp_path / "solos.csv").write_text(text, "utf-8")
    return tmp_path / "solos.csv"


def test_ten_clips_give_forty_five_mixtures():
    mixtures = pairs(solos("jihgfedcba"), ("gao2019", 1))
    assert len(mixtures) == len({one.mixture_id for one in mixtures}) == 45
    assert all(one.clip_a < one.clip_b for one in mixtures)
    assert mixtures[0].mixture_id == "a+b"
    assert (mixtures[0].instrument_a, mixtures[0].instrument_b) == ("instrument of a", "instrument of b")


@pytest.mark.parametrize(("clips", "splits"), [("efg", {1, 2}), ("def", {1}), ("cfg", {2})])
def test_a_list_serves_every_split_that_holds_all_its_clips_out(clips, splits):
    mixtures = named(solos(clips))
    assert {one.split for one in mixtures} == splits
    assert len(mixtures) == 3 * len(splits)


def test_a_clip_can_be_meant_for_one_split():
    mixtures = named([*solos("df", split=1), *solos("cg", split=2)])
    assert [(one.split, one.mixture_id) for one in mixtures] == [(1, "d+f"), (2, "c+g")]


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        (solos("defx"), "solos.csv: x is not in the data set"),
        (solos("defxyzw"), "solos.csv: x, y, z and 1 more are not in the data set"),
        (solos("aef"), "a is not in the validation or test subset of split 1 of gao2019"),
        (solos("cf", split=1), "c is not in the validation or test subset of split 1 of gao2019"),
        (solos("df", split=3), "there is no split 3 of gao2019"),
        (solos("df", split=1, split_set="xu2021"), "there is no split 1 of xu2021"),
        ([Solo("e", "harp"), Solo("f", "harp")], "e and f are both harp; name one clip an instrument"),
        ([Solo("e", "harp"), Solo("f", "Harp")], "e and f are both Harp; name one clip an instrument"),
        ([*solos("ef"), Solo("e", "bass")], "solos.csv: e is there twice; name a clip once for a split"),
        ([*solos("df", split=1), *solos("g", split=2)], "g is alone in split 2; a mixture needs two"),
        ([*solos("df", split=1), *solos("g")], "g is alone without a split; a mixture needs two"),
    ],
)
def test_lists_that_are_refused(listed, message):
    with pytest.raises(DatasetError, match=message) as caught:
        named(listed)
    assert "\n" not in str(caught.value)


def test_without_splits_nothing_is_held_out():
    with pytest.raises(DatasetError, match="no splits, so nothing is held out"):
        named_mixtures(solos("ab"), "solos.csv", "ab", [])


def test_a_clip_that_trains_too_is_not_held_out():
    with pytest.raises(DatasetError, match="f is not in the validation or test subset"):
        named_mixtures(solos("fg"), "solos.csv", "fg", [*ROWS[:7], SplitRow("gao2019", 1, "train", "f")])


def test_of_all_solos_one_an_instrument_is_chosen():
    listed = [Solo("a", "harp"), Solo("d", "harp"), Solo("e", "harp"), Solo("f", "bass"), Solo("g", "drum")]
    mixtures = chosen_mixtures(reversed(listed), ROWS)
    assert [(one.split, one.mixture_id) for one in mixtures] == [
        (1, "d+f"),
        (1, "d+g"),
        (1, "f+g"),
        (2, "e+f"),
        (2, "e+g"),
        (2, "f+g"),
    ]
    assert len(chosen_mixtures(listed, ROWS, most=2)) == 2


def test_reading_a_list(tmp_path):
    file = write(tmp_path, "clip_id,instrument,split,split_set\n000001,harp,,\n000002, bass ,2,xu2021\n")
    assert read_solos(file) == [Solo("000001", "harp"), Solo("000002", "bass", "xu2021", 2)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clip,instrument\na,harp\n", "no column clip_id; give a CSV of clip_id,instrument"),
        ("", "no column clip_id, instrument"),
        ("clip_id,instrument\na,\nb,harp\n", "line 2: a clip and its instrument are needed"),
        ("clip_id,instrument\na,harp\n", "names 1 clip"),
        ("clip_id,instrument,split\na,harp,one\nb,bass,1\n", "line 2: split 'one' is no number"),
        ("clip_id,instrument,split\na,harp,1\nb,bass,0\n", "line 3: split '0' is no number; they are counted from 1"),
        ("clip_id,instrument,split_set\na,harp,x\nb,bass,x\n", "line 2: a split set without a split"),
    ],
)
def test_lists_that_cannot_be_read(tmp_path, text, message):
    with pytest.raises(DatasetError, match=message):
        read_solos(write(tmp_path, text))


def test_a_list_that_is_not_there(tmp_path):
    with pytest.raises(DatasetError, match=r"solos\.csv: cannot be read"):
        read_solos(tmp_path / "solos.csv")


@pytest.fixture
def source(make_source, split_writer):
    """Six clips of 0.3 s; the last three are held out."""
    root = make_source(clips=6, duration_s=0.3)
    ids = [f"{number:06d}" for number in range(1, 7)]
    for split in (1, 2):
        split_writer(root / "splits" / f"split{split}", {"train": ids[:3], "val": ids[3:5], "test": ids[5:]})
    return root


def test_preparing_with_a_list(source, run_prepare, tmp_path, hashes):
    listed = write(tmp_path, "clip_id,instrument\n000004,harp\n000005,bass\n000006,drum\n")
    out = tmp_path / "out"
    assert run_prepare(source, out, solos=listed).complete
    prepared = open_prepared(out)
    assert [(one.split, one.mixture_id) for one in prepared.mixtures][:3] == [
        (1, "000004+000005"),
        (1, "000004+000006"),
        (1, "000005+000006"),
    ]
    assert prepared.description["separation"] == {"mixtures": 6, "sha256": mixtures_hash(prepared.mixtures)}
    assert verify(prepared, SerialExecutor(), Reporter()) == []
    before = hashes(out)
    assert run_prepare(source, out).complete  # without the list it stays
    assert hashes(out) == before


def test_a_bad_list_is_refused_before_anything_is_prepared(source, run_prepare, tmp_path):
    listed = write(tmp_path, "clip_id,instrument\n000001,harp\n000005,bass\n")
    with pytest.raises(DatasetError, match="000001 is not in the validation or test subset"):
        run_prepare(source, tmp_path / "out", solos=listed)
    assert not (tmp_path / "out").exists()


def test_a_list_that_is_not_there_is_a_wrong_option(source, run_prepare, tmp_path):
    with pytest.raises(OptionError, match=r"^--solos .*none\.csv: no such file\.$"):
        run_prepare(source, tmp_path / "out", solos=tmp_path / "none.csv")
    assert not (tmp_path / "out").exists()


def test_a_data_set_without_mixtures_says_how_to_get_them(prepared):
    with pytest.raises(OptionError, match=r"no separation\.parquet; prepare the data set again, naming its solo clips"):
        _ = open_prepared(prepared).mixtures


def test_verify_notices_other_mixtures(source, run_prepare, tmp_path):
    listed = write(tmp_path, "clip_id,instrument\n000004,harp\n000005,bass\n000006,drum\n")
    out = tmp_path / "out"
    run_prepare(source, out, solos=listed)
    table = pd.read_parquet(out / SEPARATION_FILE)
    table.iloc[1:].to_parquet(out / SEPARATION_FILE)
    assert verify(open_prepared(out), SerialExecutor(), Reporter()) == [
        "separation.parquet: its hash is not that of dataset.json"
    ]
    shutil.move(out / SEPARATION_FILE, tmp_path)
    (problem,) = verify(open_prepared(out), SerialExecutor(), Reporter())
    assert "no separation.parquet" in problem
