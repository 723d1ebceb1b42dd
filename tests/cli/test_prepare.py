import json
import os
import signal
import time

import av
import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

from fairplay_bench.datasets.load import load_dataset

INTERRUPTED = "fairplay-bench: interrupted; run the same command again."


@pytest.fixture
def source(make_source):
    return make_source(clips=3)


def description(out):
    return json.loads((out / "fair-play" / "dataset.json").read_text("utf-8"))


def test_a_whole_source_is_prepared(call, source, tmp_path):
    ran = call("prepare", "fair-play", "--source", source, "--out", tmp_path / "data", "--jobs", 1)
    assert (ran.status, ran.out) == (0, f"{tmp_path / 'data' / 'fair-play'}: 3 clips ready.\n")
    announced, progress = ran.err.splitlines()
    assert announced.startswith("fair-play: 3 to prepare, 0 done already; needs up to ")
    assert progress.startswith("3/3 clips, ")
    assert progress.endswith("/s, 0 s left")
    assert "\x1b" not in ran.err


def test_a_second_run_does_nothing(call, source, tmp_path, hashes):
    command = ["prepare", "fair-play", "--source", source, "--out", tmp_path / "data", "--jobs", 1]
    call(*command)
    before = hashes(tmp_path / "data")
    ran = call(*command)
    assert (ran.status, ran.err.count("\n")) == (0, 1)
    assert ran.err.startswith("fair-play: 0 to prepare, 3 done already")
    assert hashes(tmp_path / "data") == before


def test_bad_clips_are_named_and_the_exit_status_says_so(call, source, tmp_path):
    (source / "videos" / "000002.mp4").unlink()
    ran = call("prepare", "fair-play", "--source", source, "--out", tmp_path, "--jobs", 1)
    assert (ran.status, ran.out) == (1, f"{tmp_path / 'fair-play'}: 2 clips ready.\n")
    reason = "000002: videos/000002.mp4: missing; copy or download it."
    assert ran.err.splitlines()[1:] == [reason, ran.err.splitlines()[2], "could not be prepared: 1", f"  {reason}"]


def test_a_long_list_is_cut_on_the_screen_only(call, make_source, split_writer, tmp_path):
    source = make_source(clips=3)
    absent = [f"9{number:05d}" for number in range(25)]
    split_writer(source / "splits" / "split1", {"train": ["000001", "000001", *absent]})
    ran = call("prepare", "fair-play", "--source", source, "--out", tmp_path, "--jobs", 1)
    file = tmp_path / "fair-play" / "dataset.json"
    lines = ran.err.splitlines()[2:]
    assert ran.status == 1
    assert lines[0] == "listed in a split but absent: 25"
    assert lines[1:11] == [f"  {clip}" for clip in absent[:10]]
    assert lines[11] == f"  … all 25 in {file}"
    assert lines[12:] == ["problems: 1", "  gao2019 split 1: 000001 is listed twice in train"]
    assert json.loads(file.read_text("utf-8"))["missing"] == absent


def test_limit_overwrite_and_manifest_arrive(call, source, tmp_path):
    base = ["prepare", "fair-play", "--source", source, "--out", tmp_path / "data", "--jobs", 1]
    assert call(*base, "--limit", 2).status == 0
    assert description(tmp_path / "data")["counts"]["clips"] == 2
    assert call(*base, "--overwrite").err.startswith("fair-play: 3 to prepare, 0 done already")
    assert call(*base, "--no-overwrite").err.startswith("fair-play: 0 to prepare, 3 done already")
    (tmp_path / "m.csv").write_text(f"path,sha256,size\nvideos/000002.mp4,{'0' * 64},9\n")
    ran = call(*base, "--manifest", tmp_path / "m.csv")
    assert ran.status == 1
    assert ran.err.splitlines()[0] == "manifest: 1 of 1 files are here; checking them."
    assert "the manifest says 9; copy or download it again." in ran.err


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["--limit", 0], 2, "--limit 0: at least one clip is needed."),
        (["--jobs", 0], 2, "--jobs 0: at least one worker is needed."),
        (["--jobs", -3], 2, "--jobs -3: at least one worker is needed."),
        (["--manifest", "none.csv"], 2, "--manifest none.csv: no such file."),
        (["--xu2021-splits", "none"], 1, "none: no such folder; give the folder that holds the splits."),
    ],
)
def test_options_that_cannot_be_are_one_line(call, source, tmp_path, arguments, status, text):
    ran = call("prepare", "fair-play", "--source", source, "--out", tmp_path / "data", *arguments)
    assert ran.status == status
    assert ran.message.startswith(text)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("arguments", [["fair-play"], ["fair-play", "--source", "x"], ["fairplay"], ["--limit", "x"]])
def test_what_cannot_be_parsed_names_the_help(call, arguments):
    ran = call("prepare", *arguments)
    assert ran.status == 2
    assert "See 'fairplay-bench prepare" in ran.message


def test_no_source(call, tmp_path):
    ran = call("prepare", "fair-play", "--source", tmp_path / "none", "--out", tmp_path / "data")
    assert ran.status == 1
    assert ran.message == f"{tmp_path / 'none'}: no such folder; give the folder of the FAIR-Play clone with --source."


def test_an_out_that_is_a_file(call, source, tmp_path):
    (tmp_path / "data").write_text("mine")
    ran = call("prepare", "fair-play", "--source", source, "--out", tmp_path / "data", "--jobs", 1)
    assert ran.status == 1
    assert ran.message == (
        f"cannot write {tmp_path / 'data' / 'fair-play'}: Not a directory; choose another place with --out."
    )


def test_an_out_that_holds_another_data_set(call, source, tmp_path):
    (tmp_path / "fair-play").mkdir()
    (tmp_path / "fair-play" / "dataset.json").write_text('{"name": "yt-music"}')
    ran = call("prepare", "fair-play", "--source", source, "--out", tmp_path, "--jobs", 1)
    assert ran.status == 1
    assert ran.message == f"{tmp_path / 'fair-play'}: holds the data set yt-music, not fair-play; choose another --out."


def test_an_out_that_is_the_source(call, source, hashes):
    source = source.rename(source.parent / "fair-play")
    before = hashes(source)
    ran = call("prepare", "fair-play", "--source", source, "--out", source.parent, "--jobs", 1)
    assert ran.status == 1
    assert ran.message.endswith("neither empty nor a prepared data set; choose another --out.")
    assert hashes(source) == before


def test_relative_paths_with_spaces_and_letters(start, source, tmp_path):
    source.rename(tmp_path / "Größe 音")
    (tmp_path / "Größe 音" / "videos" / "000002.mp4").unlink()
    environment = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": ""}
    command = ["prepare", "fair-play", "--source", "Größe 音", "--out", "aus gäbe", "--jobs", "1"]
    program = start(*command, cwd=tmp_path, env=environment)
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out.count("\n")) == (1, 1)
    assert out.endswith("aus gäbe/fair-play: 2 clips ready.\n")
    assert err.splitlines()[-1] == "  000002: videos/000002.mp4: missing; copy or download it."
    assert description(tmp_path / "aus gäbe")["counts"]["clips"] == 2


def records(out):
    return len(list((out / "fair-play" / ".prepare" / "records").glob("*.json")))


def wait_for_records(out, program, count):
    deadline = time.monotonic() + 60
    while records(out) < count and program.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    assert program.poll() is None, program.communicate(timeout=10)
    assert records(out) >= count


@pytest.fixture(scope="module")
def _undisturbed(tmp_path_factory):
    return tmp_path_factory.mktemp("undisturbed") / "hashes.json"


@pytest.fixture
def many(make_source):
    return make_source(clips=16, duration_s=2.0)


@pytest.fixture
def undisturbed(_undisturbed, many, call, tmp_path, hashes):
    """Hashes of all files of a run with one job that nothing disturbed."""
    if not _undisturbed.exists():
        assert call("prepare", "fair-play", "--source", many, "--out", tmp_path / "calm", "--jobs", 1).status == 0
        _undisturbed.write_text(json.dumps(hashes(tmp_path / "calm")))
    return json.loads(_undisturbed.read_text())


def test_two_jobs_give_the_same_bytes(call, many, undisturbed, tmp_path, hashes):
    ran = call("prepare", "fair-play", "--source", many, "--out", tmp_path / "data", "--jobs", 2)
    assert ran.status == 0
    assert len(undisturbed) == 16 * (20 + 2) + 4
    assert hashes(tmp_path / "data") == undisturbed


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_is_continued_to_the_same_bytes(start, call, many, undisturbed, tmp_path, hashes, jobs):
    command = ["prepare", "fair-play", "--source", many, "--out", tmp_path / "data", "--jobs", jobs]
    program = start(*command)
    wait_for_records(tmp_path / "data", program, 3)
    program.kill()
    assert program.wait(30) == -signal.SIGKILL
    done = records(tmp_path / "data")
    assert 3 <= done < 16
    assert not (tmp_path / "data" / "fair-play" / "dataset.json").exists()
    ran = call(*command)
    assert ran.status == 0
    assert f"fair-play: {16 - done} to prepare, {done} done already" in ran.err
    assert hashes(tmp_path / "data") == undisturbed


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_is_one_line_and_the_run_is_continued(start, call, many, undisturbed, tmp_path, hashes, jobs):
    command = ["prepare", "fair-play", "--source", many, "--out", tmp_path / "data", "--jobs", jobs]
    program = start(*command)
    wait_for_records(tmp_path / "data", program, 2)
    os.killpg(program.pid, signal.SIGINT)  # as a terminal does: to the workers too
    out, err = program.communicate(timeout=30)
    assert (program.returncode, out) == (130, "")
    announced, *lines = [line for line in err.splitlines() if line]
    assert announced.startswith("fair-play: 16 to prepare")
    assert lines == [INTERRUPTED]
    assert records(tmp_path / "data") < 16
    assert call(*command).status == 0
    assert hashes(tmp_path / "data") == undisturbed


@pytest.fixture
def real(shared, tmp_path):
    """A folder in FAIR-Play's layout of the real scene, the real clip and the real splits."""
    data, root = shared / "data" / "fair-play", tmp_path / "FAIR-Play"
    for name, file in (
        ("binaural_audios/001353.wav", data / "audio" / "001353_input_binaural.wav"),
        ("videos/001353.mp4", data / "videos" / "scene.mp4"),
        ("splits", data / "splits"),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(file)
    return root


def test_the_real_clip_scene_and_splits(call, real, shared, tmp_path):
    xu2021 = shared / "data" / "fair-play" / "xu2021_splits"
    out = tmp_path / "data"
    ran = call("prepare", "fair-play", "--source", real, "--out", out, "--xu2021-splits", xu2021, "--jobs", 1)
    assert (ran.status, ran.out) == (1, f"{out / 'fair-play'}: 1 clips ready.\n")
    assert "listed in a split but absent: 1870" in ran.err
    told = description(out)
    assert told["missing"] == [f"{number:06d}" for number in range(1, 1872) if number != 1353]
    assert told["source_rate_hz"]["others"] == {"001353": 16_000}
    assert told["problems"] == []
    splits = pd.read_parquet(out / "fair-play" / "splits.parquet")
    counts = splits.groupby(["split_set", "split", "subset"])["clip_id"].nunique().to_dict()
    sizes = {"train": 1497, "val": 187, "test": 187}
    assert counts == {
        (name, split, subset): size
        for name, last in (("gao2019", 1), ("xu2021", 5))
        for split in range(1, last + 1)
        for subset, size in sizes.items()
    }
    test = splits[(splits.split_set == "gao2019") & (splits.subset == "test")]["clip_id"]
    assert set(test) - set(told["missing"]) == {"001353"}
    with pytest.warns(UserWarning, match="clips are not there"):
        (row,) = load_dataset(out / "fair-play")["test"]
    assert (row["clip_id"], row["n_frames"], row["duration_s"]) == ("001353", 100, row["n_samples"] / 16_000)
    assert call("verify", out / "fair-play", "--jobs", 1).status == 0


def test_the_real_sound_and_pictures(call, real, shared, tmp_path):
    assert call("prepare", "fair-play", "--source", real, "--out", tmp_path, "--jobs", 1).status == 1
    prepared, _ = soundfile.read(tmp_path / "fair-play" / "audio" / "001353.wav", dtype="float32")
    source, _ = soundfile.read(real / "binaural_audios" / "001353.wav", dtype="float32")
    np.testing.assert_array_equal(prepared, source)  # at 16 kHz already
    frames = sorted((tmp_path / "fair-play" / "frames" / "001353").iterdir())
    with av.open(str(real / "videos" / "001353.mp4")) as container:
        pictures = [picture.to_ndarray(format="rgb24").astype(int) for picture in container.decode(video=0)]
    for number, file in list(enumerate(frames))[::9]:
        with Image.open(file) as image:
            frame = np.asarray(image).astype(int)
        differences = [np.abs(frame - picture).mean() for picture in pictures[3 * number : 3 * number + 3]]
        assert min(differences) < 2
        assert np.argmin(differences) == 1  # pictures 1, 4, 7, … of thirty a second
