import shutil
from pathlib import Path

import pytest
import soundfile

import fairplay_bench
from fairplay_bench.datasets.load import load_dataset
from fairplay_bench.errors import OptionError, UnknownNameError


def test_the_three_subsets_of_a_split(prepared):
    loaded = load_dataset(prepared, split_set="gao2019", split=1)
    assert list(loaded) == ["train", "validation", "test"]
    assert loaded["test"]["clip_id"][:] == ["000002"]
    assert loaded["validation"]["clip_id"][:] == ["000003"]
    assert loaded["train"]["clip_id"][:] == ["000001", *(f"{number:06d}" for number in range(4, 11))]


def test_the_split_asked_for(prepared):
    assert load_dataset(str(prepared), split=2)["test"]["clip_id"][:] == ["000003"]


def test_rows_are_those_of_the_index_with_full_paths(prepared, monkeypatch):
    monkeypatch.chdir(prepared.parent)
    (row,) = load_dataset(Path(prepared.name))["test"]
    assert (row["clip_id"], row["video_id"], row["start_s"], row["duration_s"]) == ("000002", "000002", 0.0, 1.0)
    assert (row["n_samples"], row["n_frames"]) == (16_000, 10)
    assert row["audio"] == str(prepared / "audio" / "000002.wav")
    assert len(list(Path(row["frames"]).iterdir())) == 10
    assert soundfile.info(row["audio"]).channels == 2
    assert all(len(row[name]) == 64 for name in ("source_sha256", "audio_sha256", "frames_sha256"))


def test_columns_are_the_same_in_an_empty_subset(three_clips, tmp_path, run_prepare, split_writer):
    split_writer(three_clips / "splits" / "split1", {"test": ["000008", "000009"]})
    run_prepare(three_clips, tmp_path / "out")
    with pytest.warns(UserWarning, match="2 of 2 test clips are not there") as warned:
        loaded = load_dataset(tmp_path / "out")
    assert len(warned) == 1
    assert len(loaded["test"]) == 0
    assert loaded["test"].column_names == loaded["train"].column_names


def test_clips_that_are_not_there_are_left_out_with_a_warning(three_clips, tmp_path, run_prepare, split_writer):
    split_writer(three_clips / "splits" / "split1", {"test": ["000009", "000001"]})
    run_prepare(three_clips, tmp_path / "out")
    with pytest.warns(UserWarning, match="1 of 2 test clips are not there"):
        loaded = load_dataset(tmp_path / "out")
    assert loaded["test"]["clip_id"][:] == ["000001"]


def test_a_data_set_may_be_moved(prepared, tmp_path):
    moved = shutil.move(prepared, tmp_path / "elsewhere größer")
    (row,) = load_dataset(moved)["test"]
    assert Path(row["audio"]).is_file()


def test_what_is_not_there_is_refused(prepared, tmp_path):
    with pytest.raises(OptionError, match=r"no prepared data set there; run `fairplay-bench prepare` first"):
        load_dataset(tmp_path / "none")
    with pytest.raises(OptionError, match=r"split 7 of gao2019 is not on disk; usable: 1, 2\."):
        load_dataset(prepared, split=7)
    with pytest.raises(UnknownNameError, match=r"unknown split set of .* 'xu2021'"):
        load_dataset(prepared, split_set="xu2021")


def test_it_is_part_of_the_interface():
    assert fairplay_bench.load_dataset is load_dataset
