"""The published lists: last lines without newline, three splits, a validation tenth, recordings without height."""

from hashlib import sha256

import pytest

from fairplay_bench.datasets.lists import read_ids, read_morgado2018, read_without_height
from fairplay_bench.errors import DatasetError

from ..spherical_sources import write_lists

SIZES = {"rec-street": ("REC-Street", 43), "yt-clean": ("YT-Clean", 496), "yt-music": ("YT-Music", 397)}


@pytest.fixture
def published(shared):
    return shared / "data" / "morgado2018"


def by_subset(split_set, split):
    rows = [row for row in split_set.rows if row.split == split]
    return {name: [row.clip_id for row in rows if row.subset == name] for name in ("train", "val", "test")}


@pytest.mark.parametrize("dataset", SIZES)
def test_reads_the_published_lists_whole(published, dataset):
    name, count = SIZES[dataset]
    file = published / f"{name}.lst"
    assert not file.read_bytes().endswith(b"\n"), "the file this test is about has no final newline"
    ids = read_ids(file)
    assert len(ids) == len(set(ids)) == count
    assert all(len(one) == 11 for one in ids)
    assert ids[-1] == file.read_bytes().split()[-1].decode()


@pytest.mark.parametrize("dataset", SIZES)
def test_reads_the_published_splits(published, dataset):
    name, count = SIZES[dataset]
    found = read_morgado2018(published, dataset)
    assert (found.name, found.published, found.by_recording, found.problems) == ("morgado2018", True, True, ())
    assert found.splits == [1, 2, 3]
    everything = set(read_ids(published / f"{name}.lst"))
    for split in found.splits:
        subsets = by_subset(found, split)
        assert subsets["test"] == read_ids(published / f"{name}.test.{split}.lst")
        train = read_ids(published / f"{name}.train.{split}.lst")
        assert sorted(subsets["train"] + subsets["val"]) == sorted(train)
        assert len(subsets["val"]) == round(len(train) / 10)
        assert sum(len(one) for one in subsets.values()) == count
        assert set().union(*subsets.values()) == everything


def test_validation_is_the_tenth_with_the_smallest_hashes(tmp_path):
    train = [f"video-{number:03d}" for number in range(60)]
    write_lists(tmp_path, "YT-Clean", [(train, ["elsewhere"])])
    held_out = by_subset(read_morgado2018(tmp_path, "yt-clean"), 1)["val"]
    assert sorted(held_out) == sorted(sorted(train, key=lambda one: sha256(one.encode()).hexdigest())[:6])


def test_a_recording_validates_whatever_the_order_of_its_list(tmp_path):
    train = [f"video-{number:03d}" for number in range(60)]
    write_lists(tmp_path / "a", "YT-Clean", [(train, ["t"])])
    write_lists(tmp_path / "b", "YT-Clean", [(train[::-1], ["t"])])
    one, other = (by_subset(read_morgado2018(tmp_path / name, "yt-clean"), 1)["val"] for name in "ab")
    assert sorted(one) == sorted(other)


def test_knows_which_published_recordings_lack_height(published):
    without = read_without_height(published)
    assert len(without) == 489  # grep -c 'WXY$'
    assert "-3GumCmyAIk" in without


def test_without_a_file_of_layouts_all_have_height(tmp_path):
    assert read_without_height(tmp_path) == frozenset()


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_endings_of_lines_do_not_matter(tmp_path, ending):
    (tmp_path / "x.lst").write_bytes(b"abc\r\n-def\n_ghi" + ending.encode())
    assert read_ids(tmp_path / "x.lst") == ["abc", "-def", "_ghi"]


def test_a_byte_order_mark_is_no_part_of_the_first_id(tmp_path):
    (tmp_path / "x.lst").write_bytes(b"\xef\xbb\xbfabc\ndef")
    assert read_ids(tmp_path / "x.lst") == ["abc", "def"]


def test_a_recording_in_train_and_test_is_a_problem(tmp_path):
    write_lists(tmp_path, "YT-Clean", [(["a", "b"], ["b", "c"])])
    assert read_morgado2018(tmp_path, "yt-clean").problems == ("morgado2018 split 1: b is in both train and test",)


def test_a_recording_listed_twice_counts_once(tmp_path):
    write_lists(tmp_path, "YT-Clean", [(["a", "b", "a"], ["c"])])
    assert sorted(row.clip_id for row in read_morgado2018(tmp_path, "yt-clean").rows) == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden"])
def test_an_id_that_cannot_name_a_file_is_refused_with_its_list(tmp_path, name):
    (tmp_path / "x.lst").write_text(f"good\n{name}")
    with pytest.raises(DatasetError, match=r"x\.lst: .* cannot name a clip"):
        read_ids(tmp_path / "x.lst")


def refusal(folder):
    with pytest.raises(DatasetError) as refused:
        read_morgado2018(folder, "yt-clean")
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_folder_without_lists_is_refused_naming_the_option(tmp_path):
    assert "no YT-Clean.train.1.lst and YT-Clean.test.1.lst in it; give their folder by --lists" in refusal(tmp_path)


def test_half_a_split_is_refused_by_the_missing_file(tmp_path):
    write_lists(tmp_path, "YT-Clean", [(["a"], ["b"])])
    (tmp_path / "YT-Clean.test.1.lst").unlink()
    assert "YT-Clean.test.1.lst: missing; give the folder of the published lists by --lists" in refusal(tmp_path)


def test_what_is_no_text_is_refused(tmp_path):
    write_lists(tmp_path, "YT-Clean", [(["a"], ["b"])])
    (tmp_path / "YT-Clean.train.1.lst").write_bytes(b"\xff\xfe\x00a")
    assert "YT-Clean.train.1.lst: cannot be read as a list of ids" in refusal(tmp_path)
