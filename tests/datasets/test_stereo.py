"""Stereo videos in the wild: near-mono clips, splits by video, names that are there twice."""

import json

import numpy as np
import pytest
import soundfile

from fairplay_bench.datasets.long_recipes import stereo_plan
from fairplay_bench.datasets.prepare import prepare
from fairplay_bench.datasets.stereo import StereoWork, find_videos
from fairplay_bench.datasets.units import Unit
from fairplay_bench.errors import DatasetError, MediaError, OptionError
from fairplay_bench.jobs import SerialExecutor

from ..spherical_sources import RATE, noise, numbered, write_av

SMALL = (64, 32)


def stereo(seconds, difference=1.0, seed=0):
    """Two channels whose L-R is ``difference`` times as large as their L+R."""
    total, apart = noise(seconds, seed), noise(seconds, seed + 1)
    return np.stack([total + difference * apart, total - difference * apart]).astype(np.float32)


def write_stereo(path, sound, codec="pcm_s16le", **more):
    seconds = sound.shape[1] / RATE
    return write_av(path, numbered(round(5 * seconds), SMALL), fps=5, sound=sound, layout="stereo", codec=codec, **more)


def work_on(path, out, **options):
    scratch = out / "scratch"
    scratch.mkdir(parents=True)
    return StereoWork(**options)(Unit(path.stem, (path,)), out, scratch)


def test_keeps_left_left_and_right_right(tmp_path):
    sound = stereo(10)
    sound[1] *= 0.1
    unit = work_on(write_stereo(tmp_path / "a.mov", sound), tmp_path / "out")
    ears, rate = soundfile.read(tmp_path / "out" / unit.rows[0].audio)
    assert (rate, ears.shape) == (16_000, (160_000, 2))
    assert np.std(ears[:, 0]) > 5 * np.std(ears[:, 1])


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.mkv", "a.mov"])
def test_takes_every_container(tmp_path, name):
    codec = {"a.mp4": "aac", "a.webm": "libopus"}.get(name, "pcm_s16le")
    written = write_stereo(tmp_path / ("a.mkv" if name == "a.webm" else name), stereo(10), codec)
    unit = work_on(written.rename(tmp_path / name), tmp_path / "out")
    assert [row.clip_id for row in unit.rows] == ["a_00000"]


def test_near_mono_clips_are_dropped_and_counted(tmp_path):
    parts = [stereo(10, 1.0), stereo(10, 10 ** (-31 / 20)), stereo(10, 10 ** (-29 / 20)), stereo(10, 0.0)]
    path = write_stereo(tmp_path / "a.mov", np.concatenate(parts, axis=1))
    unit = work_on(path, tmp_path / "out")
    assert [row.start_s for row in unit.rows] == [0, 20]
    assert unit.dropped_clips == 2
    assert sorted(one.name for one in (tmp_path / "out" / "audio").iterdir()) == ["a_00000.wav", "a_00020.wav"]
    assert sorted(one.name for one in (tmp_path / "out" / "frames").iterdir()) == ["a_00000", "a_00020"]


def test_the_threshold_is_the_users(tmp_path):
    path = write_stereo(tmp_path / "a.mov", stereo(10, 0.1))
    assert work_on(path, tmp_path / "loose", near_mono_db=-25).dropped_clips == 0
    assert work_on(path, tmp_path / "strict", near_mono_db=-15).dropped_clips == 1


def test_silence_is_near_mono_and_opposite_channels_are_not(tmp_path):
    mono = noise(9)
    sound = np.concatenate([np.zeros((2, 11 * RATE)), np.stack([mono, -mono])], axis=1)
    unit = work_on(write_stereo(tmp_path / "a.mov", sound), tmp_path / "out")
    assert [row.start_s for row in unit.rows] == [10]


@pytest.mark.parametrize(("channels", "layout"), [(1, "mono"), (4, "quad"), (6, "5.1")])
def test_other_numbers_of_channels_are_refused(tmp_path, channels, layout):
    sound = np.tile(noise(10), (channels, 1))
    path = write_av(tmp_path / "a.mov", numbered(50, SMALL), fps=5, sound=sound, layout=layout, codec="pcm_s16le")
    with pytest.raises(MediaError, match=rf"a\.mov: {channels} channel\(s\) where two are needed; leave it out"):
        work_on(path, tmp_path / "out")


def test_finds_videos_in_folders_and_names_doubles(tmp_path):
    for name in ("x/a.mp4", "y/a.MP4", "y/b.mov", "c.webm", "y/._c.mp4", "y/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    units, problems = find_videos(tmp_path)
    assert [(unit.name, unit.sources[0].relative_to(tmp_path).as_posix()) for unit in units] == [
        ("a", "x/a.mp4"),
        ("b", "y/b.mov"),
        ("c", "c.webm"),
    ]
    assert problems == ["y/a.MP4: a video named a is there already; rename one of them"]


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_videos_is_refused(tmp_path, there):
    with pytest.raises(DatasetError, match="give the folder of the videos"):
        find_videos(tmp_path if there else tmp_path / "gone")


@pytest.fixture
def twenty(tmp_path):
    """A folder of twenty names, whose content does not matter to a plan."""
    for number in range(20):
        (tmp_path / f"video-{number:02d}.mp4").touch()
    return tmp_path


def test_no_video_is_in_two_subsets(twenty):
    (split_set,) = stereo_plan(twenty).split_sets
    assert (split_set.name, split_set.by_recording, split_set.splits) == ("seeded", True, list(range(1, 11)))
    for split in split_set.splits:
        rows = [row for row in split_set.rows if row.split == split]
        assert len({row.clip_id for row in rows}) == len(rows) == 20
        counts = {name: sum(row.subset == name for row in rows) for name in ("train", "val", "test")}
        assert counts == {"train": 16, "val": 2, "test": 2}


def test_the_draw_is_seeded(twenty):
    assert stereo_plan(twenty).split_sets == stereo_plan(twenty).split_sets
    (split_set,) = stereo_plan(twenty).split_sets
    tests = [{row.clip_id for row in split_set.rows if (row.split, row.subset) == (n, "test")} for n in (1, 2)]
    assert tests[0] != tests[1]


def test_limiting_does_not_move_videos_between_subsets(twenty):
    assert stereo_plan(twenty, limit=3).split_sets == stereo_plan(twenty).split_sets
    assert len(stereo_plan(twenty, limit=3).units) == 3


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(twenty, limit):
    with pytest.raises(OptionError, match=f"--limit {limit}: at least one"):
        stereo_plan(twenty, limit=limit)


def test_clips_of_one_video_stay_together_in_the_written_splits(tmp_path, reporter):
    import pandas

    for seed, name in enumerate("abcd"):
        write_stereo(tmp_path / "in" / f"{name}.mov", stereo(20, seed=seed))
    outcome = prepare(stereo_plan(tmp_path / "in"), tmp_path / "out", SerialExecutor(), reporter)
    assert (outcome.clips, outcome.complete) == (8, True)
    splits = pandas.read_parquet(tmp_path / "out" / "splits.parquet")
    assert len(splits) == 10 * 8
    subsets = splits.assign(video=splits.clip_id.str[0]).groupby(["split", "video"]).subset.nunique()
    assert (subsets == 1).all()
    told = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert told["split_sets"] == {"seeded": {"published": False, "splits": list(range(1, 11))}}
    assert (told["hrtf"], told["decoder"]) == (None, None)
