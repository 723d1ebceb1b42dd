"""What a method is given: pictures, levels, and the card it may carry."""

import numpy as np
import pytest
import torch
from PIL import Image

from fairplay_bench.errors import MediaError, MethodError
from fairplay_bench.models.interface import Binauralizer, Frames, MonoClip, card_of
from fairplay_bench.records import ModelCard, TrainedOn

WINDOW = 10_080


@pytest.fixture
def folder(tmp_path):
    """Ten pictures; the red of picture n is 10 n."""
    for number in range(1, 11):
        pixels = np.zeros((24, 48, 3), np.uint8)
        pixels[..., 0], pixels[:, :24, 1] = 10 * number, 200
        Image.fromarray(pixels).save(tmp_path / f"{number:06d}.jpg", quality=100, subsampling=0)
    return tmp_path


def test_a_picture_of_a_moment(folder):
    picture = Frames(folder, 10).at(0.315)
    assert (tuple(picture.shape), picture.dtype) == ((3, 24, 48), torch.uint8)
    assert float(picture[0].float().mean()) == pytest.approx(40, abs=2)
    assert float(picture[1, :, :20].float().mean()) > 190  # left is left
    assert float(picture[1, :, 28:].float().mean()) < 10


@pytest.mark.parametrize(
    ("time_s", "number"), [(-5, 1), (0, 1), (0.1, 2), (0.149, 2), (0.951, 10), (0.97, 10), (60, 10)]
)
def test_moments_are_clamped_to_the_pictures_there_are(folder, time_s, number):
    assert Frames(folder, 10).number_at(time_s) == number


@pytest.mark.parametrize("thousandth", range(0, 1000, 7))
def test_the_rule_of_the_frame(thousandth):
    time_s = thousandth / 1000
    assert Frames("nowhere", 10).number_at(time_s) == min(10, max(1, round((time_s + 0.05) * 10)))


def test_each_picture_is_read_once(folder, monkeypatch):
    frames, read = Frames(folder, 10), []
    monkeypatch.setattr(frames, "_image", lambda number, real=frames._image: read.append(number) or real(number))
    pictures = [frames.at(time_s) for time_s in np.arange(0, 1, 0.01)]
    assert sorted(read) == list(range(1, 11))
    assert frames.at(0.0) is pictures[0]


def test_a_picture_that_is_missing_or_broken(folder):
    (folder / "000003.jpg").unlink()
    (folder / "000004.jpg").write_bytes(b"\xff\xd8 no picture")
    frames = Frames(folder, 10)
    assert frames.at(0.0) is not None  # others do
    for time_s in (0.25, 0.35):
        with pytest.raises(MediaError, match=r"00000[34]\.jpg: not a picture that can be read"):
            frames.at(time_s)


def clip(mono, **fields):
    return MonoClip("a", mono, 16_000, Frames("nowhere", 1), **fields)


def test_level_is_the_rms_of_the_sum_of_the_ears():
    ears = 0.1 * torch.randn(2, 20_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    one = clip(ears.mean(dim=0).float())
    for start, stop in ((0, WINDOW), (800, 800 + WINDOW), (9920, 20_000), (5, 6), (0, 20_000)):
        wanted = float((ears[0] + ears[1])[start:stop].square().mean().sqrt())
        assert one.level(start, stop) == pytest.approx(wanted, rel=1e-6)


def test_beyond_the_end_is_silence():
    one = clip(torch.full((5000,), 0.1))
    assert one.level(0, WINDOW) == pytest.approx(0.2 * (5000 / WINDOW) ** 0.5)
    assert one.level(4000, 6000) == pytest.approx(0.2 * 0.5**0.5)
    assert one.level(6000, 7000) == 0


def test_a_protocol_that_tells_levels_tells_those_of_its_windows():
    one = clip(torch.zeros(20_000), window_levels={0: 0.25, 800: 0.5})
    assert one.level(0, WINDOW) == 0.25
    assert one.level(800, 800 + WINDOW) == 0.5


@pytest.mark.parametrize(
    ("start", "stop"), [(0, WINDOW - 1), (0, WINDOW + 1), (1, 1 + WINDOW), (400, 400 + WINDOW), (0, 1), (0, 20_000)]
)
def test_and_no_others(start, stop):
    """A level of one sample at a time would be the target itself."""
    one = clip(torch.zeros(20_000), window_levels={0: 0.25, 800: 0.5})
    with pytest.raises(
        MethodError, match=rf"^level\({start}, {stop}\): this protocol tells the level of its own windows"
    ):
        one.level(start, stop)


@pytest.mark.parametrize("levels", [None, {0: 0.1}])
@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 5), (6, 5), (-10_080, 0)])
def test_empty_windows_are_refused(start, stop, levels):
    with pytest.raises(MethodError, match=rf"^level\({start}, {stop}\): the window is empty;"):
        clip(torch.zeros(20_000), window_levels=levels).level(start, stop)


def test_duration():
    assert clip(torch.zeros(159_744)).duration_s == 9.984


def test_a_clip_cannot_be_changed():
    with pytest.raises(AttributeError):
        clip(torch.zeros(5)).mono = torch.ones(5)


def test_a_method_is_known_by_its_shape():
    class Method:
        def binauralize(self, clip):
            return clip.mono.expand(2, -1)

    assert isinstance(Method(), Binauralizer)
    assert not isinstance(object(), Binauralizer)
    assert card_of(Method()) == ModelCard(name="Method")


def test_a_card_of_its_own():
    class Method:
        card = ModelCard(name="Mine", version="7")

    assert card_of(Method()) == Method.card


@pytest.mark.parametrize("card", [{"name": "Mine"}, "Mine", 3])
def test_a_card_of_another_kind(card):
    class Method:
        pass

    Method.card = card
    with pytest.raises(MethodError, match=r"^Method\.card: a fairplay_bench\.records\.ModelCard is needed, got "):
        card_of(Method())


def carrying(**fields):
    return type("Method", (), {"card": ModelCard(**({"name": "Mine"} | fields))})()


def test_a_card_becomes_what_a_result_file_gives_back():
    """Lists where tuples are meant would not compare, nor be counted, alike."""
    seen = TrainedOn("mini", "seeded", 1, ["train"], ["a", "b"])
    card = card_of(carrying(trained_on=[seen]))
    assert card.trained_on == (TrainedOn("mini", "seeded", 1, ("train",), ("a", "b")),)
    assert hash(card)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"version": 3}, "version: Input should be a valid string, got 3"),
        ({"name": None}, "name: Input should be a valid string, got None"),
        ({"kind": "winner"}, "kind: Input should be 'method' or 'check', got 'winner'"),
        ({"trained_on": "everything"}, "trained_on: Input should be a valid tuple, got 'everything'"),
        (
            {"trained_on": (TrainedOn("mini", "seeded", 1, ("all",)),)},
            "trained_on.0.subsets.0: Input should be 'train', 'val' or 'test', got 'all'",
        ),
    ],
)
def test_a_card_that_no_result_file_could_hold(fields, message):
    with pytest.raises(MethodError) as caught:
        card_of(carrying(**fields))
    assert str(caught.value) == f"Method.card.{message}."
