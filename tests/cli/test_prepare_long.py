"""``prepare yt-clean`` and ``prepare stereo`` from the command line, to the end."""

import functools
import json
import shutil
import signal
import time

import numpy as np
import pandas
import pytest
import soundfile

from fairplay_bench.datasets import decoding

from ..spherical_sources import (
    LAYOUTS,
    left_then_right,
    noise,
    numbered,
    plane_wave,
    write_av,
    write_beside,
    write_lists,
)
from .running import finished, run_here, start

HEAD = ("--hrtf", "spherical-head")
SMALL = (64, 32)


@pytest.fixture(scope="module", autouse=True)
def _decoders_made_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "named_decoder", functools.cache(decoding.named_decoder))
        yield


def description(out):
    return json.loads((out / "dataset.json").read_text())


def index(out):
    return pandas.read_parquet(out / "index.parquet")


def level_db(path):
    left, right = np.square(soundfile.read(path)[0]).sum(axis=0)
    return 10 * np.log10(left / right)


@pytest.fixture(scope="module")
def one_of_each(tmp_path_factory):
    """Four recordings of 20 s, one in each layout, in one folder."""
    root = tmp_path_factory.mktemp("360")
    for layout, write in LAYOUTS.items():
        write(root, f"-rec_{layout}", left_then_right(20), 200)
    return root


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    names = [f"-rec_{layout}" for layout in LAYOUTS]
    folder = tmp_path_factory.mktemp("lists")
    return write_lists(folder, "YT-Clean", [(names[:3], names[3:]), (names[1:], names[:1]), (names[:3], names[3:])])


@pytest.fixture(scope="module")
def plain(one_of_each, lists, tmp_path_factory):
    """All of them prepared, with two workers."""
    out = tmp_path_factory.mktemp("plain")
    arguments = ("--source", one_of_each, "--lists", lists, "--out", out, *HEAD, "--jobs", 2)
    outcome = finished(start("prepare", "yt-clean", *arguments))
    assert outcome.status == 0, outcome.err
    return out / "yt-clean"


def test_prepares_all_layouts_of_one_folder(plain, capsys):
    rows = index(plain)
    assert list(rows.clip_id) == sorted(f"-rec_{layout}_000{start}" for layout in LAYOUTS for start in ("00", "10"))
    for row in rows.itertuples():
        assert (level_db(plain / row.audio) > 4) == (row.start_s == 0)
    assert run_here(capsys, "verify", plain).status == 0


def test_dataset_json_says_what_the_outcome_depends_on(plain):
    told = description(plain)
    assert (told["name"], told["failures"], told["missing"], told["problems"]) == ("yt-clean", [], [], [])
    assert told["hrtf"] == {"name": "spherical-head"}
    assert told["decoder"]["name"] == "foa-binaural/1"
    assert told["parameters"]["projection"] == "found out for each"
    assert told["counts"] | {"clips": 8, "recordings": 4, "failed": 0, "missing": 0, "unlisted": 0} == told["counts"]
    assert told["split_sets"] == {"morgado2018": {"published": True, "splits": [1, 2, 3]}}
    assert str(plain.parent) not in json.dumps(told)


def test_all_clips_of_a_recording_are_in_one_subset(plain):
    splits = pandas.read_parquet(plain / "splits.parquet")
    assert sorted(splits.split.unique()) == [1, 2, 3]
    assert (splits.assign(video=splits.clip_id.str[:-6]).groupby(["split", "video"]).subset.nunique() == 1).all()
    assert set(splits.query("split == 2 and subset == 'test'").clip_id) == {"-rec_aac_00000", "-rec_aac_00010"}


def test_a_second_run_does_nothing(plain, one_of_each, lists, capsys, hashes):
    before, touched = hashes(plain), {path: path.stat().st_mtime_ns for path in plain.rglob("*.jpg")}
    arguments = ("--source", one_of_each, "--lists", lists, "--out", plain.parent, *HEAD, "--jobs", 1)
    outcome = run_here(capsys, "prepare", "yt-clean", *arguments)
    assert outcome.status == 0
    assert "0 to prepare, 4 done already" in outcome.err
    assert hashes(plain) == before
    assert {path: path.stat().st_mtime_ns for path in plain.rglob("*.jpg")} == touched


def test_another_head_does_everything_again(plain, one_of_each, lists, tmp_path, capsys):
    shutil.copytree(plain, tmp_path / "yt-clean")
    arguments = ("--source", one_of_each, "--lists", lists, "--out", tmp_path, *HEAD, "--jobs", 1, "--limit", 1)
    outcome = run_here(capsys, "prepare", "yt-clean", *arguments, "--decoder", "cube-max-re/1")
    assert "1 to prepare, 0 done already" in outcome.err
    assert description(tmp_path / "yt-clean")["decoder"]["name"] == "cube-max-re/1"
    assert index(tmp_path / "yt-clean").audio_sha256[0] != index(plain).audio_sha256[0]


def test_a_killed_run_is_continued_to_the_same_bytes(plain, one_of_each, lists, tmp_path, hashes):
    arguments = ("prepare", "yt-clean", "--source", one_of_each, "--lists", lists, "--out", tmp_path, *HEAD)
    out = tmp_path / "yt-clean"
    process = start(*arguments, "--jobs", 1)
    deadline = time.monotonic() + 60
    while len(list(out.glob("frames/*"))) < 3:  # in the middle of the second recording
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (out / "dataset.json").exists()
    outcome = finished(start(*arguments, "--jobs", 1))
    assert outcome.status == 0, outcome.err
    assert "done already" in outcome.err
    assert "4 to prepare" not in outcome.err
    kept = {name: value for name, value in hashes(plain).items() if not name.startswith(".prepare")}
    assert {name: value for name, value in hashes(out).items() if not name.startswith(".prepare")} == kept


def test_limit_takes_the_first_by_name_and_misses_nothing(one_of_each, lists, tmp_path, capsys):
    arguments = ("--source", one_of_each, "--lists", lists, "--out", tmp_path, *HEAD, "--jobs", 1, "--limit", 1)
    assert run_here(capsys, "prepare", "yt-clean", *arguments).status == 0
    told = description(tmp_path / "yt-clean")
    assert (told["limited"], told["missing"], told["counts"]["clips"]) == (True, [], 2)
    assert set(index(tmp_path / "yt-clean").video_id) == {"-rec_aac"}


@pytest.fixture
def small(tmp_path):
    """A function that adds a small recording, layout (b), to ``tmp_path / "in"``."""

    def add(name, sound=None, pictures=100, **more):
        sound = plane_wave(noise(10), 90) if sound is None else sound
        return write_beside(tmp_path / "in", name, sound, numbered(pictures, SMALL), **more)

    return add


def prepare_small(capsys, tmp_path, *more, dataset="yt-clean"):
    arguments = ("prepare", dataset, "--source", tmp_path / "in", "--out", tmp_path / "out", "--jobs", 1, *more)
    return run_here(capsys, *arguments, *(() if dataset == "stereo" else HEAD))


def test_absent_ids_are_listed_and_change_the_exit_status(small, tmp_path, capsys):
    small("here")
    small("left-alone")
    write_lists(tmp_path / "lists", "YT-Clean", [(["here", "gone-1"], ["gone-2"])])
    outcome = prepare_small(capsys, tmp_path, "--lists", tmp_path / "lists")
    assert outcome.status == 1
    assert "listed in a split but absent: 2" in outcome.err
    told = description(tmp_path / "out" / "yt-clean")
    assert told["missing"] == ["gone-1", "gone-2"]
    assert told["counts"] | {"clips": 1, "missing": 2} == told["counts"]
    assert set(index(tmp_path / "out" / "yt-clean").video_id) == {"here"}


def test_the_index_hash_is_that_of_the_clips_that_survived(small, tmp_path, capsys):
    small("a")
    small("b", plane_wave(noise(10, 5), 0))
    prepare_small(capsys, tmp_path)
    both = description(tmp_path / "out" / "yt-clean")["index_sha256"]
    shutil.rmtree(tmp_path / "out")
    for path in (tmp_path / "in").glob("b.*"):
        path.unlink()
    prepare_small(capsys, tmp_path)
    assert description(tmp_path / "out" / "yt-clean")["index_sha256"] != both


def test_recordings_without_height_by_the_list(small, tmp_path, capsys):
    sound = plane_wave(noise(10), 90)
    small("flat", sound[[0, 1, 3]])
    small("full", sound[[0, 1, 3]])
    write_lists(tmp_path / "lists", "YT-Clean", [(["flat"], ["full"])], {"flat": "WXY", "full": "WXYZ"})
    outcome = prepare_small(capsys, tmp_path, "--lists", tmp_path / "lists")
    assert outcome.status == 1
    assert "full: full.wav: 3 channel(s) of pcm" in outcome.err
    assert set(index(tmp_path / "out" / "yt-clean").video_id) == {"flat"}
    assert level_db(tmp_path / "out" / "yt-clean" / "audio" / "flat_00000.wav") > 4


def test_silence_remainder_and_rate_are_recorded(small, tmp_path, capsys):
    rate = 44_100
    loud, silence = plane_wave(noise(10, rate=rate), 90), np.zeros((4, round(13.5 * rate)), np.float32)
    small("a", np.concatenate([loud, silence], axis=1), pictures=235, rate=rate)
    assert prepare_small(capsys, tmp_path).status == 0
    told = description(tmp_path / "out" / "yt-clean")
    assert told["silent"] == ["a_00010"]
    assert told["counts"]["dropped_remainder_s"] == pytest.approx(3.5, abs=0.01)
    assert told["source_rate_hz"] == {"expected": 48_000, "others": {"a": 44_100}}


def test_without_lists_the_splits_are_drawn(small, tmp_path, capsys):
    for name in "abc":
        small(name)
    assert prepare_small(capsys, tmp_path, dataset="rec-street").status == 0
    told = description(tmp_path / "out" / "rec-street")
    assert told["name"] == "rec-street"
    assert told["split_sets"]["seeded"]["published"] is False


def test_the_projection_may_be_named(small, tmp_path, capsys):
    write_beside(tmp_path / "in", "odd", plane_wave(noise(10), 90), numbered(100, (96, 64)))
    refused = prepare_small(capsys, tmp_path)
    assert refused.status == 1
    assert "odd: odd.mp4: says nothing of its projection and is 96 x 64, not 2:1" in refused.err
    assert prepare_small(capsys, tmp_path, "--projection", "cubemap").status == 0
    assert description(tmp_path / "out" / "yt-clean")["parameters"]["projection"] == "cubemap"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--projection", "fisheye"), "unknown projection 'fisheye'. Known: cubemap, eac, equirectangular."),
        (("--decoder", "foa-binaural/9"), "unknown decoder 'foa-binaural/9'"),
        (("--hrtf", "nobody"), "unknown HRIR set 'nobody'"),
        (("--limit", "0"), "--limit 0: at least one recording"),
        (("--jobs", "0"), "--jobs 0: at least one worker"),
        (("--scheduler", "tcp://127.0.0.1:9"), "--scheduler tcp://127.0.0.1:9: no scheduler answers there"),
        (("--scheduler", "no address"), "--scheduler no address: no scheduler answers there"),
    ],
)
def test_wrong_options_are_one_line_before_any_work(small, tmp_path, capsys, monkeypatch, more, said):
    monkeypatch.setattr("fairplay_bench.jobs._CONNECT_S", 1)
    small("a")
    arguments = ("--source", tmp_path / "in", "--out", tmp_path / "out", *HEAD, "--jobs", 1, *more)
    outcome = run_here(capsys, "prepare", "yt-clean", *arguments)
    assert outcome.status == 2
    assert said in outcome.error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("there", [True, False])
def test_a_source_without_recordings_is_one_line(tmp_path, capsys, there):
    if there:
        (tmp_path / "in").mkdir()
    outcome = prepare_small(capsys, tmp_path)
    assert outcome.status == 1
    assert "give the folder of the recordings" in outcome.error


def test_a_folder_without_lists_is_one_line(small, tmp_path, capsys):
    small("a")
    outcome = prepare_small(capsys, tmp_path, "--lists", tmp_path / "in")
    assert outcome.status == 1
    assert "YT-Clean" in outcome.error
    assert "--lists" in outcome.error


def test_lists_that_name_nothing_that_is_here_say_so(small, tmp_path, capsys):
    small("a")
    write_lists(tmp_path / "lists", "YT-Clean", [(["x"], ["y"])])
    outcome = prepare_small(capsys, tmp_path, "--lists", tmp_path / "lists")
    assert outcome.status == 1
    assert "none of the 2 recordings of" in outcome.error


def test_prepare_stereo(tmp_path, capsys):
    apart = np.stack([noise(20, 1), noise(20, 2)])
    apart[:, 10 * 48_000 :] = apart[:1, 10 * 48_000 :]
    for name in ("x/a", "y/a", "b", "c"):
        path = tmp_path / "in" / f"{name}.mov"
        write_av(path, numbered(100, SMALL), fps=5, sound=apart, layout="stereo", codec="pcm_s16le")
    outcome = prepare_small(capsys, tmp_path, dataset="stereo")
    assert outcome.status == 1
    assert "y/a.mov: a video named a is there already; rename one of them" in outcome.err
    told = description(tmp_path / "out" / "stereo")
    assert told["counts"] | {"clips": 3, "recordings": 3, "dropped_clips": 3} == told["counts"]
    assert list(index(tmp_path / "out" / "stereo").clip_id) == ["a_00000", "b_00000", "c_00000"]
    assert told["parameters"]["near_mono_db"] == -30
