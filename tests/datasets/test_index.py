from dataclasses import replace
from hashlib import sha256

import pandas as pd
import pytest

from fairplay_bench.datasets.index import IndexRow, SplitRow, index_hash, splits_hash, write_table
from fairplay_bench.datasets.spec import SPECS, dataset_spec
from fairplay_bench.errors import UnknownNameError

ROW = IndexRow(
    clip_id="b",
    video_id="v",
    start_s=10.0,
    duration_s=9.984,
    n_samples=159_744,
    n_frames=100,
    audio="audio/b.wav",
    frames="frames/b",
    source_sha256="5" * 64,
    audio_sha256="6" * 64,
    frames_sha256="7" * 64,
)


def test_the_index_hash_is_that_of_four_columns_in_order():
    rows = [ROW, replace(ROW, clip_id="a", start_s=0.0)]
    wanted = sha256(f"a,{'5' * 64},0.0,159744\nb,{'5' * 64},10.0,159744\n".encode()).hexdigest()
    assert index_hash(rows) == wanted
    assert index_hash(rows[::-1]) == wanted
    assert index_hash([]) == sha256(b"").hexdigest()


@pytest.mark.parametrize("change", [{"clip_id": "c"}, {"source_sha256": "4" * 64}, {"start_s": 1.0}, {"n_samples": 1}])
def test_the_index_hash_tells_different_data(change):
    assert index_hash([replace(ROW, **change)]) != index_hash([ROW])


@pytest.mark.parametrize("change", [{"audio_sha256": "4" * 64}, {"frames_sha256": "4" * 64}, {"audio": "x"}])
def test_the_index_hash_does_not_hang_on_libraries(change):
    assert index_hash([replace(ROW, **change)]) == index_hash([ROW])


def test_the_hash_of_splits():
    rows = [SplitRow("gao2019", 2, "val", "b"), SplitRow("gao2019", 1, "test", "a")]
    wanted = sha256(b"gao2019,1,test,a\ngao2019,2,val,b\n").hexdigest()
    assert splits_hash(rows) == splits_hash(rows[::-1]) == wanted


@pytest.mark.parametrize("rows", [[], [ROW]], ids=["none", "one"])
def test_tables_have_every_column_and_whole_numbers(tmp_path, rows):
    write_table(tmp_path / "t.parquet", rows, IndexRow)
    table = pd.read_parquet(tmp_path / "t.parquet")
    assert list(table.columns) == [name for name in IndexRow.__dataclass_fields__ if not name.startswith("ambisonic")]
    assert (table.dtypes["n_samples"], table.dtypes["n_frames"]) == ("int64", "int64")
    assert [IndexRow(**row) for row in table.to_dict("records")] == rows


def test_ambisonics_add_their_columns_where_there_are_any(tmp_path):
    sound = {"ambisonics": "ambisonics/a.wav", "ambisonic_channels": "WYZX", "ambisonics_sha256": "8" * 64}
    rows = [ROW, replace(ROW, clip_id="a", **sound)]
    write_table(tmp_path / "t.parquet", rows, IndexRow)
    table = pd.read_parquet(tmp_path / "t.parquet")
    assert list(table.columns) == list(IndexRow.__dataclass_fields__)
    assert list(table["ambisonics"]) == ["", "ambisonics/a.wav"]
    assert [IndexRow(**row) for row in table.to_dict("records")] == rows


def test_tables_are_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_table(tmp_path / name, [ROW, replace(ROW, clip_id="a")], IndexRow)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_every_data_set_is_declared_in_full(spec):
    assert dataset_spec(spec.name) is spec
    assert spec.version
    assert spec.licence
    assert spec.clip_s > 0
    assert len(set(spec.split_sets)) == len(spec.split_sets) > 0
    assert spec.source_layout


def test_fair_play_is_declared_as_published():
    spec = dataset_spec("fair-play")
    assert (spec.clips, spec.clip_s, spec.split_sets) == (1871, 10.0, ("gao2019", "xu2021"))


def test_an_unknown_data_set_comes_with_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"unknown data set 'fairplay'\. Did you mean 'fair-play'\? Known: "):
        dataset_spec("fairplay")
