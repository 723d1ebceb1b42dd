"""Finding and preparing 360° recordings: three layouts of the same material, and what is wrong with others."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile
from PIL import Image

from fairplay_bench.datasets.load import load_dataset
from fairplay_bench.datasets.long_recipes import SphericalOptions, spherical_plan
from fairplay_bench.datasets.prepare import prepare
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.datasets.spherical import SphericalWork, find_recordings
from fairplay_bench.datasets.units import Unit
from fairplay_bench.datasets.verify import verify
from fairplay_bench.errors import DatasetError, MediaError
from fairplay_bench.jobs import Reporter, SerialExecutor
from hrtf.decoder import Decoder
from hrtf.decoders import STANDARD, make_decoder
from hrtf.sphere import spherical_head

from ..spherical_sources import (
    LAYOUTS,
    RATE,
    as_aac,
    grey_of,
    left_then_right,
    noise,
    numbered,
    plane_wave,
    write_aac_download,
    write_av,
    write_beside,
    write_lists,
    write_preprocessed,
)

NAME = "-3OY_UFP2O4"
W, Y, Z, X = range(4)


@pytest.fixture(scope="module")
def head():
    return make_decoder(STANDARD, spherical_head(), RATE)


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """The same 21 s, left then right, in each layout: a folder for each."""
    root = tmp_path_factory.mktemp("material")
    sound = left_then_right(21)
    for layout, write in LAYOUTS.items():
        write(root / layout, NAME, sound, 210)
    return root


@pytest.fixture(scope="module")
def outputs(material, head, tmp_path_factory):
    """Each layout prepared: its row in the index, the ears of each clip, the frames of each clip."""
    out = tmp_path_factory.mktemp("prepared")
    return {layout: (*work_on(material / layout, out / layout, head), out / layout) for layout in LAYOUTS}


def work_on(source, out, decoder, without_height=(), **more):
    (unit,) = find_recordings(source)[0]
    scratch = out / "scratch"
    scratch.mkdir(parents=True)
    return (SphericalWork(decoder, frozenset(without_height), **more)(unit, out, scratch),)


def ears_of(out, row):
    sound, rate = soundfile.read(out / row.audio, dtype="float32")
    assert rate == 16_000
    return sound.T


def level_db(ears):
    """Left over right."""
    left, right = np.square(ears.astype(float)).sum(axis=1)
    return 10 * np.log10(left / right)


def probe(left, right):
    """A decoder whose ears hear one channel each, so that a channel that is mixed up is heard in the wrong ear."""
    responses = np.zeros((2, 4, 8))
    responses[0, left, 0] = responses[1, right, 0] = 1
    return Decoder("probe", RATE, responses, 0.0)


def tones(seconds=10.0):
    """W, Y, Z, X of 200, 500, 900 and 1400 Hz."""
    time_s = np.arange(round(seconds * RATE)) / RATE
    return np.stack([0.2 * np.sin(2 * np.pi * tone * time_s) for tone in (200, 500, 900, 1400)]).astype(np.float32)


def pitches(ears):
    middle = ears[:, 16_000:32_000]
    return [int(np.abs(np.fft.rfft(ear)).argmax()) if np.abs(ear).max() > 1e-3 else None for ear in middle]


def test_each_layout_gives_the_same_index(outputs):
    parts = {
        layout: [(row.clip_id, row.video_id, row.start_s, row.n_samples, row.n_frames, row.audio) for row in unit.rows]
        for layout, (unit, _) in outputs.items()
    }
    assert [part[0] for part in parts["beside"]] == [f"{NAME}_00000", f"{NAME}_00010"]
    assert all(part == parts["beside"] for part in parts.values())


def test_each_layout_drops_the_same_remainder(outputs):
    for unit, _ in outputs.values():
        assert unit.remainder_s == pytest.approx(1, abs=0.03)  # the last frame of a codec


def test_sounds_without_a_codec_are_the_same_bytes(outputs):
    beside, preprocessed = outputs["beside"][0], outputs["preprocessed"][0]
    assert [row.audio_sha256 for row in beside.rows] == [row.audio_sha256 for row in preprocessed.rows]


@pytest.mark.parametrize("layout", ["aac", "opus"])
def test_sounds_through_a_codec_are_the_same_but_for_it(outputs, layout):
    for clip in range(2):
        unit, out = outputs[layout]
        plain = ears_of(outputs["beside"][1], outputs["beside"][0].rows[clip])
        coded = ears_of(out, unit.rows[clip])
        for ear, other in zip(plain[:, 1600:-1600], coded[:, 1600:-1600], strict=True):
            scores = [np.corrcoef(ear[50:-50], other[50 + lag : len(other) - 50 + lag])[0, 1] for lag in range(-3, 4)]
            assert np.argmax(scores) == 3, "shifted"
            assert scores[3] > 0.9


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_ear_nearer_to_the_source_is_louder(outputs, layout):
    unit, out = outputs[layout]
    left, right = (level_db(ears_of(out, row)) for row in unit.rows)
    assert left > 4
    assert right < -4


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_first_order_sound_is_kept_in_step_with_the_ears(outputs, layout):
    unit, out = outputs[layout]
    sound = left_then_right(21)
    for clip, row in enumerate(unit.rows):
        kept, rate = soundfile.read(out / row.ambisonics, dtype="float32")
        assert (rate, kept.shape, row.ambisonic_channels) == (RATE, (480_000, 4), "WYZX")
        assert row.ambisonics == f"ambisonics/{row.clip_id}.wav"
        assert soundfile.info(out / row.ambisonics).subtype == "FLOAT"
        wanted = sound[:, clip * 480_000 : (clip + 1) * 480_000].T
        if layout in ("beside", "preprocessed"):
            np.testing.assert_array_equal(kept, wanted)
        else:
            for channel in (W, Y):
                shifted = (np.roll(kept[:, channel], lag) for lag in range(-3, 4))
                scores = [np.corrcoef(one, wanted[:, channel])[0, 1] for one in shifted]
                assert np.argmax(scores) == 3, "shifted"
                assert scores[3] > 0.5  # a codec keeps little of noise


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_gives_the_same_pictures(outputs, layout):
    unit, out = outputs[layout]
    for row in unit.rows:
        for number in (1, 2, 50, 99, 100):
            image = Image.open(out / row.frames / f"{number:06d}.jpg")
            assert image.size == (480, 240)
            expected = grey_of(round(10 * row.start_s) + number - 1)
            assert abs(np.asarray(image).mean() - expected) < 2.5


@pytest.mark.parametrize(
    ("ears", "heard"), [((W, Y), [200, 500]), ((Z, X), [900, 1400]), ((Y, W), [500, 200]), ((X, Z), [1400, 900])]
)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_channel_reaches_the_decoder_in_its_place(tmp_path, tone_sources, layout, ears, heard):
    (unit,) = work_on(tone_sources / layout, tmp_path / "out", probe(*ears))
    assert pitches(ears_of(tmp_path / "out", unit.rows[0])) == heard


@pytest.fixture(scope="module")
def tone_sources(tmp_path_factory):
    root = tmp_path_factory.mktemp("tones")
    for layout, write in LAYOUTS.items():
        write(root / layout, NAME, tones(10.5), 100)
    return root


@pytest.mark.parametrize("layout", LAYOUTS)
def test_recordings_listed_without_height_have_a_silent_z(tmp_path, tone_sources, layout):
    (unit,) = work_on(tone_sources / layout, tmp_path / "out", probe(Z, X), without_height=[NAME])
    assert pitches(ears_of(tmp_path / "out", unit.rows[0])) == [None, 1400]
    kept = soundfile.read(tmp_path / "out" / unit.rows[0].ambisonics)[0]
    assert [bool(channel.any()) for channel in kept.T] == [True, True, False, True]
    assert unit.rows[0].ambisonic_channels == "WYX"


def test_three_channels_are_w_y_x_where_the_list_says_so(tmp_path):
    write_beside(tmp_path / "in", NAME, tones()[[W, Y, X]], numbered(100, (64, 32)))
    (unit,) = work_on(tmp_path / "in", tmp_path / "out", probe(Y, X), without_height=[NAME])
    assert pitches(ears_of(tmp_path / "out", unit.rows[0])) == [500, 1400]


def refusal(source, out, **more):
    with pytest.raises(MediaError) as refused:
        work_on(source, out, probe(W, Y), **more)
    assert "\n" not in str(refused.value)
    assert not list(out.glob("*/*"))
    return str(refused.value)


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_other_numbers_of_channels_are_refused(tmp_path, channels):
    sound = np.tile(tones()[:1], (channels, 1))
    write_beside(tmp_path / "in", NAME, sound, numbered(100, (64, 32)))
    message = refusal(tmp_path / "in", tmp_path / "out")
    assert f"{NAME}.wav: {channels} channel(s) of pcm, but first-order ambisonic sound has 4" in message


@pytest.mark.parametrize(("layout", "channels"), [("stereo", 2), ("5.0", 5), ("mono", 1)])
def test_downloads_that_were_mixed_down_are_refused(tmp_path, layout, channels):
    sound = np.tile(tones()[:1], (channels, 1))
    write_av(tmp_path / "in" / f"{NAME}.mp4", numbered(100, (64, 32)), sound=sound, layout=layout)
    assert f"{channels} channel(s) of aac" in refusal(tmp_path / "in", tmp_path / "out")


def test_a_download_without_sound_is_refused(tmp_path):
    write_av(tmp_path / "in" / f"{NAME}.mp4", numbered(100, (64, 32)))
    assert f"{NAME}.mp4: has no sound track" in refusal(tmp_path / "in", tmp_path / "out")


def test_a_download_without_pictures_is_refused(tmp_path):
    write_av(tmp_path / "in" / f"{NAME}.mp4", sound=as_aac(tones()), layout="5.1")
    assert f"{NAME}.mp4: has no picture track" in refusal(tmp_path / "in", tmp_path / "out")


def test_an_unknown_projection_is_refused_and_leaves_nothing(tmp_path):
    write_aac_download(tmp_path / "in", NAME, tones(), numbered(100, (300, 200)))
    assert "is 300 x 200, not 2:1; name it with --projection" in refusal(tmp_path / "in", tmp_path / "out")


def test_a_named_projection_is_used(tmp_path):
    write_aac_download(tmp_path / "in", NAME, tones(), numbered(100, (300, 200)))
    (unit,) = work_on(tmp_path / "in", tmp_path / "out", probe(W, Y), projection="eac")
    image = np.asarray(Image.open(tmp_path / "out" / unit.rows[0].frames / "000050.jpg"))
    assert image.shape == (240, 480, 3)
    assert np.abs(image.astype(int) - grey_of(49)).max() < 6


@pytest.mark.parametrize(
    ("folder", "suffix", "number"), [("ambix", "wav", 4), ("video", "jpg", 42), ("ambix", "wav", 0)]
)
def test_gaps_of_the_published_preprocessing_are_named(tmp_path, folder, suffix, number):
    write_preprocessed(tmp_path / "in", NAME, tones(11), 110)
    (tmp_path / "in" / NAME / folder / f"{number:06d}.{suffix}").unlink()
    message = refusal(tmp_path / "in", tmp_path / "out")
    assert f"{NAME}/{folder}: {number:06d}.{suffix} is missing; copy the recording again" in message


def test_a_second_unlike_the_others_is_named(tmp_path):
    write_preprocessed(tmp_path / "in", NAME, tones(11), 110)
    soundfile.write(tmp_path / "in" / NAME / "ambix" / "000003.wav", tones(1)[:2].T, RATE)
    assert "000003.wav: 2 channels at 48000 Hz, unlike" in refusal(tmp_path / "in", tmp_path / "out")


def test_pictures_may_end_half_a_second_early_and_no_more(tmp_path):
    for folder, pictures in (("a", 95), ("b", 94)):
        write_preprocessed(tmp_path / folder, NAME, tones(11), pictures)
    (unit,) = work_on(tmp_path / "a", tmp_path / "out-a", probe(W, Y))
    last = np.asarray(Image.open(tmp_path / "out-a" / unit.rows[0].frames / "000100.jpg"))
    assert abs(last.mean() - grey_of(94)) < 2
    assert "lasts less than the 10 s" in refusal(tmp_path / "b", tmp_path / "out-b")


def test_another_rate_is_resampled_and_kept_in_mind(tmp_path):
    time_s = np.arange(round(10.2 * 44_100)) / 44_100
    sound = np.stack([0.2 * np.sin(2 * np.pi * tone * time_s) for tone in (200, 500, 900, 1400)]).astype(np.float32)
    write_beside(tmp_path / "in", NAME, sound, numbered(100, (64, 32)), rate=44_100)
    (unit,) = work_on(tmp_path / "in", tmp_path / "out", probe(Z, X))
    assert unit.source_rate == 44_100
    assert pitches(ears_of(tmp_path / "out", unit.rows[0])) == [900, 1400]


def test_at_another_rate_the_first_order_sound_is_kept_at_48_khz(tmp_path):
    time_s = np.arange(441_000) / 44_100
    sound = np.stack([0.2 * np.sin(2 * np.pi * tone * time_s) for tone in (200, 500, 900, 1400)]).astype(np.float32)
    write_beside(tmp_path / "in", NAME, sound, numbered(100, (64, 32)), rate=44_100)
    (unit,) = work_on(tmp_path / "in", tmp_path / "out", probe(Z, X))
    kept, rate = soundfile.read(tmp_path / "out" / unit.rows[0].ambisonics)
    assert (rate, kept.shape) == (RATE, (480_000, 4))
    assert [int(np.abs(np.fft.rfft(channel[:RATE])).argmax()) for channel in kept.T] == [200, 500, 900, 1400]


@pytest.mark.parametrize("missing", [1, 2, 0])
def test_a_sample_that_only_the_ears_round_up_is_silence(tmp_path, missing):
    write_beside(tmp_path / "in", NAME, tones(10)[:, : 480_000 - missing], numbered(100, (64, 32)))
    if missing == 2:  # two thirds of a sample of the ears: no whole clip
        assert "lasts less than the 10 s" in refusal(tmp_path / "in", tmp_path / "out")
        return
    (unit,) = work_on(tmp_path / "in", tmp_path / "out", probe(W, Y))
    assert soundfile.info(tmp_path / "out" / unit.rows[0].ambisonics).frames == 480_000


def test_a_silent_w_among_others_is_refused_and_leaves_nothing(tmp_path):
    write_beside(tmp_path / "in", NAME, tones() * [[1e-4], [1], [1], [1]], numbered(100, (64, 32)))
    assert "its first channel, W, is silent and others are not" in refusal(tmp_path / "in", tmp_path / "out")


def test_silence_altogether_is_kept_and_named(tmp_path):
    write_beside(tmp_path / "in", NAME, 0 * tones(), numbered(100, (64, 32)))
    (unit,) = work_on(tmp_path / "in", tmp_path / "out", probe(W, Y))
    assert unit.silent == (unit.rows[0].clip_id,)


def test_finds_every_layout_in_one_folder(tmp_path):
    (tmp_path / "c" / "ambix").mkdir(parents=True)
    (tmp_path / "c" / "video").mkdir()
    for name in ("c/ambix/000000.wav", "c/ambix/000001.wav", "c/video/000000.jpg", "a.webm", "b.mp4", "b.wav", "d.MKV"):
        (tmp_path / name).touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "._a.mp4").touch()
    units, problems = find_recordings(tmp_path)
    assert problems == []
    assert [unit.name for unit in units] == ["a", "b", "c", "d"]
    assert units[1] == Unit("b", (tmp_path / "b.wav", tmp_path / "b.mp4"))
    assert [path.name for path in units[2].sources] == ["000000.wav", "000001.wav", "000000.jpg"]


def test_halves_of_recordings_and_doubles_are_named(tmp_path):
    (tmp_path / "c" / "ambix").mkdir(parents=True)
    (tmp_path / "v" / "video").mkdir(parents=True)
    for name in ("c/ambix/000000.wav", "v/video/000000.jpg", "a.webm", "a.mp4", "lonely.wav"):
        (tmp_path / name).touch()
    units, problems = find_recordings(tmp_path)
    assert [unit.sources for unit in units] == [(tmp_path / "a.mp4",)]
    assert problems == [
        "a.webm: recording a is there twice; a.mp4 is used",
        "c: ambix/*.wav but no video/*.jpg; copy the recording again",
        "lonely.wav: no video lonely.mp4 beside it; copy it there",
        "v: video/*.jpg but no ambix/*.wav; copy the recording again",
    ]


@pytest.mark.parametrize("name", ["a b c", "ünïcode", "100%[x]*?", "-rf", "a'b\"c", "--help"])
def test_odd_ids_are_prepared_as_they_are(tmp_path, name):
    write_beside(tmp_path / "in", name, tones(), numbered(100, (64, 32)))
    (unit,) = work_on(tmp_path / "in", tmp_path / "out", probe(W, Y))
    assert unit.rows[0].clip_id == f"{name}_00000"
    assert pitches(ears_of(tmp_path / "out", unit.rows[0])) == [200, 500]


@pytest.mark.parametrize("name", ["line\nbreak", "back\\slash", "x" * 230])
def test_ids_that_cannot_name_a_clip_are_a_problem_and_the_rest_goes_on(tmp_path, name):
    (tmp_path / "good.mp4").touch()
    (tmp_path / f"{name}.mp4").touch()
    units, (problem,) = find_recordings(tmp_path)
    assert [unit.name for unit in units] == ["good"]
    assert "cannot name a clip" in problem
    assert "\n" not in problem


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_recordings_is_refused(tmp_path, there):
    with pytest.raises(DatasetError, match="give the folder of the recordings"):
        find_recordings(tmp_path if there else tmp_path / "gone")


@pytest.fixture
def run(tmp_path, reporter):
    def start(source, decoder, **options):
        plan = spherical_plan(SphericalOptions("yt-clean", source, decoder, {"name": "probe"}, **options))
        return prepare(plan, tmp_path / "out", SerialExecutor(), reporter)

    return start


def test_one_bad_recording_is_named_and_the_rest_goes_on(tmp_path, run, reporter):
    write_beside(tmp_path / "in", "good", plane_wave(noise(10), 90), numbered(100, (64, 32)))
    write_beside(tmp_path / "in", "five", np.tile(tones()[:1], (5, 1)), numbered(100, (64, 32)))
    (tmp_path / "in" / "broken.mkv").write_bytes(b"\x1a\x45\xdf\xa3 and nothing that follows")
    outcome = run(tmp_path / "in", probe(W, Y))
    assert outcome.clips == 1
    assert [failure.clip_id for failure in outcome.failures] == ["broken", "five"]
    assert outcome.failures[1].reason.startswith("five.wav: 5 channel(s)")
    assert not outcome.complete


def test_dataset_json_tells_the_head_the_decoder_and_the_rates(tmp_path, run, head):
    sound = plane_wave(noise(10.2, rate=44_100), 90)
    write_beside(tmp_path / "in", "cd", sound, numbered(100, (64, 32)), rate=44_100)
    assert run(tmp_path / "in", head).complete
    told = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert told["hrtf"] == {"name": "probe"}
    assert told["decoder"]["name"] == "foa-binaural/1"
    assert told["source_rate_hz"] == {"expected": 48_000, "others": {"cd": 44_100}}
    assert told["counts"]["dropped_remainder_s"] == pytest.approx(0.2, abs=0.01)


def test_the_filters_are_kept_that_the_ears_were_made_with(both):
    filters = open_prepared(both / "out").filters
    np.testing.assert_array_equal(filters, probe(W, Y).responses)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A prepared set of a recording with height and one without, of 11 s each."""
    base = tmp_path_factory.mktemp("both")
    for name in ("high", "flat"):
        write_beside(base / "in", name, tones(11), numbered(110, (64, 32)))
    lists = write_lists(base / "lists", "YT-Clean", [(["high"], ["flat"])], {"high": "WXYZ", "flat": "WXY"})
    plan = spherical_plan(SphericalOptions("yt-clean", base / "in", probe(W, Y), {"name": "probe"}, lists))
    assert prepare(plan, base / "out", SerialExecutor(), Reporter()).complete
    return base


@pytest.fixture
def copied(both, tmp_path):
    return shutil.copytree(both, tmp_path / "copied")


def test_the_index_says_which_channels_were_recorded(both):
    clips = open_prepared(both / "out").clips
    assert {clip: row.ambisonic_channels for clip, row in clips.items()} == {"flat_00000": "WYX", "high_00000": "WYZX"}
    assert open_prepared(both / "out").has_ambisonics


def test_loading_gives_full_paths_of_the_first_order_sound(both):
    (row,) = load_dataset(both / "out", split=1)["test"]
    assert row["ambisonics"] == str(both / "out" / "ambisonics" / "flat_00000.wav")


def problems_of(out):
    return verify(open_prepared(out), SerialExecutor(), Reporter())


def test_verify_opens_the_first_order_sound(copied):
    assert problems_of(copied / "out") == []
    name = "ambisonics/high_00000.wav"
    path = copied / "out" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert problems_of(copied / "out") == [f"high_00000: {name}: its SHA-256 is not the index's"]
    soundfile.write(path, np.zeros((480, 3)), 44_100)
    lines = [f"high_00000: {name}: {what}" for what in ("rate 44100, not 48000", "channels 3, not 4")]
    assert problems_of(copied / "out")[:3] == [*lines, f"high_00000: {name}: samples 480, not 480000"]
    path.unlink()
    assert problems_of(copied / "out") == [f"high_00000: {name}: missing; copy or download it."]


def test_a_first_order_sound_that_is_gone_is_made_again(copied):
    path = copied / "out" / "ambisonics" / "high_00000.wav"
    whole, other = path.read_bytes(), (copied / "out" / "audio" / "flat_00000.wav").stat().st_mtime_ns
    path.unlink()
    plan = spherical_plan(SphericalOptions("yt-clean", copied / "in", probe(W, Y), {"name": "probe"}, copied / "lists"))
    assert prepare(plan, copied / "out", SerialExecutor(), Reporter()).complete
    assert path.read_bytes() == whole
    assert (copied / "out" / "audio" / "flat_00000.wav").stat().st_mtime_ns == other


def test_a_folder_prepared_before_first_order_sound_was_kept_still_opens(copied):
    out = copied / "out"
    table = pd.read_parquet(out / "index.parquet")
    table.drop(columns=[name for name in table if name.startswith("ambisonic")]).to_parquet(out / "index.parquet")
    shutil.rmtree(out / "ambisonics")
    old = open_prepared(out)
    assert not old.has_ambisonics
    assert old.clips["high_00000"].ambisonics == ""
    assert problems_of(out) == []
