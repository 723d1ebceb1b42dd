import numpy as np
import pytest
import soundfile

from fairplay_bench.errors import MediaError, OutputError
from fairplay_bench.media.audio import Sound, read_sound, write_wav


def noise(samples=1000, channels=2, seed=0):
    return (0.1 * np.random.default_rng(seed).normal(size=(samples, channels))).astype(np.float32)


def refusal(path):
    with pytest.raises(MediaError) as caught:
        read_sound(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_reads_any_rate_and_number_of_channels(tmp_path, rate, channels):
    samples = noise(channels=channels)
    soundfile.write(tmp_path / "a.wav", samples, rate, subtype="FLOAT")
    sound = read_sound(tmp_path / "a.wav")
    assert (sound.rate, sound.channels, sound.samples.dtype) == (rate, channels, np.dtype(np.float32))
    assert sound.duration_s == pytest.approx(1000 / rate)
    np.testing.assert_array_equal(sound.samples, samples)


@pytest.mark.parametrize(("subtype", "step"), [("PCM_16", 2**-15), ("PCM_24", 2**-23), ("PCM_U8", 2**-7)])
def test_full_scale_of_integers_is_one(tmp_path, subtype, step):
    soundfile.write(tmp_path / "a.wav", np.array([[-1.0, 0.5]]), 8000, subtype=subtype)
    np.testing.assert_allclose(read_sound(tmp_path / "a.wav").samples, [[-1.0, 0.5]], atol=step)


def test_a_missing_file(tmp_path):
    assert refusal(tmp_path / "a.wav") == "missing; copy or download it."


def test_an_empty_file(tmp_path):
    (tmp_path / "a.wav").touch()
    assert refusal(tmp_path / "a.wav") == "the file is empty; copy or download it again."


def test_a_git_lfs_pointer(tmp_path):
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1921102\n"
    (tmp_path / "a.wav").write_text(text)
    assert "git-LFS pointer, not the file itself; run `git lfs pull`" in refusal(tmp_path / "a.wav")


def test_a_file_that_is_no_sound(tmp_path):
    (tmp_path / "a.wav").write_text("nothing to hear\n" * 40)
    assert "not a sound file that can be read (Format not recognised); copy" in refusal(tmp_path / "a.wav")


def test_a_raw_file(tmp_path):
    (tmp_path / "a.raw").write_bytes(bytes(100))
    assert "not a sound file that can be read" in refusal(tmp_path / "a.raw")


def test_a_wav_without_samples(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros((0, 2)), 48_000)
    assert refusal(tmp_path / "a.wav") == "holds no samples; copy or download it again."


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_finite_are_found(tmp_path, value):
    samples = noise()
    samples[480, 1] = value
    samples[900, 0] = value
    soundfile.write(tmp_path / "a.wav", samples, 48_000, subtype="FLOAT")
    assert refusal(tmp_path / "a.wav") == "NaN or infinite from sample 480 (0.010 s); repair or remove it."


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_wav_cut_short_is_not_taken_for_a_shorter_one(tmp_path, subtype, kept):
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(), 48_000, subtype=subtype)
    content = path.read_bytes()
    cut = int(kept * len(content))
    path.write_bytes(content[:cut])
    assert refusal(path) == f"truncated: {cut} bytes of at least {len(content)}; copy or download it again."


def test_a_wav_cut_in_its_header_is_refused(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(), 48_000)
    content = path.read_bytes()
    for cut in range(1, 44):
        path.write_bytes(content[:cut])
        assert refusal(path), cut


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0x7FFFF000])
def test_a_wav_written_into_a_pipe_does_not_know_its_length(tmp_path, length):
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(), 48_000, subtype="PCM_16")
    content = path.read_bytes()
    path.write_bytes(content[:40] + length.to_bytes(4, "little") + content[44:])
    assert len(read_sound(path).samples) == 1000


def test_chunks_around_the_samples_are_skipped(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(), 48_000, subtype="PCM_16")
    content = path.read_bytes()
    odd = b"LIST" + (5).to_bytes(4, "little") + b"INFO\0" + b"\0"  # of odd length, padded
    path.write_bytes(content[:36] + odd + content[36:] + odd)
    assert len(read_sound(path).samples) == 1000
    path.write_bytes(content[:36] + odd + content[36:-1])
    assert "truncated" in refusal(path)


def test_big_endian_wavs_pass(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(), 48_000, format="WAV", endian="BIG")
    assert path.read_bytes()[:4] == b"RIFX"
    assert len(read_sound(path).samples) == 1000
    path.write_bytes(path.read_bytes()[:-100])
    assert "truncated" in refusal(path)


def test_flac_and_ogg_pass(tmp_path):
    for name in ("a.flac", "a.ogg"):
        soundfile.write(tmp_path / name, noise(4800), 48_000)
        assert read_sound(tmp_path / name).channels == 2


def test_what_is_written_is_read_back_as_32_bit_float(tmp_path):
    samples = 3 * noise()
    write_wav(tmp_path / "new" / "a.wav", samples, 16_000)
    assert soundfile.info(tmp_path / "new" / "a.wav").subtype == "FLOAT"
    sound = read_sound(tmp_path / "new" / "a.wav")
    assert sound.rate == 16_000
    np.testing.assert_array_equal(sound.samples, samples)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a.wav"]


def test_the_bytes_written_hold_no_time_of_day(tmp_path, monkeypatch):
    write_wav(tmp_path / "a.wav", noise(), 16_000)
    monkeypatch.setattr("time.time", lambda: 0.0)
    write_wav(tmp_path / "b.wav", noise(), 16_000)
    data = (tmp_path / "a.wav").read_bytes()
    assert data == (tmp_path / "b.wav").read_bytes()
    assert len(data) == 8000 + 58  # header, format, number of samples: no other chunk


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"cannot write .*a\.wav: .*; choose another place with --out\."):
        write_wav(tmp_path / "file" / "a.wav", noise(), 16_000)


def test_a_sound_knows_its_length():
    assert Sound(np.zeros((24_000, 2), dtype=np.float32), 48_000).duration_s == 0.5
