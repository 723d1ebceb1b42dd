"""Cutting recordings into clips: what is written, what is dropped, and what a failure leaves behind."""

import numpy as np
import pytest
import soundfile
from PIL import Image

from fairplay_bench.datasets.recordings import CLIP_FRAMES, CLIP_SAMPLES, Recording, clip_name, write_clips
from fairplay_bench.datasets.units import Unit
from fairplay_bench.errors import MediaError

from ..spherical_sources import grey_of, noise, numbered

RATE = 16_000


@pytest.fixture
def cut(tmp_path):
    """A function that cuts a sound ``(2, samples)`` into clips under ``tmp_path / "out"``."""
    source = tmp_path / "-abc.mp4"
    source.write_bytes(b"whatever it was")
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def run(ears, most=None, frames=None, keep=None, block=40_001):
        blocks = (ears[:, start : start + block] for start in range(0, ears.shape[1], block))
        more = {} if keep is None else {"keep": keep}
        recording = Recording(Unit("-abc", (source,)), 48_000, blocks, frames or pictures, **more)
        return write_clips(recording, tmp_path / "out", scratch, most)

    return run


def pictures(count):
    return iter(numbered(count, (48, 24)))


def ears_of(seconds, level=1.0):
    return level * np.stack([noise(seconds, seed, RATE) for seed in (1, 2)]).astype(np.float32)


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_clips_follow_one_another_without_a_gap(cut, tmp_path):
    ears = ears_of(30)
    prepared = cut(ears)
    assert [row.clip_id for row in prepared.rows] == ["-abc_00000", "-abc_00010", "-abc_00020"]
    assert [row.start_s for row in prepared.rows] == [0, 10, 20]
    assert {(row.video_id, row.n_samples, row.n_frames, row.duration_s) for row in prepared.rows} == {
        ("-abc", CLIP_SAMPLES, CLIP_FRAMES, 10.0)
    }
    written = [soundfile.read(tmp_path / "out" / row.audio, dtype="float32")[0].T for row in prepared.rows]
    np.testing.assert_array_equal(np.concatenate(written, axis=1), ears)
    assert (prepared.remainder_s, prepared.dropped_clips, prepared.source_rate) == (0, 0, 48_000)


def test_each_clip_gets_its_own_frames(cut, tmp_path):
    for row in cut(ears_of(20)).rows:
        for number in (1, 37, 100):
            image = Image.open(tmp_path / "out" / row.frames / f"{number:06d}.jpg")
            assert abs(np.asarray(image).mean() - grey_of(round(10 * row.start_s) + number - 1)) < 2


@pytest.mark.parametrize("block", [1, 159_999, 160_000, 160_001, 10**9])
def test_the_cut_does_not_depend_on_the_blocks(cut, block):
    ears = ears_of(10.001) if block == 1 else ears_of(21.5)
    blocks = 1601 if block == 1 else block
    assert [row.audio_sha256 for row in cut(ears, block=blocks).rows] == [row.audio_sha256 for row in cut(ears).rows]


def test_the_remainder_is_dropped_and_counted(cut, tmp_path):
    prepared = cut(ears_of(27.25))
    assert len(prepared.rows) == 2
    assert prepared.remainder_s == pytest.approx(7.25)
    assert len(list((tmp_path / "out" / "audio").iterdir())) == 2


def test_sound_after_the_last_picture_is_all_counted(cut):
    prepared = cut(ears_of(47), most=1)
    assert len(prepared.rows) == 1
    assert prepared.remainder_s == pytest.approx(37)


@pytest.mark.parametrize(("seconds", "most"), [(9.999, None), (30, 0)])
def test_a_recording_shorter_than_a_clip_is_named(cut, seconds, most, tmp_path):
    with pytest.raises(MediaError, match=r"-abc\.mp4: lasts less than the 10 s of a clip"):
        cut(ears_of(seconds), most=most)
    assert not (tmp_path / "out").exists()


def test_silent_clips_are_marked_and_kept(cut):
    ears = ears_of(30)
    ears[:, CLIP_SAMPLES : 2 * CLIP_SAMPLES] = 0
    prepared = cut(ears)
    assert prepared.silent == ("-abc_00010",)
    assert len(prepared.rows) == 3


@pytest.mark.parametrize(("dbfs", "silent"), [(-59.8, False), (-60.2, True)])
def test_silence_begins_at_minus_60_dbfs(cut, dbfs, silent):
    wave = np.full((2, CLIP_SAMPLES), 10 ** (dbfs / 20), np.float32)
    wave[:, ::2] *= -1
    assert bool(cut(wave).silent) is silent


def test_clips_not_worth_keeping_are_dropped_with_their_pictures(cut, tmp_path):
    ears = ears_of(40)
    ears[0, CLIP_SAMPLES : 2 * CLIP_SAMPLES] = 9
    ears[0, 3 * CLIP_SAMPLES :] = 9
    asked = []

    def frames(count):
        asked.append(count)
        return pictures(count)

    prepared = cut(ears, frames=frames, keep=lambda ears: ears.max() < 9)
    assert [row.clip_id for row in prepared.rows] == ["-abc_00000", "-abc_00020"]
    assert prepared.dropped_clips == 2
    assert asked == [3 * CLIP_FRAMES], "pictures after the last clip are not decoded"
    third = Image.open(tmp_path / "out" / "frames" / "-abc_00020" / "000001.jpg")
    assert abs(np.asarray(third).mean() - grey_of(200)) < 2
    assert len(files(tmp_path / "out")) == 2 + 2 * CLIP_FRAMES


def test_a_recording_with_nothing_worth_keeping_has_no_clips(cut, tmp_path):
    def no_frames(count):
        raise AssertionError("no picture is needed")

    prepared = cut(ears_of(20), frames=no_frames, keep=lambda _: False)
    assert (prepared.rows, prepared.dropped_clips) == ((), 2)
    assert not (tmp_path / "out").exists()


def test_sound_that_breaks_off_leaves_no_clip(cut, tmp_path):
    ears = ears_of(25)

    class Breaking:
        shape = ears.shape

        def __getitem__(self, key):
            if key[1].start > 20 * RATE:
                raise MediaError("-abc.mp4: its sound cannot be decoded.")
            return ears[key]

    with pytest.raises(MediaError, match="cannot be decoded"):
        cut(Breaking())
    assert files(tmp_path / "out") == []


def test_pictures_that_break_off_leave_no_sound_and_no_half_folder(cut, tmp_path):
    def breaking(count):
        yield from numbered(150, (48, 24))
        raise MediaError("-abc.mp4: its pictures end.")

    with pytest.raises(MediaError, match="pictures end"):
        cut(ears_of(20), frames=breaking)
    assert not list((tmp_path / "out").glob("*/*"))
    assert not list((tmp_path / "scratch").iterdir())


def test_names_of_clips_sort_in_the_order_of_time():
    names = [clip_name("x", start) for start in (0, 10, 990, 1000, 35_990)]
    assert names == sorted(names)
    assert names[0] == "x_00000"
