from itertools import chain

import h5py
import numpy as np
import pytest

from fairplay_bench.datasets.split_sets import draw_seeded, read_gao2019, read_xu2021
from fairplay_bench.errors import DatasetError, MediaError

SUBSETS = {"train": ["000001", "000002", "000003"], "val": ["000004"], "test": ["000005"]}


@pytest.fixture
def splits(tmp_path, split_writer):
    folder = tmp_path / "splits"
    split_writer(folder / "split1", SUBSETS)
    return folder


def write_h5(file, **content):
    with h5py.File(file, "w") as opened:
        for name, value in content.items():
            opened[name] = value


def listed(split_set, split=1):
    found = {}
    for row in split_set.rows:
        if row.split == split:
            found.setdefault(row.subset, []).append(row.clip_id)
    return found


def refusal(read, folder, kind=DatasetError):
    with pytest.raises(kind) as caught:
        read(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_only_the_stem_of_an_entry_counts(splits):
    split_set = read_gao2019(splits)
    assert (split_set.name, split_set.published, split_set.splits) == ("gao2019", True, [1])
    assert listed(split_set) == SUBSETS
    assert split_set.problems == ()


@pytest.mark.parametrize(
    ("entry", "clip"),
    [
        ("000001", "000001"),
        ("../../x.wav", "x"),
        ("/etc/../../../x", "x"),
        (r"C:\data\binaural16k\000383.wav", "000383"),
        (r"..\..\x.wav", "x"),
        ("a/b/000001.wav ", "000001"),
        ("concert.part2.wav", "concert.part2"),
        ("Klavier größer.wav", "Klavier größer"),
    ],
)
def test_entries_never_lead_out_of_the_data_set(splits, entry, clip):
    write_h5(splits / "split1" / "test.h5", audio=[entry.encode()])
    assert listed(read_gao2019(splits))["test"] == [clip]


@pytest.mark.parametrize("entry", ["", "..", "/", "../..", ".hidden", "x/.wav", "a\x07b.wav", "x" * 300 + ".wav"])
def test_entries_that_name_nothing_are_refused(splits, entry):
    write_h5(splits / "split1" / "test.h5", audio=np.array([entry.encode()], dtype=h5py.string_dtype("ascii")))
    assert "cannot name a clip" in refusal(read_gao2019, splits)
    assert "test.h5: " in refusal(read_gao2019, splits)


@pytest.mark.parametrize(
    "values",
    [
        np.array([b"a/000009.wav"]),
        np.array(["a/000009.wav"], dtype=h5py.string_dtype("utf-8")),
        np.array([[b"a/000009.wav"]]),
        b"a/000009.wav",
    ],
    ids=["fixed bytes", "text of any length", "two axes", "a single value"],
)
def test_every_kind_of_text_is_read(splits, values):
    write_h5(splits / "split1" / "val.h5", audio=values)
    assert listed(read_gao2019(splits))["val"] == ["000009"]


def test_a_split_file_that_is_no_hdf5(splits):
    (splits / "split1" / "val.h5").write_text("no HDF5")
    assert "val.h5: not an HDF5 file that can be read; copy or download it again." in refusal(read_gao2019, splits)


def test_a_split_file_cut_short(splits):
    file = splits / "split1" / "train.h5"
    content = file.read_bytes()
    for kept in range(1, len(content), 211):
        file.write_bytes(content[:kept])
        assert "train.h5: not an HDF5 file that can be read" in refusal(read_gao2019, splits), kept


def test_a_split_file_that_is_a_git_lfs_pointer(splits):
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    (splits / "split1" / "test.h5").write_text(text)
    assert "test.h5: a git-LFS pointer" in refusal(read_gao2019, splits, MediaError)
    assert "`git lfs pull`" in refusal(read_gao2019, splits, MediaError)


def test_a_split_file_without_audio(splits):
    write_h5(splits / "split1" / "test.h5", video=[b"a"])
    assert "test.h5: holds no data set 'audio'; this is not a FAIR-Play" in refusal(read_gao2019, splits)


def test_a_split_file_whose_audio_is_a_group(splits):
    with h5py.File(splits / "split1" / "test.h5", "w") as opened:
        opened.create_group("audio")
    assert "holds no data set 'audio'" in refusal(read_gao2019, splits)


@pytest.mark.parametrize(
    "values",
    [np.arange(3), np.ones(3), np.zeros(2, dtype=[("a", "i4"), ("b", "S3")]), h5py.Empty("S10")],
    ids=["integers", "fractions", "records", "nothing"],
)
def test_a_split_file_whose_audio_holds_no_text(splits, values):
    write_h5(splits / "split1" / "test.h5", audio=values)
    assert "test.h5: 'audio' holds no file names" in refusal(read_gao2019, splits)


def test_a_subset_is_missing(splits):
    (splits / "split1" / "val.h5").unlink()
    assert "val.h5: missing; a split needs train, val and test." in refusal(read_gao2019, splits)


def test_a_folder_without_splits_or_no_folder(tmp_path):
    assert "no such folder" in refusal(read_gao2019, tmp_path / "none")
    (tmp_path / "splits" / "other").mkdir(parents=True)
    assert "no folder split1, split2, … in it" in refusal(read_gao2019, tmp_path / "splits")


def test_a_clip_listed_twice_counts_once_and_is_named(splits, split_writer):
    split_writer(splits / "split2", SUBSETS | {"train": ["000001", "000002", "000001", "000003"]})
    split_set = read_gao2019(splits)
    assert listed(split_set, 2)["train"] == ["000001", "000002", "000003"]
    assert split_set.problems == ("gao2019 split 2: 000001 is listed twice in train",)


def test_a_clip_in_two_subsets_is_named_and_stays_in_both(splits, split_writer):
    split_writer(splits / "split1", SUBSETS | {"test": ["000005", "000002"]})
    split_set = read_gao2019(splits)
    assert split_set.problems == ("gao2019 split 1: 000002 is in both train and test",)
    assert listed(split_set) == SUBSETS | {"test": ["000005", "000002"]}


def test_a_clip_in_two_splits_is_as_it_should_be(splits, split_writer):
    split_writer(splits / "split2", {"train": ["000005"], "val": ["000001"], "test": ["000002"]})
    assert read_gao2019(splits).problems == ()


def test_splits_are_numbered_by_their_folders(splits, split_writer):
    for number in (3, 10):
        split_writer(splits / f"split{number}", SUBSETS)
    (splits / "split").mkdir()
    (splits / "notes.txt").touch()
    assert read_gao2019(splits).splits == [1, 3, 10]


def write_text_splits(folder, texts):
    folder.mkdir(parents=True)
    for subset, content in texts.items():
        (folder / f"{subset}.txt").write_bytes(content)


TEXTS = {"train": b"000001.mp3\n000002.mp3", "val": b"000003.mp3", "test": b"000004.mp3\n000005.mp3"}


def test_text_without_a_final_newline_loses_nothing(tmp_path):
    write_text_splits(tmp_path / "split1", TEXTS)
    split_set = read_xu2021(tmp_path)
    assert (split_set.name, split_set.published, split_set.splits) == ("xu2021", True, [1])
    assert listed(split_set) == {"train": ["000001", "000002"], "val": ["000003"], "test": ["000004", "000005"]}


@pytest.mark.parametrize(
    "content",
    [b"000004.mp3\n000005.mp3\n", b"000004.mp3\r\n000005.mp3\r\n", b"\xef\xbb\xbf000004.mp3\n\n  000005.mp3  \n\n"],
    ids=["final newline", "Windows", "byte order mark and blanks"],
)
def test_text_of_other_editors(tmp_path, content):
    write_text_splits(tmp_path / "split1", TEXTS | {"test": content})
    assert listed(read_xu2021(tmp_path))["test"] == ["000004", "000005"]


def test_text_that_is_none(tmp_path):
    write_text_splits(tmp_path / "split1", TEXTS | {"val": b"\xff\xfe\x00\x81"})
    assert "val.txt: not a text file; a list of file names, one a line, is expected." in refusal(read_xu2021, tmp_path)


def test_text_that_is_empty_or_a_pointer(tmp_path):
    write_text_splits(tmp_path / "split1", TEXTS | {"val": b""})
    assert "val.txt: the file is empty" in refusal(read_xu2021, tmp_path, MediaError)
    (tmp_path / "split1" / "val.txt").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    assert "git-LFS pointer" in refusal(read_xu2021, tmp_path, MediaError)


def test_a_text_file_is_missing(tmp_path):
    write_text_splits(tmp_path / "split2", TEXTS)
    (tmp_path / "split2" / "test.txt").unlink()
    assert "test.txt: missing" in refusal(read_xu2021, tmp_path)


CLIPS = [f"{number:06d}" for number in range(100)]


def test_seeded_splits_are_ours_of_8_1_1_and_repeatable():
    split_set = draw_seeded(CLIPS, CLIPS, seed=5)
    assert (split_set.name, split_set.published, split_set.splits) == ("seeded", False, list(range(1, 11)))
    for split in split_set.splits:
        found = listed(split_set, split)
        assert {subset: len(clips) for subset, clips in found.items()} == {"train": 80, "val": 10, "test": 10}
        assert sorted(chain.from_iterable(found.values())) == CLIPS
    assert draw_seeded(CLIPS, CLIPS, seed=5) == split_set
    assert draw_seeded(CLIPS, CLIPS, seed=6) != split_set
    assert listed(split_set, 1) != listed(split_set, 2)


def test_seeded_splits_never_divide_a_recording():
    groups = [clip[:5] for clip in CLIPS]
    split_set = draw_seeded(CLIPS, groups, seed=0, splits=3)
    for split in (1, 2, 3):
        subsets = {}
        for row in split_set.rows:
            if row.split == split:
                subsets.setdefault(row.clip_id[:5], set()).add(row.subset)
        assert all(len(found) == 1 for found in subsets.values())
        assert {next(iter(found)) for found in subsets.values()} == {"train", "val", "test"}


def test_seeded_splits_do_not_hang_on_the_order_of_clips():
    assert set(draw_seeded(CLIPS, CLIPS, 0).rows) == set(draw_seeded(CLIPS[::-1], CLIPS[::-1], 0).rows)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_recordings_are_not_split(count):
    clips = CLIPS[: 10 * count]
    split_set = draw_seeded(clips, [clip[:5] for clip in clips], 0)
    assert (split_set.splits, split_set.rows) == ([], ())


def test_the_published_text_splits_are_whole(shared):
    split_set = read_xu2021(shared / "data" / "fair-play" / "xu2021_splits")
    assert split_set.splits == [1, 2, 3, 4, 5]
    for split in split_set.splits:
        found = listed(split_set, split)
        assert {subset: len(clips) for subset, clips in found.items()} == {"train": 1497, "val": 187, "test": 187}
        assert all(len(clip) == 6 and clip.isdigit() for clips in found.values() for clip in clips)
        assert len(set(chain.from_iterable(found.values()))) == 1871
    assert split_set.problems == ()


def test_the_published_random_split_is_whole(shared):
    split_set = read_gao2019(shared / "data" / "fair-play" / "splits")
    found = listed(split_set)
    assert split_set.splits == [1]
    assert {subset: len(clips) for subset, clips in found.items()} == {"train": 1497, "val": 187, "test": 187}
    assert sorted(chain.from_iterable(found.values())) == [f"{number:06d}" for number in range(1, 1872)]
    assert "001353" in found["test"]
    assert split_set.problems == ()
