"""What a training is shown: chunks, silence, damage, turns."""

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from baselines.ambisonics.examples import Shown, TrainingChunks, ValidationChunks, chunk_examples
from baselines.ambisonics.presets import PAPER, SMALL
from baselines.ambisonics.yaw import turned
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import BenchError, MediaError, OptionError
from fairplay_bench.media.audio import write_wav
from fairplay_bench.records import V1
from fairplay_bench.training.interface import Material

from ...spherical_sources import RATE
from .conftest import field_of, write_clip, write_description

SHOWN = Shown((24, 48))
CLIPS = ["clip0", "clip1", "clip2", "clip3"]


def chunks(folder, clips=CLIPS, shown=SHOWN, seed=0, preset=SMALL):
    return TrainingChunks(open_prepared(folder), list(clips), preset, shown, seed)


def overwrite(folder, clip, field):
    write_wav(folder / "ambisonics" / f"{clip}.wav", field.T, RATE)


def clip_of(example):
    """Which clip an example comes from: the one that holds its sound."""
    heard = example["context"].numpy()
    found = []
    for number in range(6):
        omni = field_of(number)[1][0]
        place = np.flatnonzero(omni == heard[0])
        if len(place) and np.array_equal(omni[place[0] : place[0] + len(heard)], heard):
            found.append((number, int(place[0])))
    (one,) = found
    return one


def test_a_chunk_is_w_the_field_in_its_middle_and_the_picture(shared_set):
    training = chunks(shared_set)
    for number in range(0, 40, 5):
        example = training[0, number]
        clip, place = clip_of(example)
        assert clip == number // 5 % 4
        azimuth_deg, field = field_of(clip)
        middle = torch.from_numpy(field[:, place + 24_000 : place + 28_800])
        column = example["picture"].float().sum(dim=(0, 1)).argmax()
        matching = [
            columns
            for columns in range(48)
            if torch.allclose(turned(middle, [example["picture"]], columns)[0][1:], example["target"], atol=1e-6)
        ]
        assert len(matching) == 1
        after = azimuth_deg + 360 * matching[0] / 48
        assert abs((0.5 - after / 360) * 48 % 48 - column) <= 1.5
        assert example["picture"].dtype == torch.uint8
        assert example["picture"].shape == (3, 24, 48)
        assert example["present"].tolist() == [1, 1, 1]


def test_what_is_drawn_hangs_on_seed_pass_and_number_alone(shared_set):
    first, again = chunks(shared_set), chunks(shared_set)
    for _ in range(3):
        first[0, 1]
    for draw in ((0, 7), (3, 7)):
        assert all(torch.equal(first[draw][key], again[draw][key]) for key in ("context", "target", "picture"))
    assert not torch.equal(first[0, 7]["target"], first[1, 7]["target"])
    assert not torch.equal(first[0, 7]["target"], chunks(shared_set, seed=1)[0, 7]["target"])


def test_passes_go_on_where_the_one_before_ended(shared_set):
    from dataclasses import replace

    training = chunks(shared_set, preset=replace(SMALL, chunks=10))
    assert len(training) == 10
    visited = [clip_of(training[epoch, number])[0] for epoch in range(2) for number in (0, 5)]
    assert visited == [0, 1, 2, 3]
    assert len(chunks(shared_set, preset=PAPER)) == 32_000
    assert len(chunks(shared_set, preset=replace(SMALL, chunks=0, draws=5))) == 20


def test_another_chunk_is_drawn_where_one_is_silent(own_set):
    _, field = field_of(0)
    quiet = field.copy()
    quiet[:, :66_000] *= 1e-4  # a third of the chunks are silent
    overwrite(own_set, "clip0", quiet)
    heard = [chunks(own_set, ["clip0"], seed=seed)[0, 0]["context"] for seed in range(20)]
    assert all(one.square().mean().sqrt() >= 0.01 for one in heard)


def test_the_picture_is_that_at_the_middle_of_what_is_predicted(tmp_path):
    sound = np.outer(np.ones(4), np.linspace(0.1, 0.2, 2 * RATE)).astype(np.float32)  # each sample tells its place
    pictures = [np.full((24, 48, 3), 10 * number, np.uint8) for number in range(1, 21)]
    write_description(tmp_path, [write_clip(tmp_path, "a", sound, pictures)], {"train": ["a"]})
    training = chunks(tmp_path, ["a"])
    for number in range(12):
        example = training[0, number]
        place = int(np.abs(sound[0] - example["context"][0].item()).argmin())
        wanted = min(range(1, 21), key=lambda frame: abs((place + 26_400) / RATE - (frame - 0.5) / 10))
        assert example["picture"].float().mean().item() == pytest.approx(10 * wanted, abs=1)


def test_the_next_clip_is_visited_where_all_is_silent(own_set):
    overwrite(own_set, "clip0", 0 * field_of(0)[1])
    example = chunks(own_set)[0, 0]
    assert clip_of(example)[0] == 1
    assert (example["skipped"] == -1).all()  # nothing is damaged


@pytest.mark.parametrize(
    ("name", "level", "silent"),
    [("yt-clean", 0.1, True), ("rec-street", 0.1, False), ("rec-street", 0.005, True), ("yt-music", 0.3, False)],
)
def test_each_data_set_has_its_own_level(tmp_path, name, level, silent):
    sound = level * np.ones((4, 2 * RATE), np.float32)
    rows = [write_clip(tmp_path, "a", sound, [np.zeros((24, 48, 3), np.uint8)] * 20)]
    write_description(tmp_path, rows, {"train": ["a"]}, name)
    if silent:
        with pytest.raises(BenchError, match="no chunk of 1 training clips is as loud as"):
            chunks(tmp_path, ["a"])[0, 0]
    else:
        assert chunks(tmp_path, ["a"])[0, 0]["context"].mean().item() == pytest.approx(level)


def test_a_recording_without_height_says_so(tmp_path):
    rows = [write_clip(tmp_path, "a", field_of(1)[1], [np.zeros((24, 48, 3), np.uint8)] * 20, "WYX")]
    write_description(tmp_path, rows, {"train": ["a"]})
    assert chunks(tmp_path, ["a"])[0, 0]["present"].tolist() == [1, 0, 1]


def test_damaged_clips_are_named_and_passed_over(own_set):
    stereo, slow = own_set / "ambisonics" / "clip0.wav", own_set / "ambisonics" / "clip1.wav"
    soundfile.write(stereo, np.full((2 * RATE, 2), 0.1), RATE, subtype="FLOAT")
    soundfile.write(slow, np.full((2 * 44_100, 4), 0.1), 44_100, subtype="FLOAT")
    example = chunks(own_set)[0, 0]
    assert clip_of(example)[0] == 2
    assert example["skipped"].tolist()[:3] == [0, 1, -1]
    validation = ValidationChunks(open_prepared(own_set), CLIPS, 1, SHOWN)
    with pytest.raises(MediaError, match=r"clip0\.wav: 2 channel\(s\) at 48000 Hz, not 4 at 48000 Hz"):
        validation[0]
    with pytest.raises(MediaError, match=r"clip1\.wav: 4 channel\(s\) at 44100 Hz, not 4 at 48000 Hz"):
        validation[1]


def test_a_picture_that_is_not_2_to_1_is_no_whole_sphere(own_set):
    for path in (own_set / "frames" / "clip0").iterdir():
        Image.new("RGB", (64, 48)).save(path)
    with pytest.raises(MediaError, match="64 × 48, but a picture of the whole sphere is twice as wide as high"):
        ValidationChunks(open_prepared(own_set), CLIPS, 1, SHOWN)[0]


def test_validation_is_fixed_and_not_turned(shared_set):
    validation = ValidationChunks(open_prepared(shared_set), ["clip4"], 3, SHOWN)
    assert len(validation) == 3
    _, field = field_of(4)
    places = []
    for number in range(3):
        example = validation[number]
        _, place = clip_of(example)
        places.append(place)
        assert torch.equal(example["target"], torch.from_numpy(field[1:, place + 24_000 : place + 28_800]))
    room = 2 * RATE - 52_799
    assert places == [room // 6, room // 2, 5 * room // 6]


def test_a_network_that_sees_flow_is_shown_it(shared_set):
    example = chunks(shared_set, shown=Shown((24, 48), flow=True))[0, 0]
    assert example["flow"].shape == example["picture"].shape
    assert (example["flow"][:2] == 128).all()  # nothing moves there
    assert "flow" not in chunks(shared_set)[0, 0]


def test_a_set_without_ambisonic_sound_is_refused(prepared):
    data = open_prepared(prepared)
    material = Material(data, "gao2019", 1, [], [], SMALL, V1, 0)
    with pytest.raises(OptionError, match="needs the first-order sound of 360° recordings, which fair-play does not"):
        chunk_examples(material, SHOWN)
