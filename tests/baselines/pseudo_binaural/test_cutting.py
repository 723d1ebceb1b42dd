"""The command ``patches``: from a published folder and a prepared data set, by table, by detector, by whole frames."""

import json

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

from baselines.pseudo_binaural import commands
from baselines.pseudo_binaural.boxes import Box
from baselines.pseudo_binaural.sources import load_sources

HEAD = "clip_id,frame,x,y,width,height,label\n"


@pytest.fixture
def boxes(tmp_path):
    """Six solos with a box in two frames, two duets, and nothing of the last two of ten clips."""
    lines = [HEAD]
    for number in range(1, 7):
        lines += [f"{number:06d},{frame},{100 + frame},40,120,100,harp\n" for frame in (1, 6)]
    lines += [f"{number:06d},5,{x},40,60,100,harp\n" for number in (7, 8) for x in (100, 300)]
    file = tmp_path / "boxes.csv"
    file.write_text("".join(lines))
    return file


def test_by_a_table_from_a_published_folder(make_source, boxes, tmp_path, call):
    source, out = make_source(), tmp_path / "out.parquet"
    status, printed, said = call("patches", source, "--boxes", boxes, "--out", out, "--jobs", 1)
    assert (status, printed) == (0, f"{out}: 6 sources of 10 clips\n")
    assert "2 clip(s) with several players: 000007, 000008\n" in said
    assert "2 clip(s) without a detection: 000009, 000010\n" in said
    table = pd.read_parquet(out)
    assert table.clip_id.tolist() == [f"{number:06d}" for number in range(1, 7)]
    assert set(table.frame) == {6}
    assert set(table.x) == {106.0}
    assert set(table.label) == {"harp"}
    for row, loaded in zip(table.itertuples(), load_sources(out).sources, strict=True):
        assert loaded.picture.size == (240, 200)  # twice the prepared frame's pixels
        ears, rate = soundfile.read(source / "binaural_audios" / f"{row.clip_id}.wav")
        assert row.rms == pytest.approx(np.sqrt(np.mean(ears.mean(axis=1) ** 2)), rel=0.5)  # 48 kHz has more of a noise
        assert row.n_samples == len(loaded.sound) == len(ears) * 16_000 // rate


def test_by_a_table_from_a_prepared_data_set(prepared, boxes, call):
    status, printed, _ = call("patches", prepared, "--boxes", boxes, "--jobs", 1, "--json")
    record = json.loads(printed)
    assert status == 0
    assert record["patches"] == str(prepared / "patches.parquet")
    assert (record["sources"], record["clips"]) == (6, 10)
    assert record["several"] == ["000007", "000008"]
    source = load_sources(prepared).sources[0]
    with Image.open(prepared / "frames" / "000001" / "000006.jpg") as frame:
        expected = np.asarray(frame.convert("RGB"))[40:140, 106:226]
    assert np.abs(np.asarray(source.picture).astype(int) - expected).mean() < 2
    ears, _ = soundfile.read(prepared / "audio" / "000001.wav")
    mono = ears.mean(axis=1)
    assert np.corrcoef(source.sound, mono)[0, 1] > 0.9999
    assert source.shape.rms == pytest.approx(np.sqrt(np.mean(mono**2)), rel=1e-4)
    assert source.background


def test_whole_frames(prepared, call):
    status, _, _ = call("patches", prepared, "--no-detector", "--jobs", 2)
    assert status == 0
    sources = load_sources(prepared).sources
    assert len(sources) == 10
    assert {source.picture.size for source in sources} == {(480, 240)}
    assert {(source.shape.width, source.shape.height) for source in sources} == {(640.0, 360.0)}
    assert not any(source.background for source in sources)


def test_by_a_detector(prepared, monkeypatch, call):
    """One person is a solo, two are several, none is named."""
    seen = []

    def finder(**options):
        def find(picture, frame):
            assert picture.shape == (240, 480, 3)
            seen.append(frame)
            return [Box(frame, 10.0 + 100 * k, 20.0, 50.0, 100.0, "person", 0.9) for k in range(len(seen) % 3)]

        return find

    monkeypatch.setattr(commands, "find_with", finder)
    status, _, said = call("patches", prepared, "--jobs", 1)
    assert status == 0
    assert seen == [5] * 10
    assert "3 clip(s) with several players: 000002, 000005, 000008" in said
    assert "3 clip(s) without a detection: 000003, 000006, 000009" in said
    table = pd.read_parquet(prepared / "patches.parquet")
    assert table.clip_id.tolist() == ["000001", "000004", "000007", "000010"]
    assert set(table.score) == {0.9}


def test_sounds_that_are_short_silent_or_damaged(prepared, boxes, call):
    soundfile.write(prepared / "audio" / "000001.wav", np.full((9000, 2), 0.1), 16_000)
    soundfile.write(prepared / "audio" / "000002.wav", np.full((16_000, 2), 1e-5), 16_000)
    (prepared / "audio" / "000003.wav").write_bytes(b"RIFF")
    status, printed, said = call("patches", prepared, "--boxes", boxes, "--jobs", 1)
    assert status == 1
    assert "1 clip(s) shorter than a segment of 0.63 s: 000001" in said
    assert "1 clip(s) silent: 000002" in said
    assert "000003: " in said
    assert printed.endswith("3 sources of 10 clips\n")
    assert len(load_sources(prepared).sources) == 3


def test_boxes_of_clips_that_are_not_there_fail(prepared, boxes, call):
    boxes.write_text(boxes.read_text() + "777777,1,10,10,20,20,harp\n")
    boxes.write_text(boxes.read_text() + "000009,11,10,10,20,20,harp\n")
    status, _, said = call("patches", prepared, "--boxes", boxes, "--jobs", 1)
    assert status == 1
    assert f"777777: not in {prepared}" in said
    assert "000009: the table has a box in frame 11, the clip 10 frames" in said
    boxes.write_text(HEAD + "777777,1,10,10,20,20,harp\n")
    status, _, said = call("patches", prepared, "--boxes", boxes, "--overwrite")
    assert (status, said) == (1, f"fairplay-bench: {prepared}: none of the 1 clips of the table of boxes is in it.\n")


def test_refusals_come_before_work(prepared, boxes, tmp_path, call):
    cases = [
        ((prepared, "--boxes", boxes, "--no-detector"), 2, "give one of them"),
        ((tmp_path / "none", "--boxes", boxes), 2, "no such folder; give FAIR-Play as published, or a prepared"),
        ((prepared, "--boxes", tmp_path / "none.csv"), 2, "no such file"),
        ((prepared, "--min-score", "nan"), 2, "--min-score nan: give 0 to 1"),
        ((prepared, "--detector", "yolo"), 2, "unknown detector 'yolo'"),
        ((prepared, "--label", "persan"), 2, "Did you mean 'person'"),
        ((prepared, "--detector-weights", "NoSuch_Weights.X"), 2, "neither a file nor weights"),
        ((prepared, "--detector-weights", "ResNet18_Weights.DEFAULT"), 2, "not of a detector"),
    ]
    for arguments, status, message in cases:
        left, printed, said = call("patches", *arguments)
        assert (left, printed) == (status, "")
        assert message in said
        assert said.count("\n") == 1
    assert not (prepared / "patches.parquet").exists()
    (prepared / "patches.parquet").write_bytes(b"mine")
    status, _, said = call("patches", prepared, "--boxes", boxes)
    assert (status, (prepared / "patches.parquet").read_bytes()) == (1, b"mine")
    assert "--overwrite" in said


def test_nothing_to_cut_out_writes_nothing(prepared, tmp_path, call):
    table = tmp_path / "boxes.csv"
    table.write_text(HEAD + "".join(f"000001,1,{x},10,20,20,harp\n" for x in (10, 90)))
    status, _, said = call("patches", prepared, "--boxes", table, "--jobs", 1)
    assert status == 1
    assert "nothing is written" in said
    assert not (prepared / "patches.parquet").exists()
