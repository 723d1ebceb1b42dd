import json
import os
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.datasets.verify import verify
from fairplay_bench.errors import DatasetError
from fairplay_bench.jobs import Reporter, SerialExecutor

WAV, FRAMES = "audio/000002.wav", "frames/000002"


@pytest.fixture
def folder(three_clips, tmp_path, run_prepare):
    assert run_prepare(three_clips, tmp_path / "out").complete
    return tmp_path / "out"


def found(folder):
    problems = verify(open_prepared(folder), SerialExecutor(), Reporter())
    assert not [line for line in problems if "\n" in line or str(folder) in line]
    return problems


def rewrite(folder, *, rate=16_000, channels=2, samples=16_000, subtype="FLOAT", fill=0.1):
    soundfile.write(folder / WAV, np.full((samples, channels), fill), rate, subtype=subtype)


def flip_a_bit(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def cut(path, count):
    path.write_bytes(path.read_bytes()[:-count])


def swap(folder):
    one, two = folder / FRAMES / "000001.jpg", folder / FRAMES / "000002.jpg"
    one_bytes, two_bytes = one.read_bytes(), two.read_bytes()
    one.write_bytes(two_bytes)
    two.write_bytes(one_bytes)


def resize(folder):
    path = folder / FRAMES / "000003.jpg"
    with Image.open(path) as image:
        image.resize((240, 120)).save(path)


def replace_by_folder(path):
    path.unlink()
    path.mkdir()


SHA = "audio/000002.wav: its SHA-256 is not the index's"
DAMAGE = {
    "sound missing": (lambda f: (f / WAV).unlink(), [f"{WAV}: missing; copy or download it."]),
    "sound empty": (lambda f: (f / WAV).write_bytes(b""), [f"{WAV}: the file is empty; copy or download it again."]),
    "sound cut": (lambda f: cut(f / WAV, 8), [f"{WAV}: truncated: 128050 bytes of at least 128058; copy or "]),
    "no sound": (lambda f: (f / WAV).write_text("x" * 99), [f"{WAV}: not a sound file that can be read"]),
    "one bit of sound": (lambda f: flip_a_bit(f / WAV, 5000), [SHA]),
    "other rate": (lambda f: rewrite(f, rate=48_000), [f"{WAV}: rate 48000, not 16000", SHA]),
    "one ear": (lambda f: rewrite(f, channels=1), [f"{WAV}: channels 1, not 2", SHA]),
    "other length": (lambda f: rewrite(f, samples=15_999), [f"{WAV}: samples 15999, not 16000", SHA]),
    "NaN": (lambda f: rewrite(f, fill=np.nan), [f"{WAV}: NaN or infinite from sample 0 (0.000 s)"]),
    "other sound": (lambda f: rewrite(f), [SHA]),
    "frames missing": (lambda f: shutil.rmtree(f / FRAMES), [f"{FRAMES}: 10 frames missing, the first 000001.jpg"]),
    "a frame missing": (
        lambda f: (f / FRAMES / "000007.jpg").unlink(),
        [f"{FRAMES}: 1 frames missing, the first 000007.jpg"],
    ),
    "a frame too many": (
        lambda f: shutil.copy(f / FRAMES / "000001.jpg", f / FRAMES / "000011.jpg"),
        [f"{FRAMES}: 1 files too many, the first 000011.jpg"],
    ),
    "a frame renamed": (
        lambda f: (f / FRAMES / "000010.jpg").rename(f / FRAMES / "10.jpg"),
        [f"{FRAMES}: 1 frames missing, the first 000010.jpg", f"{FRAMES}: 1 files too many, the first 10.jpg"],
    ),
    "frames swapped": (swap, [f"{FRAMES}: their SHA-256 is not the index's"]),
    "one bit of a frame": (
        lambda f: flip_a_bit(f / FRAMES / "000004.jpg", -3),
        [f"{FRAMES}: their SHA-256 is not the index's"],
    ),
    "a frame cut": (lambda f: cut(f / FRAMES / "000005.jpg", 100), [f"{FRAMES}/000005.jpg: not a picture"]),
    "a frame empty": (
        lambda f: (f / FRAMES / "000005.jpg").write_bytes(b""),
        [f"{FRAMES}/000005.jpg: not a picture"],
    ),
    "a frame of another size": (resize, [f"{FRAMES}/000003.jpg: 240 x 120, not 480 x 240"]),
    "a folder for a frame": (
        lambda f: replace_by_folder(f / FRAMES / "000005.jpg"),
        [f"{FRAMES}: cannot be read (Is a directory)"],
    ),
}


def test_a_whole_data_set_has_no_problems(folder):
    assert found(folder) == []


@pytest.mark.parametrize(("damage", "expected"), DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_to_a_clip_is_found(folder, damage, expected):
    damage(folder)
    problems = found(folder)
    assert len(problems) == len(expected)
    for problem, start in zip(problems, expected, strict=True):
        assert problem.startswith(f"000002: {start}")


def edit_table(file, change):
    table = pd.read_parquet(file)
    change(table).to_parquet(file, index=False)


def with_value(column, row, value):
    def change(table):
        table.loc[row, column] = value
        return table

    return change


INDEX_HASH = "dataset.json: its index hash is not that of index.parquet"
TABLE_DAMAGE = {
    "a clip lost": (lambda t: t.iloc[:2], [INDEX_HASH, "dataset.json: counts 3 clips, index.parquet 2"]),
    "a source's hash": (with_value("source_sha256", 0, "0" * 64), [INDEX_HASH]),
    "a length": (
        with_value("n_samples", 0, 15_000),
        [INDEX_HASH, "000001: audio/000001.wav: samples 16000, not 15000"],
    ),
    "a sound's hash": (
        with_value("audio_sha256", 0, "0" * 64),
        ["000001: audio/000001.wav: its SHA-256 is not the index's"],
    ),
    "frames' hash": (
        with_value("frames_sha256", 2, "0" * 64),
        ["000003: frames/000003: their SHA-256 is not the index's"],
    ),
    "number of frames": (
        with_value("n_frames", 2, 11),
        ["000003: frames/000003: 1 frames missing, the first 000011.jpg"],
    ),
}


@pytest.mark.parametrize(("change", "expected"), TABLE_DAMAGE.values(), ids=TABLE_DAMAGE.keys())
def test_damage_to_the_index_is_found(folder, change, expected):
    edit_table(folder / "index.parquet", change)
    assert found(folder) == expected


@pytest.mark.parametrize(
    "change",
    [lambda t: t.iloc[1:], with_value("clip_id", 0, "000009"), with_value("subset", 0, "val")],
    ids=["a row lost", "another clip", "another subset"],
)
def test_damage_to_the_splits_is_found(folder, change):
    edit_table(folder / "splits.parquet", change)
    assert found(folder) == ["splits.parquet: its hash is not that of dataset.json"]


def test_splits_that_cannot_be_read_are_found(folder):
    (folder / "splits.parquet").write_text("no table")
    (problem,) = found(folder)
    assert problem.startswith("splits.parquet: cannot be read (")
    (folder / "splits.parquet").unlink()
    assert found(folder) == ["splits.parquet: missing; prepare the data set again."]


def test_damage_to_the_description_is_found(folder):
    file = folder / "dataset.json"
    description = json.loads(file.read_text("utf-8"))
    description["index_sha256"] = "0" * 64
    description["counts"]["clips"] = 4
    file.write_text(json.dumps(description), "utf-8")
    assert found(folder) == [INDEX_HASH, "dataset.json: counts 4 clips, index.parquet 3"]


def test_an_index_that_cannot_be_read_ends_it(folder):
    os.truncate(folder / "index.parquet", 100)
    with pytest.raises(DatasetError, match=r"index\.parquet: cannot be read \(.*\); prepare the data set again\.$"):
        found(folder)


def test_every_clip_is_looked_at_and_named_in_order(folder):
    for clip in ("000003", "000001"):
        (folder / "audio" / f"{clip}.wav").unlink()
    assert [line[:6] for line in found(folder)] == ["000001", "000003"]


def test_clips_that_were_missing_or_bad_are_no_damage(three_clips, tmp_path, run_prepare, split_writer):
    split_writer(three_clips / "splits" / "split1", {"test": ["000009"]})
    (three_clips / "videos" / "000003.mp4").unlink()
    assert not run_prepare(three_clips, tmp_path / "out").complete
    assert found(tmp_path / "out") == []
