"""Segments: read by a seek, the same whoever asks, damaged clips passed over."""

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.dsp.windows import WINDOW_SAMPLES
from fairplay_bench.errors import BenchError, MediaError
from fairplay_bench.media.audio import read_sound, write_wav
from fairplay_bench.training.augmentation import augmented, fixed
from fairplay_bench.training.order import TrainingOrder, ValidationOrder
from fairplay_bench.training.presets import Variation
from fairplay_bench.training.segments import TrainingSegments, ValidationSegments, read_segment

SIZE = (32, 64)


@pytest.fixture
def data(prepared):
    return open_prepared(prepared)


def clips_of(data, subset="train"):
    return data.listed(data.split_set(None), 1, subset)


def test_a_segment_is_that_part_of_the_file(data):
    path = data.folder / data.clips[clips_of(data)[0]].audio
    whole = torch.from_numpy(read_sound(path).samples.T.copy())
    assert torch.equal(read_segment(path, 3000, 5000), whole[:, 3000:8000])
    beyond = read_segment(path, 12_000, 8000)
    assert torch.equal(beyond[:, :4000], whole[:, 12_000:])
    assert not beyond[:, 4000:].any()


def test_draws_depend_on_seed_pass_and_number_alone(data):
    first, again = (TrainingSegments(data, clips_of(data), 3, SIZE, seed=5) for _ in range(2))
    _ = first[0, 1], first[4, 4]
    one, same = first[2, 7], again[2, 7]
    assert torch.equal(one["ears"], same["ears"])
    assert torch.equal(one["picture"], same["picture"])
    others = (first[3, 7], first[2, 6], TrainingSegments(data, clips_of(data), 3, SIZE, seed=6)[2, 7])
    assert not any(torch.equal(one["ears"], other["ears"]) for other in others)
    assert len(first) == 3 * len(clips_of(data))
    assert one["picture"].shape == (3, *SIZE)


def test_the_picture_of_a_training_segment_is_that_of_its_centre(data):
    """Frame k of the made-up videos has grey 9 (k - 1) + something; brighter or darker by at most 30 %."""
    segments = TrainingSegments(data, clips_of(data), 1, SIZE, seed=0)
    for number in range(8):
        rng = np.random.default_rng((0, 0, number))
        start = int(rng.integers(16_000 - WINDOW_SAMPLES + 1))
        frame = round(((start + WINDOW_SAMPLES / 2) / 16_000 + 0.05) * 10)
        clip = data.clips[clips_of(data)[number]]
        grey = fixed(data.folder / clip.frames / f"{frame:06d}.jpg", SIZE).float().mean()
        ratio = segments[0, number]["picture"].float().mean() / grey
        assert 0.65 < ratio < 1.35


def test_validation_is_fixed_and_covers_every_clip(data):
    segments = ValidationSegments(data, clips_of(data), 3, SIZE)
    items = [segments[number] for number in range(len(segments))]
    assert [item["clip"] for item in items] == [clip for clip in range(len(clips_of(data))) for _ in range(3)]
    assert all(torch.equal(items[5][key], segments[5][key]) for key in ("ears", "picture"))


def test_a_damaged_clip_is_passed_over_and_named(data):
    clips = clips_of(data)
    path = data.folder / data.clips[clips[2]].audio
    write_wav(path, np.full((16_000, 2), np.nan, np.float32), 16_000)
    item = TrainingSegments(data, clips, 1, None, seed=0)[0, 2]
    assert item["skipped"][:2].tolist() == [2, -1]
    assert item["clip"] == 3
    assert item["ears"].isfinite().all()
    with pytest.raises(MediaError, match="NaN or infinite"):
        ValidationSegments(data, clips, 1, None)[2]


def test_a_missing_picture_passes_over_its_clip(data):
    clips = clips_of(data)
    for file in (data.folder / data.clips[clips[0]].frames).iterdir():
        file.write_bytes(b"no picture")
    assert TrainingSegments(data, clips, 1, SIZE, seed=0)[0, 0]["skipped"][0] == 0


def test_nothing_but_damage_is_an_error(data):
    clips = clips_of(data)
    for clip in clips:
        (data.folder / data.clips[clip].audio).write_bytes(b"RIFF")
    with pytest.raises(BenchError, match="training clips in a row are damaged"):
        TrainingSegments(data, clips, 1, None, seed=0)[0, 0]


def test_a_file_of_another_kind_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros((100, 1)), 16_000)
    with pytest.raises(MediaError, match="1 channel"):
        read_segment(tmp_path / "a.wav", 0, 10)


def test_augmentation_crops_and_varies_within_its_range(tmp_path):
    from PIL import Image

    ramp = np.tile(np.arange(0, 240, 2, dtype=np.uint8)[None, :, None], (60, 1, 3))
    Image.fromarray(ramp).save(tmp_path / "a.png")
    rng = np.random.default_rng(0)
    pictures = [augmented(tmp_path / "a.png", (60, 120), (56, 112), rng).float() for _ in range(40)]
    assert all(picture.shape == (3, 56, 112) for picture in pictures)
    means = torch.stack([picture.mean() for picture in pictures]) / ramp.mean()
    assert means.min() > 0.6
    assert means.max() < 1.4
    assert means.max() - means.min() > 0.3
    assert all(picture[0, 0, -1] > picture[0, 0, 0] for picture in pictures)  # never mirrored


def test_the_order_covers_a_pass_and_continues_where_it_stopped():
    step = 0
    order = TrainingOrder(10, 4, 7, lambda: step)
    assert len(order) == 3
    whole = list(order)
    assert sorted(number for batch in whole for _, number in batch) == list(range(10))
    step = 1
    assert list(order) == whole[1:]
    step = 3
    following = list(order)
    assert {epoch for batch in following for epoch, _ in batch} == {1}
    assert [n for b in following for _, n in b] != [n for b in whole for _, n in b]


def test_processes_share_a_step():
    alone = list(TrainingOrder(10, 4, 7, lambda: 0))
    shares = [list(TrainingOrder(10, 4, 7, lambda: 0, process, 2)) for process in range(2)]
    assert all(len(first) == len(second) for first, second in zip(*shares, strict=True))
    for batch, first, second in zip(alone, *shares, strict=True):
        assert set(batch) <= set(first) | set(second)
    assert sorted([*ValidationOrder(7, 0, 2), *ValidationOrder(7, 1, 2)]) == list(range(7))


def test_without_the_crop_a_picture_is_that_of_a_test(data, monkeypatch):
    monkeypatch.setattr("fairplay_bench.training.augmentation.JITTER", (1.0, 1.0))
    clip = data.clips[clips_of(data)[0]]
    slope = np.linspace(0, 255, 480, dtype=np.uint8)[None, :, None].repeat(240, axis=0).repeat(3, axis=2)
    for path in (data.folder / clip.frames).iterdir():
        Image.fromarray(slope).save(path)
    shown = fixed(data.folder / clip.frames / "000001.jpg", SIZE)
    whole = TrainingSegments(data, clips_of(data), 1, SIZE, seed=0, vary=Variation(crop=False))[0, 0]["picture"]
    cropped = TrainingSegments(data, clips_of(data), 1, SIZE, seed=0)[0, 0]["picture"]
    assert torch.equal(whole, shown)
    assert not torch.equal(cropped, shown)


def test_longer_segments_show_the_picture_of_their_own_centre(data):
    clips = clips_of(data)
    for segments in (
        TrainingSegments(data, clips, 1, SIZE, seed=0, samples=14_000)[0, 0],
        ValidationSegments(data, clips, 1, SIZE, samples=14_000)[0],
    ):
        path = data.folder / data.clips[clips[0]].audio
        assert torch.equal(segments["ears"], read_segment(path, segments["start"], 14_000))
    frame = round(((segments["start"] + 7000) / 16_000 + 0.05) * 10)
    assert torch.equal(segments["picture"], fixed(data.folder / data.clips[clips[0]].frames / f"{frame:06d}.jpg", SIZE))


def test_a_recipe_mirrors_turns_and_covers_segments(data):
    clips = clips_of(data)

    def drawn(**recipe):
        return TrainingSegments(data, clips, 4, SIZE, seed=3, vary=Variation(crop=False, **recipe))

    pairs = [(drawn()[0, number], drawn(mirrored=True)[0, number]) for number in range(16)]
    swapped = [torch.equal(other["ears"], one["ears"].flip(0)) for one, other in pairs]
    assert 0 < sum(swapped) < len(swapped)
    for (one, other), swap in zip(pairs, swapped, strict=True):
        assert torch.equal(other["picture"], one["picture"].flip(-1) if swap else one["picture"])
    for path in (data.folder / data.clips[clips[0]].frames).iterdir():
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (240, 480, 3), np.uint8)).save(path)
    plain, turned, covered = (drawn(**recipe)[0, 0] for recipe in ({}, {"pan": 0.25}, {"cutout": True}))
    assert torch.equal(turned["ears"], plain["ears"])
    assert not torch.equal(turned["picture"], plain["picture"])
    assert torch.equal(turned["picture"].sort(dim=-1).values, plain["picture"].sort(dim=-1).values)
    assert 0 < (covered["picture"] != plain["picture"]).any(dim=0).float().mean() < 0.2


def test_a_network_that_sees_nothing_is_shown_no_squares(data):
    segments = TrainingSegments(data, clips_of(data), 1, None, seed=0, vary=Variation(cutout=True))
    assert segments[0, 0]["picture"].numel() == 0
