import json

import numpy as np
import pandas as pd
import pytest

from fairplay_bench.datasets.index import DECODER_FILE
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import DatasetError, OptionError, UnknownNameError
from fairplay_bench.records import GAO2019, XU2021


def refusal(call, kind):
    with pytest.raises(kind) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def edit(folder, **changes):
    file = folder / "dataset.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")


def test_what_was_prepared_is_read_back(prepared):
    opened = open_prepared(prepared)
    assert (opened.name, opened.version) == ("fair-play", "2019.1")
    assert list(opened.clips) == [f"{number:06d}" for number in range(1, 11)]
    row = opened.clips["000004"]
    assert (row.n_samples, row.n_frames, row.audio) == (16_000, 10, "audio/000004.wav")
    assert opened.splits("gao2019") == [1, 2]
    assert opened.listed("gao2019", 1, "test") == ["000002"]
    assert opened.listed("gao2019", 2, "val") == ["000004"]
    assert len(opened.listed("gao2019", 1, "train")) == 8


def test_filters_are_there_where_ambisonic_sound_was_decoded(prepared):
    assert open_prepared(prepared).filters is None
    np.save(prepared / DECODER_FILE, np.ones((2, 4, 3)))
    assert open_prepared(prepared).filters.shape == (2, 4, 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (b"no array", "cannot be read"),
        (np.ones((4, 3)), "no filters"),
        (np.full((2, 4, 3), np.nan), "no filters"),
    ],
)
def test_damaged_filters_are_refused(prepared, content, said):
    file = prepared / DECODER_FILE
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        np.save(file, content)
    assert f"decoder.npy: {said}" in refusal(lambda: open_prepared(prepared).filters, DatasetError)


def test_clips_that_are_listed_and_not_there_are_listed(three_clips, tmp_path, run_prepare, split_writer):
    split_writer(three_clips / "splits" / "split1", {"test": ["000009", "000001"]})
    run_prepare(three_clips, tmp_path / "out")
    assert open_prepared(tmp_path / "out").listed("gao2019", 1, "test") == ["000001", "000009"]


@pytest.mark.parametrize("split", [0, 3, 10])
def test_splits_that_are_not_on_disk_are_refused_by_name(prepared, split):
    text = refusal(lambda: open_prepared(prepared).listed("gao2019", split, "test"), OptionError)
    assert text == f"{prepared}: split {split} of gao2019 is not on disk; usable: 1, 2."


def test_an_unknown_subset_or_split_set(prepared):
    opened = open_prepared(prepared)
    assert "unknown subset 'tset'. Did you mean 'test'?" in refusal(
        lambda: opened.listed("gao2019", 1, "tset"), UnknownNameError
    )
    text = refusal(lambda: opened.split_set("gao2018"), UnknownNameError)
    assert text == f"unknown split set of {prepared} 'gao2018'. Did you mean 'gao2019'? Known: gao2019."


def test_the_split_set_is_the_named_one_else_the_protocols_else_the_first(prepared):
    opened = open_prepared(prepared)
    assert opened.split_set(None) == "gao2019"
    assert opened.split_set(None, GAO2019) == "gao2019"
    assert opened.split_set("gao2019", XU2021) == "gao2019"
    text = refusal(lambda: opened.split_set(None, XU2021), UnknownNameError)
    assert text.startswith(f"unknown split set of {prepared} 'xu2021'.")


@pytest.mark.parametrize("place", ["none", "empty", "file"])
def test_where_nothing_was_prepared(tmp_path, place):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    text = refusal(lambda: open_prepared(tmp_path / place), OptionError)
    assert text == f"{tmp_path / place}: no prepared data set there; run `fairplay-bench prepare` first."


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"{}", b'{"name": "mini"}', b"\xff\xfe"])
def test_a_damaged_description(prepared, content):
    (prepared / "dataset.json").write_bytes(content)
    text = refusal(lambda: open_prepared(prepared), DatasetError)
    assert text.startswith(f"{prepared / 'dataset.json'}: ")
    assert text.endswith("; prepare the data set again.")


@pytest.mark.parametrize("missing", ["format", "name", "version", "split_sets", "counts", "index_sha256"])
def test_a_description_that_lacks_something(prepared, missing):
    file = prepared / "dataset.json"
    description = json.loads(file.read_text("utf-8"))
    del description[missing]
    file.write_text(json.dumps(description), "utf-8")
    assert "not the description of a prepared data set" in refusal(lambda: open_prepared(prepared), DatasetError)


@pytest.mark.parametrize("version", [2, "1", None])
def test_a_later_format_is_refused(prepared, version):
    edit(prepared, format=version)
    text = refusal(lambda: open_prepared(prepared), DatasetError)
    assert text.endswith(f"format {version} is later than this version knows; update the tool.")


def spoil_missing(file):
    file.unlink()


def spoil_text(file):
    file.write_text("no table")


def spoil_empty(file):
    file.write_bytes(b"")


def spoil_cut(file):
    file.write_bytes(file.read_bytes()[:-20])


def spoil_other_table(file):
    pd.DataFrame({"a": [1]}).to_parquet(file)


@pytest.mark.parametrize("spoil", [spoil_missing, spoil_text, spoil_empty, spoil_cut, spoil_other_table])
@pytest.mark.parametrize(("name", "read"), [("index", "clips"), ("splits", "split_rows")])
def test_a_damaged_table(prepared, spoil, name, read):
    file = prepared / f"{name}.parquet"
    spoil(file)
    opened = open_prepared(prepared)
    text = refusal(lambda: getattr(opened, read), DatasetError)
    assert text.startswith(f"{file}: ")
    assert text.endswith("prepare the data set again.")


def test_another_table_is_told_by_its_columns(prepared):
    spoil_other_table(prepared / "splits.parquet")
    text = refusal(lambda: open_prepared(prepared).split_rows, DatasetError)
    assert "splits.parquet: other columns than split_set, split, subset, clip_id; prepare" in text
