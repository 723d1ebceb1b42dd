import json
import shutil
from fractions import Fraction
from hashlib import sha256

import av
import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

from fairplay_bench.datasets.fair_play import find_clips
from fairplay_bench.dsp.resample import resample
from fairplay_bench.errors import DatasetError

CLIP = "000002"


def write_sound(path, samples, rate=48_000, subtype="FLOAT"):
    soundfile.write(path, samples, rate, subtype=subtype)


def noise(samples, channels):
    return 0.1 * np.random.default_rng(0).normal(size=(samples, channels))


def with_nan():
    samples = noise(48_000, 2)
    samples[24_000] = np.nan
    return samples


def cut(path, kept):
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])


def write_sound_only(path):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), dtype=np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


WAV, MP4 = f"binaural_audios/{CLIP}.wav", f"videos/{CLIP}.mp4"
BAD_SOUNDS = {
    "pointer": (lambda path, pointer: path.write_text(pointer), "a git-LFS pointer, not the file itself; run `git lfs"),
    "mono": (lambda path, _: write_sound(path, noise(48_000, 1)), "1 channel(s) where two ears are needed; copy"),
    "six channels": (
        lambda path, _: write_sound(path, noise(48_000, 6)),
        "6 channel(s) where two ears are needed; copy",
    ),
    "NaN": (lambda path, _: write_sound(path, with_nan()), "NaN or infinite from sample 24000 (0.500 s); repair"),
    "no samples": (lambda path, _: write_sound(path, np.zeros((0, 2))), "holds no samples; copy or download it again."),
    "no bytes": (lambda path, _: path.write_bytes(b""), "the file is empty; copy or download it again."),
    "cut short": (lambda path, _: cut(path, 0.7), "truncated: "),
    "no sound": (lambda path, _: path.write_text("text\n" * 99), "not a sound file that can be read ("),
    "too short": (lambda path, _: write_sound(path, noise(1000, 2)), "lasts only 0.021 s; copy or download it again."),
    "missing": (lambda path, _: path.unlink(), "missing; copy or download it."),
}
BAD_VIDEOS = {
    "pointer": (lambda path, pointer: path.write_text(pointer), "a git-LFS pointer, not the file itself; run `git lfs"),
    "no bytes": (lambda path, _: path.write_bytes(b""), "the file is empty; copy or download it again."),
    "cut short": (lambda path, _: cut(path, 0.7), "truncated: "),
    "no video": (lambda path, _: path.write_text("text\n" * 99), "cannot be decoded ("),
    "no pictures": (lambda path, _: write_sound_only(path), "has no picture track."),
    "missing": (lambda path, _: path.unlink(), "missing; copy or download it."),
}
BAD = [
    pytest.param(file, *case, id=f"{kind}: {name}")
    for kind, file, cases in (("sound", WAV, BAD_SOUNDS), ("video", MP4, BAD_VIDEOS))
    for name, case in cases.items()
]


@pytest.mark.parametrize(("file", "spoil", "reason"), BAD)
def test_a_bad_file_is_named_and_the_rest_goes_on(
    three_clips, tmp_path, run_prepare, reporter, lfs_pointer, hashes, file, spoil, reason
):
    out = tmp_path / "out"
    original = (three_clips / file).read_bytes()
    spoil(three_clips / file, lfs_pointer)
    outcome = run_prepare(three_clips, out)
    assert (outcome.clips, outcome.missing, outcome.complete) == (2, (), False)
    (failure,) = outcome.failures
    assert failure.clip_id == CLIP
    assert failure.reason.startswith(f"{file}: {reason}")
    assert "\n" not in failure.reason
    assert f"{CLIP}: {failure.reason}" in reporter.lines
    assert not (out / "frames" / CLIP).exists()
    assert not (out / "audio" / f"{CLIP}.wav").exists()
    assert not list(out.rglob("*.tmp"))
    description = json.loads((out / "dataset.json").read_text("utf-8"))
    assert description["failures"] == [{"clip_id": CLIP, "reason": failure.reason}]
    assert description["counts"] | {"clips": 2, "failed": 1, "missing": 0, "unlisted": 0} == description["counts"]

    (three_clips / file).write_bytes(original)
    assert run_prepare(three_clips, out).complete
    assert run_prepare(three_clips, tmp_path / "undisturbed").complete
    assert hashes(out) == hashes(tmp_path / "undisturbed")


def test_a_clip_that_turns_bad_leaves_the_index(three_clips, tmp_path, run_prepare, lfs_pointer):
    assert run_prepare(three_clips, tmp_path / "out").complete
    (three_clips / WAV).write_text(lfs_pointer)
    outcome = run_prepare(three_clips, tmp_path / "out")
    assert (outcome.clips, [failure.clip_id for failure in outcome.failures]) == (2, [CLIP])
    assert list(pd.read_parquet(tmp_path / "out" / "index.parquet")["clip_id"]) == ["000001", "000003"]


def test_pictures_that_end_before_the_sound(three_clips, tmp_path, run_prepare):
    write_sound(three_clips / WAV, noise(96_000, 2))
    (failure,) = run_prepare(three_clips, tmp_path / "out").failures
    assert failure.reason == f"{MP4}: its pictures end at 1.00 s but 1.95 s are needed; copy or download it again."


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 96_000])
def test_another_rate_is_resampled_and_recorded(three_clips, tmp_path, run_prepare, rate):
    time = np.arange(rate)[:, None] / rate
    tone = 0.5 * np.sin(2 * np.pi * np.array([[440.0, 1000.0]]) * time)
    write_sound(three_clips / WAV, tone, rate)
    assert run_prepare(three_clips, tmp_path / "out").complete
    samples, found = soundfile.read(tmp_path / "out" / "audio" / f"{CLIP}.wav")
    assert (found, samples.shape) == (16_000, (16_000, 2))
    wanted = 0.5 * np.sin(2 * np.pi * np.array([[440.0, 1000.0]]) * np.arange(16_000)[:, None] / 16_000)
    np.testing.assert_allclose(samples[1000:-1000], wanted[1000:-1000], atol=2e-4)
    description = json.loads((tmp_path / "out" / "dataset.json").read_text("utf-8"))
    assert description["source_rate_hz"] == {"expected": 48_000, "others": {CLIP: rate}}


def test_what_is_prepared_is_what_the_contract_says(three_clips, tmp_path, run_prepare):
    out = tmp_path / "out"
    outcome = run_prepare(three_clips, out)
    assert (outcome.folder, outcome.clips, outcome.complete) == (out, 3, True)
    index = pd.read_parquet(out / "index.parquet")
    columns = ["clip_id", "video_id", "start_s", "duration_s", "n_samples", "n_frames", "audio", "frames"]
    assert list(index.columns) == [*columns, "source_sha256", "audio_sha256", "frames_sha256"]
    assert list(index["clip_id"]) == ["000001", CLIP, "000003"]
    row = index.iloc[1].to_dict()
    assert [row[name] for name in columns] == [CLIP, CLIP, 0.0, 1.0, 16_000, 10, f"audio/{CLIP}.wav", f"frames/{CLIP}"]
    sources = (three_clips / WAV).read_bytes() + (three_clips / MP4).read_bytes()
    assert row["source_sha256"] == sha256(sources).hexdigest()
    assert row["audio_sha256"] == sha256((out / row["audio"]).read_bytes()).hexdigest()
    frames = sorted((out / row["frames"]).iterdir())
    assert [frame.name for frame in frames] == [f"{number:06d}.jpg" for number in range(1, 11)]
    assert row["frames_sha256"] == sha256(b"".join(frame.read_bytes() for frame in frames)).hexdigest()


def test_sound_is_float_of_16_khz_left_first(three_clips, tmp_path, run_prepare):
    run_prepare(three_clips, tmp_path / "out")
    info = soundfile.info(tmp_path / "out" / "audio" / f"{CLIP}.wav")
    assert (info.samplerate, info.channels, info.subtype) == (16_000, 2, "FLOAT")
    source, rate = soundfile.read(three_clips / WAV, dtype="float32")
    prepared, _ = soundfile.read(tmp_path / "out" / "audio" / f"{CLIP}.wav", dtype="float32")
    np.testing.assert_array_equal(prepared, resample(source, rate, 16_000))


def test_frames_are_480_by_240_and_the_right_pictures(three_clips, tmp_path, run_prepare):
    run_prepare(three_clips, tmp_path / "out")
    for number in range(1, 11):
        with Image.open(tmp_path / "out" / "frames" / CLIP / f"{number:06d}.jpg") as image:
            assert (image.size, image.format) == ((480, 240), "JPEG")
            grey = float(np.asarray(image).mean())
        assert abs(grey - 3 * (3 * number - 2)) < 4  # pictures 1, 4, 7, … of thirty a second, each of three times that


def test_the_description_says_everything(three_clips, tmp_path, run_prepare):
    out = tmp_path / "out"
    run_prepare(three_clips, out)
    description = json.loads((out / "dataset.json").read_text("utf-8"))
    index = pd.read_parquet(out / "index.parquet")
    lines = sorted(f"{r.clip_id},{r.source_sha256},{r.start_s},{r.n_samples}\n" for r in index.itertuples())
    assert description["index_sha256"] == sha256("".join(lines).encode()).hexdigest()
    splits = pd.read_parquet(out / "splits.parquet")
    lines = sorted(f"{r.split_set},{r.split},{r.subset},{r.clip_id}\n" for r in splits.itertuples())
    assert description["splits_sha256"] == sha256("".join(lines).encode()).hexdigest()
    assert (description["name"], description["version"], description["format"]) == ("fair-play", "2019.1", 1)
    assert description["counts"] | {"clips": 3, "failed": 0, "missing": 0, "unlisted": 0} == description["counts"]
    assert description["split_sets"] == {"gao2019": {"published": True, "splits": [1, 2]}}
    assert (description["failures"], description["missing"], description["problems"]) == ([], [], [])
    assert description["parameters"]["resampler"] == "soxr HQ"
    assert str(tmp_path) not in (out / "dataset.json").read_text("utf-8")


def test_the_folder_of_the_archives_will_do(three_clips, tmp_path, run_prepare, hashes):
    assert run_prepare(three_clips, tmp_path / "clone").complete
    (three_clips / "binaural_audios").rename(three_clips / "audios")
    (three_clips / "binaural_audios").mkdir()  # as a clone without its files has it
    assert run_prepare(three_clips, tmp_path / "archives").complete
    assert hashes(tmp_path / "clone") == hashes(tmp_path / "archives")


def test_spaces_and_letters_in_paths_and_names(three_clips, tmp_path, run_prepare):
    source = three_clips.rename(tmp_path / "Größe 音 'x' $y %d")
    name = "Klavier – größer 2.0"
    (source / WAV).rename(source / "binaural_audios" / f"{name}.wav")
    (source / MP4).rename(source / "videos" / f"{name}.mp4")
    shutil.rmtree(source / "splits")
    out = tmp_path / "aus gäbe 音"
    assert run_prepare(source, out).complete
    assert (out / "audio" / f"{name}.wav").is_file()
    assert len(list((out / "frames" / name).iterdir())) == 10
    assert name in list(pd.read_parquet(out / "index.parquet")["clip_id"])


def test_what_a_mac_leaves_in_archives_is_no_clip(three_clips):
    for folder, suffix in (("binaural_audios", "wav"), ("videos", "mp4")):
        (three_clips / folder / f"._000001.{suffix}").write_bytes(b"Mac OS X")
    assert find_clips(three_clips).clip_ids == ("000001", CLIP, "000003")


def test_other_files_are_no_clips(three_clips):
    (three_clips / "videos" / "README.md").touch()
    (three_clips / "binaural_audios" / "000009.txt").touch()
    assert find_clips(three_clips).clip_ids == ("000001", CLIP, "000003")


@pytest.mark.parametrize("folder", ["none", "empty", "videos only in name"])
def test_a_folder_without_clips(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    (tmp_path / "videos only in name" / "videos").mkdir(parents=True)
    with pytest.raises(DatasetError, match=r"give the folder of the FAIR-Play clone with --source\.$") as caught:
        find_clips(tmp_path / folder)
    assert str(caught.value).startswith(str(tmp_path / folder))
    assert "\n" not in str(caught.value)


def test_a_name_with_a_control_character_is_refused(three_clips):
    (three_clips / "videos" / "a\nb.mp4").touch()
    with pytest.raises(DatasetError, match=r"'a\\nb' cannot name a clip"):
        find_clips(three_clips)


def test_a_long_clip_keeps_its_length(tmp_path, run_prepare, video_writer):
    source = tmp_path / "source"
    (source / "binaural_audios").mkdir(parents=True)
    write_sound(source / "binaural_audios" / "a.wav", noise(479_232, 2), subtype="PCM_16")  # as some of FAIR-Play
    video_writer(source / "videos" / "a.mp4", Fraction(30_000, 1001), 300)
    assert run_prepare(source, tmp_path / "out").complete
    row = pd.read_parquet(tmp_path / "out" / "index.parquet").iloc[0]
    assert (row["n_samples"], row["duration_s"], row["n_frames"]) == (159_744, 9.984, 100)
