import errno
import fcntl
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image
from scipy.io import wavfile

from fairplay_bench.datasets import units
from fairplay_bench.datasets.fair_play import prepare_clip
from fairplay_bench.datasets.prepare import prepare
from fairplay_bench.datasets.recipes import FairPlayOptions, fair_play_plan
from fairplay_bench.errors import DatasetError, MediaError, OptionError, OutputError
from fairplay_bench.jobs import Reporter, SerialExecutor, executor
from fairplay_bench.media.audio import read_sound

CLIPS = ["000001", "000002", "000003"]


def never(unit, out, scratch):
    raise AssertionError(f"{unit.name} is prepared again")


class Counting:
    """Prepares clips and counts them."""

    def __init__(self):
        self.names = []

    def __call__(self, unit, out, scratch):
        self.names.append(unit.name)
        return prepare_clip(unit, out, scratch)


def refusal(run_prepare, *arguments, kind=OutputError, **options):
    with pytest.raises(kind) as caught:
        run_prepare(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def new_sound(path, seed=9):
    noise = 0.1 * np.random.default_rng(seed).normal(size=(48_000, 2))
    soundfile.write(path, noise, 48_000, subtype="PCM_16")


def index_of(out):
    return list(pd.read_parquet(out / "index.parquet")["clip_id"])


def test_a_second_run_does_nothing(three_clips, tmp_path, run_prepare, hashes, reporter):
    out = tmp_path / "out"
    first = run_prepare(three_clips, out)
    before = hashes(out)
    touched = {path: path.stat().st_mtime_ns for path in (out / "audio").iterdir()}
    assert run_prepare(three_clips, out, worker=never) == first
    assert hashes(out) == before
    assert {path: path.stat().st_mtime_ns for path in (out / "audio").iterdir()} == touched
    assert reporter.lines[-1].startswith("fair-play: 0 to prepare, 3 done already; needs up to 0.0 GB of ")


def test_a_second_run_does_not_read_sources_older_than_their_records(three_clips, tmp_path, run_prepare, monkeypatch):
    run_prepare(three_clips, tmp_path / "out")
    monkeypatch.setattr(units, "sha256_of", None)
    assert run_prepare(three_clips, tmp_path / "out", worker=never).complete


def test_what_is_needed_is_said_first(three_clips, tmp_path, run_prepare, reporter):
    run_prepare(three_clips, tmp_path / "out")
    assert reporter.lines[0].startswith("fair-play: 3 to prepare, 0 done already; needs up to 0.0 GB of ")
    assert reporter.lines[0].endswith("about 1 min with 1 worker(s).")


@pytest.mark.parametrize("age_s", [0, 1_000_000], ids=["now", "with an old date"])
def test_a_changed_source_is_prepared_again(three_clips, tmp_path, run_prepare, hashes, age_s):
    out = tmp_path / "out"
    run_prepare(three_clips, out)
    file = three_clips / "binaural_audios" / "000002.wav"
    then = file.stat().st_mtime - age_s
    new_sound(file)
    os.utime(file, (then, then))
    worker = Counting()
    assert run_prepare(three_clips, out, worker=worker).complete
    assert worker.names == ["000002"]
    run_prepare(three_clips, tmp_path / "undisturbed")
    assert hashes(out) == hashes(tmp_path / "undisturbed")


def test_a_changed_video_is_prepared_again(three_clips, tmp_path, run_prepare):
    run_prepare(three_clips, tmp_path / "out")
    videos = three_clips / "videos"
    (videos / "000003.mp4").write_bytes((videos / "000003.mp4").read_bytes() + b"\0\0\0\x08free")
    worker = Counting()
    run_prepare(three_clips, tmp_path / "out", worker=worker)
    assert worker.names == ["000003"]


def test_a_touched_source_is_the_same_source(three_clips, tmp_path, run_prepare):
    run_prepare(three_clips, tmp_path / "out")
    for path in three_clips.rglob("*.wav"):
        path.touch()
    assert run_prepare(three_clips, tmp_path / "out", worker=never).complete


@pytest.mark.parametrize("lost", ["audio/000002.wav", "frames/000002", ".prepare/records/000002.json"])
def test_what_is_lost_is_prepared_again(three_clips, tmp_path, run_prepare, hashes, lost):
    out = tmp_path / "out"
    run_prepare(three_clips, out)
    before = hashes(out)
    shutil.rmtree(out / lost) if (out / lost).is_dir() else (out / lost).unlink()
    worker = Counting()
    assert run_prepare(three_clips, out, worker=worker).complete
    assert worker.names == ["000002"]
    assert hashes(out) == before


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"parameters": "x", "rows": 3}'])
def test_a_damaged_record_is_made_again(three_clips, tmp_path, run_prepare, hashes, content):
    out = tmp_path / "out"
    run_prepare(three_clips, out)
    before = hashes(out)
    (out / ".prepare" / "records" / "000002.json").write_text(content)
    worker = Counting()
    run_prepare(three_clips, out, worker=worker)
    assert worker.names == ["000002"]
    assert hashes(out) == before


def test_other_parameters_prepare_everything_again(three_clips, tmp_path, run_prepare, monkeypatch):
    out = tmp_path / "out"
    run_prepare(three_clips, out)
    monkeypatch.setitem(fair_play_plan.__globals__["PARAMETERS"], "jpeg_quality", 50)
    worker = Counting()
    run_prepare(three_clips, out, worker=worker)
    assert worker.names == CLIPS
    assert index_of(out) == CLIPS


def test_overwrite_does_everything_again(three_clips, tmp_path, run_prepare, hashes):
    out = tmp_path / "out"
    run_prepare(three_clips, out)
    before = hashes(out)
    (out / "audio" / "000001.wav").write_bytes(b"damaged")
    worker = Counting()
    assert run_prepare(three_clips, out, worker=worker, overwrite=True).complete
    assert worker.names == CLIPS
    assert hashes(out) == before


def test_limit_takes_the_first_clips_and_misses_none(three_clips, tmp_path, run_prepare):
    out = tmp_path / "out"
    outcome = run_prepare(three_clips, out, limit=2)
    assert (outcome.clips, outcome.missing, outcome.complete) == (2, (), True)
    assert index_of(out) == CLIPS[:2]
    assert json.loads((out / "dataset.json").read_text())["limited"] is True
    worker = Counting()
    outcome = run_prepare(three_clips, out, worker=worker)
    assert (outcome.clips, worker.names) == (3, CLIPS[2:])
    assert json.loads((out / "dataset.json").read_text())["limited"] is False


def test_a_limit_that_leaves_nothing_out_is_none(three_clips, tmp_path, run_prepare, split_writer):
    split_writer(three_clips / "splits" / "split1", {"test": ["000009"]})
    assert run_prepare(three_clips, tmp_path / "out", limit=3).missing == ("000009",)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_is_refused_before_anything_is_read(tmp_path, run_prepare, limit):
    text = refusal(run_prepare, tmp_path / "none", tmp_path / "out", limit=limit, kind=OptionError)
    assert text == f"--limit {limit}: at least one clip is needed."


def test_a_listed_clip_without_media_is_missing(three_clips, tmp_path, run_prepare, split_writer):
    split_writer(three_clips / "splits" / "split2", {"train": ["000001", "000008"], "test": ["000007", "000002"]})
    out = tmp_path / "out"
    outcome = run_prepare(three_clips, out)
    assert (outcome.clips, outcome.missing, outcome.complete) == (3, ("000007", "000008"), False)
    description = json.loads((out / "dataset.json").read_text())
    assert (description["missing"], description["counts"]["missing"]) == (["000007", "000008"], 2)


def test_a_clip_in_no_split_is_counted(three_clips, tmp_path, run_prepare, split_writer):
    for split in ("split1", "split2"):
        split_writer(three_clips / "splits" / split, {"train": ["000001"], "val": ["000002"], "test": ["000002"]})
    outcome = run_prepare(three_clips, tmp_path / "out")
    assert outcome.problems == tuple(f"gao2019 split {n}: 000002 is in both val and test" for n in (1, 2))
    assert json.loads((tmp_path / "out" / "dataset.json").read_text())["counts"]["unlisted"] == 1


def test_without_published_splits_ours_are_drawn_and_marked(three_clips, tmp_path, run_prepare):
    shutil.rmtree(three_clips / "splits")
    assert run_prepare(three_clips, tmp_path / "out").complete
    description = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert description["split_sets"] == {"seeded": {"published": False, "splits": list(range(1, 11))}}


def test_no_published_split_is_made_up(three_clips, tmp_path, run_prepare):
    shutil.rmtree(three_clips / "splits" / "split1")
    run_prepare(three_clips, tmp_path / "out")
    splits = pd.read_parquet(tmp_path / "out" / "splits.parquet")
    assert set(zip(splits["split_set"], splits["split"], strict=True)) == {("gao2019", 2)}


def test_both_split_sets_side_by_side(three_clips, tmp_path, run_prepare):
    for subset, clip in zip(("train", "val", "test"), CLIPS, strict=True):
        (tmp_path / "xu" / "split4").mkdir(parents=True, exist_ok=True)
        (tmp_path / "xu" / "split4" / f"{subset}.txt").write_text(f"{clip}.mp3")
    assert run_prepare(three_clips, tmp_path / "out", xu2021_splits=tmp_path / "xu").complete
    description = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert list(description["split_sets"]) == ["gao2019", "xu2021"]
    assert description["split_sets"]["xu2021"] == {"published": True, "splits": [4]}


def test_a_bad_split_file_ends_the_run_before_it_begins(three_clips, tmp_path, run_prepare):
    (three_clips / "splits" / "split2" / "val.h5").write_text("no HDF5")
    assert "split2/val.h5: not an HDF5 file" in refusal(run_prepare, three_clips, tmp_path / "out", kind=DatasetError)
    assert not (tmp_path / "out").exists()


def test_a_source_given_away_keeps_what_was_prepared(three_clips, tmp_path, run_prepare):
    out = tmp_path / "out"
    run_prepare(three_clips, out)
    (three_clips / "videos" / "000001.mp4").unlink()
    for folder, suffix in (("videos", "mp4"), ("binaural_audios", "wav")):
        (three_clips / folder / f"000002.{suffix}").unlink()
    outcome = run_prepare(three_clips, out, worker=never)
    assert (outcome.clips, outcome.complete) == (3, True)


def test_a_file_in_place_of_the_folder(three_clips, tmp_path, run_prepare):
    (tmp_path / "out").write_text("mine")
    for out in (tmp_path / "out", tmp_path / "out" / "fair-play"):
        text = refusal(run_prepare, three_clips, out)
        assert text.startswith(f"cannot write {out}: ")
        assert text.endswith("; choose another place with --out.")
    assert (tmp_path / "out").read_text() == "mine"


def test_another_data_set_is_left_alone(three_clips, tmp_path, run_prepare, hashes):
    out = tmp_path / "out"
    out.mkdir()
    (out / "dataset.json").write_text('{"name": "mini"}')
    assert refusal(run_prepare, three_clips, out, overwrite=True) == (
        f"{out}: holds the data set mini, not fair-play; choose another --out."
    )
    assert list(hashes(out)) == ["dataset.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "3", '"fair-play"'])
def test_a_dataset_json_of_something_else_is_left_alone(three_clips, tmp_path, run_prepare, content):
    out = tmp_path / "out"
    out.mkdir()
    (out / "dataset.json").write_text(content)
    assert "dataset.json: not that of a prepared data set; choose another --out." in refusal(
        run_prepare, three_clips, out
    )
    assert [path.name for path in out.iterdir()] == ["dataset.json"]


def test_a_folder_of_other_files_is_left_alone(three_clips, run_prepare, hashes):
    before = hashes(three_clips)
    text = refusal(run_prepare, three_clips, three_clips)
    assert text == f"{three_clips}: neither empty nor a prepared data set; choose another --out."
    assert hashes(three_clips) == before


def test_an_empty_folder_will_do(three_clips, tmp_path, run_prepare):
    (tmp_path / "out").mkdir()
    assert run_prepare(three_clips, tmp_path / "out").complete


def test_two_runs_at_once_do_not_mix(three_clips, tmp_path, run_prepare):
    out = tmp_path / "out"
    run_prepare(three_clips, out)
    with (out / ".prepare" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        text = refusal(run_prepare, three_clips, out)
    assert text == f"{out}: another run is preparing it; wait for it or stop it."
    assert run_prepare(three_clips, out, worker=never).complete


def test_a_disk_too_small_is_said_before_the_work(three_clips, tmp_path, run_prepare, monkeypatch):

    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    text = refusal(run_prepare, three_clips, tmp_path / "out", worker=never)
    assert text == f"{tmp_path / 'out'}: 0.0 GB needed, 0.0 GB free; free some or use --limit."


def fill_up(monkeypatch, owner, name, calls):
    """Let ``owner.name`` work a few times, then find no space left."""
    genuine, left = getattr(owner, name), [calls]

    def limited(*arguments, **options):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return genuine(*arguments, **options)

    monkeypatch.setattr(owner, name, limited)


@pytest.mark.parametrize(
    ("owner", "name", "calls"),
    [
        pytest.param(Image.Image, "save", 0, id="first frame"),
        pytest.param(Image.Image, "save", 15, id="a frame of the second clip"),
        pytest.param(wavfile, "write", 1, id="sound of the second clip"),
        pytest.param(Path, "write_text", 1, id="record of the second clip"),
        pytest.param(Path, "write_text", 3, id="description"),
        pytest.param(pd.DataFrame, "to_parquet", 0, id="index"),
        pytest.param(pd.DataFrame, "to_parquet", 1, id="splits"),
        pytest.param(Path, "mkdir", 0, id="first folder"),
        pytest.param(Path, "mkdir", 3, id="a later folder"),
    ],
)
def test_a_full_disk_is_one_line_and_a_second_run_completes(
    three_clips, tmp_path, run_prepare, hashes, monkeypatch, owner, name, calls
):
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        fill_up(patched, owner, name, calls)
        text = refusal(run_prepare, three_clips, out)
    assert text.startswith("cannot write ")
    assert text.endswith(": the disk is full; free some space and run the same command again.")
    assert not [path for path in out.rglob("*.tmp") if "scratch" not in path.parts]
    assert all(len(list(folder.iterdir())) == 10 for folder in out.glob("frames/*"))
    assert all(len(read_sound(path).samples) == 16_000 for path in out.glob("audio/*"))
    assert run_prepare(three_clips, out).complete
    assert run_prepare(three_clips, tmp_path / "undisturbed").complete
    assert hashes(out) == hashes(tmp_path / "undisturbed")


def test_an_interrupt_keeps_what_was_done(three_clips, tmp_path, run_prepare, hashes):
    out = tmp_path / "out"

    def interrupted(unit, folder, scratch):
        if unit.name == "000003":
            raise KeyboardInterrupt
        return prepare_clip(unit, folder, scratch)

    with pytest.raises(KeyboardInterrupt):
        run_prepare(three_clips, out, worker=interrupted)
    worker = Counting()
    assert run_prepare(three_clips, out, worker=worker).complete
    assert worker.names == ["000003"]
    run_prepare(three_clips, tmp_path / "undisturbed")
    assert hashes(out) == hashes(tmp_path / "undisturbed")


def test_what_a_killed_run_left_half_written_is_removed(three_clips, tmp_path, run_prepare, hashes):
    run_prepare(three_clips, tmp_path / "undisturbed")
    half = (
        ".prepare/scratch/.000001.99.tmp/000001.jpg",
        ".prepare/records/.000001.json.99.tmp",
        ".index.parquet.7.tmp",
    )
    for name in half:
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_text("half")
    assert run_prepare(three_clips, tmp_path / "out").complete
    assert hashes(tmp_path / "out") == hashes(tmp_path / "undisturbed")
    assert not (tmp_path / "out" / ".prepare" / "scratch").exists()


def test_a_fault_of_the_program_is_no_bad_clip(three_clips, tmp_path, run_prepare):
    def faulty(unit, out, scratch):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_prepare(three_clips, tmp_path / "out", worker=faulty)


def test_every_clip_bad(three_clips, tmp_path, run_prepare):
    def bad(unit, out, scratch):
        raise MediaError(f"{unit.sources[0]}: bad; copy it.")

    outcome = run_prepare(three_clips, tmp_path / "out", worker=bad)
    assert (outcome.clips, [f.reason for f in outcome.failures]) == (
        0,
        [f"binaural_audios/{clip}.wav: bad; copy it." for clip in CLIPS],
    )
    assert index_of(tmp_path / "out") == []


def test_workers_give_the_same_bytes(make_source, tmp_path, run_prepare, hashes):
    source = make_source(clips=10)
    run_prepare(source, tmp_path / "one")
    with executor(2) as pool:
        plan = fair_play_plan(FairPlayOptions(source), pool, Reporter(), 2)
        assert prepare(plan, tmp_path / "two", pool, Reporter(), workers=2).complete
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert len(hashes(tmp_path / "one")) == 10 * 12 + 4  # frames, sound and record of each; tables, description, lock


def test_workers_continue_what_one_began(make_source, tmp_path, run_prepare, hashes):
    source, out = make_source(clips=10), tmp_path / "out"
    plan = fair_play_plan(FairPlayOptions(source, limit=4), SerialExecutor(), Reporter(), 1)
    assert prepare(plan, out, SerialExecutor(), Reporter()).clips == 4
    with executor(2) as pool:
        plan = fair_play_plan(FairPlayOptions(source), pool, Reporter(), 2)
        assert prepare(plan, out, pool, Reporter(), workers=2).complete
    run_prepare(source, tmp_path / "undisturbed")
    assert hashes(out) == hashes(tmp_path / "undisturbed")
