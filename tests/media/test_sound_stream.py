"""Sound of any file in blocks: every container, every channel in its place, in step with the picture."""

import tracemalloc

import numpy as np
import pytest
import soundfile

from fairplay_bench.dsp.resample import resample
from fairplay_bench.errors import MediaError
from fairplay_bench.media.sound_stream import regrouped, resampled, sound_blocks, sound_info

from ..spherical_sources import RATE, noise, numbered, write_av

TONES_HZ = (200, 500, 900, 60, 2000, 2700)  # the low one where 5.1 keeps its subwoofer


def tones(channels, seconds=2.0, rate=RATE):
    time_s = np.arange(round(seconds * rate)) / rate
    return np.stack([0.2 * np.sin(2 * np.pi * tone * time_s) for tone in TONES_HZ[:channels]]).astype(np.float32)


def pitches(sound, rate=RATE):
    middle = sound[:, rate // 2 : rate // 2 + rate]
    return tuple(int(np.abs(np.fft.rfft(channel)).argmax()) for channel in middle)


def read(path):
    return np.concatenate(list(sound_blocks(path)), axis=1)


@pytest.mark.parametrize(
    ("name", "codec", "layout", "channels"),
    [
        ("x.mp4", "aac", "5.1", 6),
        ("x.mp4", "aac", "4.0", 4),
        ("x.webm", "libopus", "quad", 4),
        ("x.mkv", "libopus", "ambisonic 1", 4),
        ("x.mkv", "vorbis", "stereo", 2),
        ("x.mkv", "flac", "quad", 4),
        ("x.mov", "pcm_f32le", "quad", 4),
        ("x.mkv", "pcm_s16le", "5.0", 5),
        ("x.mkv", "pcm_s16le", "2.1", 3),
        ("x.mp4", "aac", "mono", 1),
    ],
)
def test_each_channel_keeps_its_place(tmp_path, name, codec, layout, channels):
    path = write_av(tmp_path / name, sound=tones(channels), layout=layout, codec=codec)
    info = sound_info(path)
    assert (info.rate, info.channels, info.codec.removeprefix("lib")) == (RATE, channels, codec.removeprefix("lib"))
    assert pitches(read(path)) == TONES_HZ[:channels]


@pytest.mark.parametrize(("suffix", "subtype"), [(".wav", "FLOAT"), (".wav", "PCM_24"), (".flac", "PCM_16")])
@pytest.mark.parametrize("channels", [1, 4])
def test_sound_files_come_whole(tmp_path, suffix, subtype, channels):
    sound = np.stack([noise(2.5, seed) for seed in range(channels)]).astype(np.float32)
    soundfile.write(tmp_path / f"x{suffix}", sound.T, RATE, subtype=subtype)
    blocks = list(sound_blocks(tmp_path / f"x{suffix}"))
    assert len(blocks) > 1
    np.testing.assert_allclose(np.concatenate(blocks, axis=1), sound, atol=2**-15)


def test_vorbis_in_ogg_keeps_four_channels_in_order(tmp_path):
    soundfile.write(tmp_path / "x.ogg", tones(4).T, RATE)
    assert pitches(read(tmp_path / "x.ogg")) == TONES_HZ[:4]


@pytest.mark.parametrize(("name", "codec"), [("x.mp4", "aac"), ("x.webm", "libopus"), ("x.mkv", "flac")])
def test_is_not_shifted_by_a_codec(tmp_path, name, codec):
    sound = np.stack([noise(2, 1), noise(2, 2)]).astype(np.float32)
    found = read(write_av(tmp_path / name, sound=sound, layout="stereo", codec=codec))
    middle = slice(RATE // 2, RATE)
    scores = [np.dot(found[0, RATE // 2 + lag : RATE + lag], sound[0, middle]) for lag in range(-1500, 1500)]
    assert int(np.argmax(scores)) - 1500 == 0


def test_sound_that_begins_late_stays_in_step_with_the_picture(tmp_path):
    sound = np.stack([noise(2, 1), noise(2, 2)]).astype(np.float32)
    path = write_av(
        tmp_path / "x.mkv", numbered(30, (64, 32)), sound=sound, layout="stereo", codec="pcm_s16le", late_s=0.5
    )
    found = read(path)
    assert not found[:, : RATE // 2].any()
    np.testing.assert_allclose(found[:, RATE // 2 :], sound, atol=2**-15)


@pytest.mark.parametrize(("rate", "new_rate"), [(44_100, 48_000), (48_000, 16_000), (16_000, 48_000)])
@pytest.mark.parametrize("channels", [1, 4])
def test_resampling_blocks_equals_resampling_the_whole(rate, new_rate, channels):
    sound = np.stack([noise(1.3, seed, rate) for seed in range(channels)]).astype(np.float32)
    cut = [sound[:, :7], sound[:, 7:7], sound[:, 7:30_000], sound[:, 30_000:]] if rate > 30_000 else [sound]
    found = np.concatenate(list(resampled(cut, rate, new_rate)), axis=1)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, resample(sound.T, rate, new_rate).T, atol=1e-6)


def test_resampling_to_the_same_rate_changes_nothing():
    sound = tones(4)
    assert next(iter(resampled([sound], RATE, RATE))) is sound


def test_regrouping_loses_no_sample():
    sound = tones(2, 0.1)
    cut = np.split(sound, [1, 2, 900, 900, 4000], axis=1)
    blocks = list(regrouped(cut, 1000))
    assert [block.shape[1] for block in blocks] == [1000, 1000, 1000, 1000, 800]
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), sound)


def test_regrouping_ends_without_an_empty_block():
    assert [block.shape[1] for block in regrouped([tones(2, 0.5)], 12_000)] == [12_000, 12_000]
    assert list(regrouped([], 5)) == []


def test_names_a_missing_an_empty_and_a_truncated_file(tmp_path):
    with pytest.raises(MediaError, match=r"x\.wav: missing"):
        sound_info(tmp_path / "x.wav")
    (tmp_path / "e.mp4").touch()
    with pytest.raises(MediaError, match=r"e\.mp4: the file is empty"):
        sound_info(tmp_path / "e.mp4")
    soundfile.write(tmp_path / "t.wav", tones(4).T, RATE)
    whole = (tmp_path / "t.wav").read_bytes()
    (tmp_path / "t.wav").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MediaError, match=r"t\.wav: truncated"):
        read(tmp_path / "t.wav")


@pytest.mark.parametrize("name", ["x.wav", "x.mp4", "x.webm", "x.ogg"])
def test_names_what_is_no_sound(tmp_path, name):
    (tmp_path / name).write_bytes(b"no sound at all, only words" * 50)
    with pytest.raises(MediaError, match=rf"{name}: .*download it again") as refused:
        sound_info(tmp_path / name)
    assert "\n" not in str(refused.value)


def test_a_video_without_sound_is_named(tmp_path):
    path = write_av(tmp_path / "silent.mp4", numbered(5, (64, 32)))
    for look in (sound_info, read):
        with pytest.raises(MediaError, match=r"silent\.mp4: has no sound track"):
            look(path)


def test_values_that_are_not_finite_are_placed(tmp_path):
    sound = tones(4)
    sound[2, 60_000] = np.nan
    soundfile.write(tmp_path / "x.wav", sound.T, RATE, subtype="FLOAT")
    with pytest.raises(MediaError, match=r"x\.wav: NaN or infinite from sample 60000 \(1\.250 s\)"):
        read(tmp_path / "x.wav")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_sound_file_that_ends_while_it_is_read_is_named(tmp_path, kept):
    path = tmp_path / "x.flac"
    soundfile.write(path, np.stack([noise(5, 1), noise(5, 2)]).T, RATE)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(
        MediaError, match=rf"x\.flac: truncated or damaged beyond its first {int(kept * 5)} s \("
    ) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_a_stream_cut_off_is_named_or_ends_early(tmp_path):
    path = write_av(tmp_path / "x.mp4", sound=tones(4), layout="4.0")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(MediaError, match="truncated"):
        read(path)


def test_a_name_that_looks_like_an_address_is_a_file(tmp_path, monkeypatch):
    path = write_av(tmp_path / "x.mp4", sound=tones(2), layout="stereo")
    monkeypatch.chdir(tmp_path)
    odd = path.rename(tmp_path / "concat:a,b.mp4").relative_to(tmp_path)
    assert sound_info(odd).channels == 2


@pytest.mark.parametrize("seconds", [3, 30])
def test_needs_the_memory_of_a_second(tmp_path, seconds):
    soundfile.write(tmp_path / "x.wav", np.tile(tones(4, 1.0).T, (seconds, 1)), RATE, subtype="FLOAT")
    tracemalloc.start()
    total = sum(block.shape[1] for block in resampled(sound_blocks(tmp_path / "x.wav"), RATE, 44_100))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 44_100 * seconds
    assert peak < 8e6
