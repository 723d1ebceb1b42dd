import csv
import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile

from fairplay_bench import jobs
from fairplay_bench.datasets.mini import source
from fairplay_bench.datasets.mini.scene import draw_scene
from fairplay_bench.datasets.mini.source import ClipJob, write_source
from fairplay_bench.datasets.mini.source_folder import write_source_file
from fairplay_bench.errors import OptionError, OutputError

CLIPS, SEED = 10, 7
ROOT = Path(source.__file__).parents[3]


class Counter(jobs.Reporter):
    done = 0
    total = -1

    def track(self, items, total, label):
        assert "clips" in label
        self.total = total
        for item in items:
            self.done += 1
            yield item


def hashes(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("mini") / "a source"
    counter = Counter()
    write_source(out, CLIPS, SEED, reporter=counter)
    assert (counter.done, counter.total) == (CLIPS, CLIPS)
    return out


@pytest.fixture
def quick(monkeypatch):
    """Clips that are only their names, so that the folder's rules can be tested without making any."""

    def stub(job: ClipJob) -> None:
        for path in (source._sound_path(job.out, job.number), source._video_path(job.out, job.number)):
            write_source_file(path, f"{job.seed} {job.number}".encode(), job.out)

    monkeypatch.setattr(source, "write_clip", stub)


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_layout_is_fair_plays(written):
    names = [f"{number:06d}" for number in range(1, CLIPS + 1)]
    files = hashes(written)
    expected = {f"binaural_audios/{name}.wav" for name in names} | {f"videos/{name}.mp4" for name in names}
    expected |= {f"splits/split{k}/{subset}.h5" for k in range(1, 11) for subset in ("train", "val", "test")}
    expected |= {"mini.json", "truth/sources.csv", "truth/boxes.csv", "truth/solos.csv"}
    assert set(files) == expected
    assert len({files[f"videos/{name}.mp4"] for name in names}) == CLIPS
    info = soundfile.info(written / "binaural_audios/000001.wav")
    assert (info.samplerate, info.channels, info.frames, info.subtype) == (48000, 2, 480000, "PCM_16")


def test_the_truth_is_written_beside_it(written):
    sources, solos = rows(written / "truth/sources.csv"), rows(written / "truth/solos.csv")
    scenes = [draw_scene(SEED, number) for number in range(1, CLIPS + 1)]
    assert [row["instrument"] for row in sources] == [p.instrument for scene in scenes for p in scene.players]
    for row in sources:
        assert float(row["azimuth_start_deg"]) == pytest.approx((240 - float(row["start_x"])) / 480 * 120, abs=1e-3)
    alone = [(row["clip_id"], row["instrument"]) for row in sources if row["is_solo"] == "1"]
    assert [(row["clip_id"], row["instrument"]) for row in solos] == alone
    boxes = rows(written / "truth/boxes.csv")
    assert len(boxes) == 100 * len(sources)
    assert list(boxes[0])[:2] == ["clip_id", "frame"]
    first = {(row["clip_id"], row["source"]): row for row in boxes if row["frame"] == "1"}
    for row in sources:
        box = first[row["clip_id"], row["source"]]
        assert box["label"] == row["instrument"]
        assert int(box["x"]) + int(box["width"]) / 2 == pytest.approx(float(row["start_x"]), abs=0.6)


def test_a_killed_run_is_continued_to_the_same_bytes_by_other_workers(written, tmp_path):
    out = tmp_path / "killed"
    program = (
        "import sys; from pathlib import Path; from fairplay_bench.datasets.mini.source import write_source; "
        f"write_source(Path(sys.argv[1]), {CLIPS}, {SEED})"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(out)], cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while len(list((out / "videos").glob("*.mp4"))) < 2 and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    made = len(list((out / "videos").glob("*.mp4")))
    assert 2 <= made < CLIPS
    counter = Counter()
    with jobs.executor(2) as pool:
        write_source(out, CLIPS, SEED, executor=pool, reporter=counter)
    assert counter.done == counter.total <= CLIPS - made
    assert hashes(out) == hashes(written)


def test_only_what_is_missing_is_written(written):
    before = hashes(written)
    lost = written / "videos/000003.mp4"
    kept = written / "videos/000004.mp4"
    stamp = kept.stat().st_mtime_ns
    lost.unlink()
    write_source(written, CLIPS, SEED)
    assert hashes(written) == before
    assert kept.stat().st_mtime_ns == stamp


def test_a_folder_may_grow_but_not_shrink(quick, tmp_path):
    write_source(tmp_path, 12, 1)
    write_source(tmp_path, 20, 1)
    fresh = tmp_path.parent / f"{tmp_path.name}-fresh"
    write_source(fresh, 20, 1)
    assert hashes(tmp_path) == hashes(fresh)
    with pytest.raises(OutputError, match="20 clips, more than 12"):
        write_source(tmp_path, 12, 1)


def test_another_seed_is_refused_unless_overwritten(quick, tmp_path):
    write_source(tmp_path, 12, 1)
    before = hashes(tmp_path)
    with pytest.raises(OutputError, match="seed 1, not version 1 of seed 2"):
        write_source(tmp_path, 12, 2)
    assert hashes(tmp_path) == before
    write_source(tmp_path, 10, 2, overwrite=True)
    assert json.loads((tmp_path / "mini.json").read_text())["seed"] == 2
    assert (tmp_path / "videos/000010.mp4").read_text() == "2 10"
    assert not (tmp_path / "videos/000011.mp4").exists()


@pytest.mark.parametrize("overwrite", [True, False])
def test_somebody_elses_folder_is_left_alone(quick, tmp_path, overwrite):
    (tmp_path / "binaural_audios").mkdir()
    (tmp_path / "binaural_audios/000001.wav").write_text("precious")
    with pytest.raises(OutputError, match="holds something that is not mini"):
        write_source(tmp_path, 10, 0, overwrite=overwrite)
    assert list(hashes(tmp_path)) == ["binaural_audios/000001.wav"]


def test_a_marker_of_something_else_is_refused(quick, tmp_path):
    (tmp_path / "mini.json").write_text('{"seed": "x"}')
    with pytest.raises(OutputError, match="not a marker of mini"):
        write_source(tmp_path, 10, 0)


def test_a_run_killed_while_it_began_does_not_block_the_folder(quick, tmp_path):
    (tmp_path / ".mini.json.123.tmp").write_text("{")
    write_source(tmp_path, 10, 0)
    assert not (tmp_path / ".mini.json.123.tmp").exists()
    assert (tmp_path / "truth/solos.csv").is_file()


@pytest.mark.parametrize(
    ("clips", "seed", "problem"), [(9, 0, "10 to"), (0, 0, "10 to"), (10**6, 0, "999999"), (10, -1, "not negative")]
)
def test_impossible_numbers_are_refused_before_anything_is_written(tmp_path, clips, seed, problem):
    with pytest.raises(OptionError, match=problem):
        write_source(tmp_path / "out", clips, seed)
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        write_source(tmp_path / "file", 10, 0)


def test_a_full_disk_is_one_line_and_leaves_no_half_files(quick, tmp_path, monkeypatch):
    whole = Path.write_bytes
    written = []

    def until_full(path, content):
        written.append(path)
        if len(written) > 5:
            whole(path, content[:1])
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", until_full)
    with pytest.raises(OutputError, match="disk is full"):
        write_source(tmp_path, 10, 0)
    assert sorted(hashes(tmp_path)) == sorted(
        ["mini.json"]
        + [f"binaural_audios/{number:06d}.wav" for number in (1, 2, 3)]
        + [f"videos/{number:06d}.mp4" for number in (1, 2)]
    )
    monkeypatch.undo()
