"""The folder of mini-360's recordings: layout, bytes, growth, refusals."""

import csv
import json

import pytest
import soundfile

from fairplay_bench.datasets.mini.source_folder import write_source_file
from fairplay_bench.datasets.mini_360 import source
from fairplay_bench.datasets.mini_360.source import VideoJob, write_source, write_video
from fairplay_bench.errors import OptionError, OutputError
from fairplay_bench.media.projection import projection_of

CLIPS, SEED = 10, 7


@pytest.fixture
def quick(monkeypatch):
    """Videos that are only their names, so that the folder's rules can be tested without making any."""

    def stub(job: VideoJob) -> None:
        for path in (source._sound_path(job.out, job.number), source._video_path(job.out, job.number)):
            write_source_file(path, f"{job.seed} {job.number} {job.clips}".encode(), job.out)

    monkeypatch.setattr(source, "write_video", stub)


@pytest.fixture(scope="module")
def two_videos(tmp_path_factory):
    """A whole video with height, and one of a single clip without."""
    out = tmp_path_factory.mktemp("mini-360")
    (out / ".partial").mkdir()
    for number, clips in ((1, 2), (5, 1)):
        write_video(VideoJob(out, SEED, number, clips))
    return out / "recordings"


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_video_is_a_wav_beside_an_equirectangular_mp4(two_videos):
    for name, channels, seconds in (("000001", 4, 20), ("000005", 3, 10)):
        info = soundfile.info(two_videos / f"{name}.wav")
        assert (info.samplerate, info.channels, info.frames, info.subtype) == (
            48000,
            channels,
            seconds * 48000,
            "PCM_16",
        )
        assert projection_of(two_videos / f"{name}.mp4").projection == "equirectangular"


def test_the_bytes_are_the_same_every_time(two_videos, tmp_path):
    (tmp_path / ".partial").mkdir()
    write_video(VideoJob(tmp_path, SEED, 5, 1))
    for name in ("000005.wav", "000005.mp4"):
        assert (tmp_path / "recordings" / name).read_bytes() == (two_videos / name).read_bytes()


def test_the_layout_and_the_truth(quick, tmp_path):
    write_source(tmp_path, CLIPS, SEED)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    media = {f"recordings/{number:06d}.{kind}" for number in range(1, 6) for kind in ("wav", "mp4")}
    truth = {f"truth/{table}.csv" for table in ("sources", "boxes", "solos")}
    assert names == media | truth | {"recordings/audio_layouts.txt", "mini-360.json"}
    assert json.loads((tmp_path / "mini-360.json").read_text())["clips"] == CLIPS
    layouts = (tmp_path / "recordings/audio_layouts.txt").read_text().splitlines()
    assert layouts == [f"{number:06d} {'WXY' if number == 5 else 'WXYZ'}" for number in range(1, 6)]
    sources = rows(tmp_path / "truth/sources.csv")
    assert {row["clip_id"] for row in sources} == {f"{n:06d}_000{k}0" for n in range(1, 6) for k in (0, 1)}
    boxes = rows(tmp_path / "truth/boxes.csv")
    assert len(boxes) == 100 * len(sources)
    first = {(row["clip_id"], row["source"]): row for row in boxes if row["frame"] == "1"}
    for row in sources:
        box = first[row["clip_id"], row["source"]]
        middle = (int(box["x"]) + int(box["width"]) / 2) % 480
        expected = (240 - float(row["azimuth_start_deg"]) / 0.75) % 480
        assert abs((middle - expected + 240) % 480 - 240) < 1
        assert (0 <= int(box["x"]) < 480, box["label"]) == (True, row["instrument"])
    solos = [row["clip_id"] for row in sources if row["is_solo"] == "1"]
    assert [row["clip_id"] for row in rows(tmp_path / "truth/solos.csv")] == solos


def test_a_folder_may_grow_and_its_half_video_with_it(quick, tmp_path):
    write_source(tmp_path, 5, 1)
    assert (tmp_path / "recordings/000003.wav").read_text() == "1 3 1"
    kept = (tmp_path / "recordings/000002.wav").stat().st_mtime_ns
    write_source(tmp_path, 7, 1)
    assert [(tmp_path / f"recordings/00000{n}.wav").read_text() for n in (3, 4)] == ["1 3 2", "1 4 1"]
    assert (tmp_path / "recordings/000002.wav").stat().st_mtime_ns == kept
    with pytest.raises(OutputError, match="7 clips, more than 5"):
        write_source(tmp_path, 5, 1)
    write_source(tmp_path, 5, 2, overwrite=True)
    assert (tmp_path / "recordings/000003.wav").read_text() == "2 3 1"
    assert not (tmp_path / "recordings/000004.wav").exists()


def test_a_growth_that_was_killed_is_made_good(quick, tmp_path, monkeypatch):
    """The half video is written again even if the run that should have was killed after it had claimed the folder."""
    write_source(tmp_path, 5, 1)
    with monkeypatch.context() as patch:
        patch.setattr(source.FOLDER.__class__, "fill", lambda *_, **__: None)
        write_source(tmp_path, 6, 1)
    write_source(tmp_path, 6, 1)
    assert (tmp_path / "recordings/000003.wav").read_text() == "1 3 2"


@pytest.mark.parametrize(("clips", "seed", "problem"), [(4, 0, "5 to"), (0, 0, "5 to"), (10, -1, "not negative")])
def test_impossible_numbers_are_refused_before_anything_is_written(tmp_path, clips, seed, problem):
    with pytest.raises(OptionError, match=problem):
        write_source(tmp_path / "out", clips, seed)
    assert not (tmp_path / "out").exists()


def test_somebody_elses_folder_is_left_alone(quick, tmp_path):
    (tmp_path / "mini.json").write_text("{}")
    with pytest.raises(OutputError, match="holds something that is not mini-360"):
        write_source(tmp_path, 10, 0, overwrite=True)
