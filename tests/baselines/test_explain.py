"""Explanations: heat where a network looks, drawing, files, the command."""

import errno
import json

import av
import numpy as np
import pytest
import soundfile
import torch
from click.testing import CliRunner

from baselines.explain.activation import Activation
from baselines.explain.command import explain_command
from baselines.explain.drawing import overlaid
from baselines.explain.heat import Shot
from baselines.explain.methods import named_explanation
from baselines.explain.occlusion import Occlusion, mask_side, places
from baselines.explain.run import ExplainPlan, explain, window_around
from baselines.flipped_visual import FlippedVisual
from baselines.mono2binaural.method import Mono2Binaural
from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.errors import MediaError, MethodError, OptionError, OutputError, UnknownNameError
from fairplay_bench.media.files import output_problem
from fairplay_bench.models.windowed import WindowedBinauralizer, ears_of_difference
from fairplay_bench.records import GAO2019, V1, ModelCard

from ..turned_files import turn

SIZE = (56, 112)  # a quarter of the paper's picture: masks of 8 pixels every 4
SPOT = (slice(16, 24), slice(80, 88))


class Spotter:
    """A network that is right only as far as it sees white at one spot; notes how large its batches are."""

    device = torch.device("cpu")
    picture_size = SIZE

    def __init__(self):
        self.batches = []

    def ready(self, *_):
        return self

    def encode(self, pictures):
        self.batches.append(len(pictures))
        return pictures[:, :, *SPOT].float().mean(dim=(1, 2, 3))[:, None] / 255

    def ears(self, sums, seen, _n):
        return ears_of_difference(sums, 0.5 * seen * sums)

    def visual_map(self, pictures):
        return torch.nn.functional.avg_pool2d(pictures.float(), 8)


class Blind(Spotter):
    picture_size = None


def method(network=None):
    return WindowedBinauralizer(network or Spotter(), ModelCard("spotter"))


def shot(level=0.1, channels=2):
    picture = torch.zeros(3, *SIZE, dtype=torch.uint8)
    picture[:, *SPOT] = 255
    sums = level * torch.randn(10_080, generator=torch.Generator().manual_seed(0))
    sound = torch.stack([0.75 * sums, 0.25 * sums])[:channels]
    return Shot(3, 0.25, picture, sound)


def inside(region, height, width):
    """The pixels of a region."""
    left, top = round(region.left * width), round(region.top * height)
    return top, left, round(region.height * height), round(region.width * width)


@pytest.mark.parametrize("protocol", [V1, GAO2019], ids=lambda protocol: protocol.name)
def test_occlusion_is_hottest_where_the_network_looks(protocol):
    (heat,) = Occlusion(method(), protocol, 500).heats([shot()])
    assert inside(heat.hottest, *SIZE) == (16, 80, 8, 8)
    assert heat.values.shape == SIZE
    assert heat.values.max() == 1
    assert heat.values.min() == 0
    assert heat.values[20, 84] > 0.9
    assert heat.values[:, :70].max() == 0


def test_the_heat_of_occlusion_is_the_rise_of_the_loss_at_the_level_of_the_protocol():
    quiet, loud = (Occlusion(method(), V1, 500).heats([shot(level)])[0] for level in (0.01, 1.0))
    assert quiet.peak == pytest.approx(loud.peak, rel=1e-3)
    ears = shot().sound * 0.1 / shot().sound.sum(dim=0).square().mean().sqrt()
    window = torch.hann_window(400)
    difference = torch.stft(ears[0] - ears[1], 512, 160, 400, window, return_complex=True)[:256]
    grey = round(255 * 64 / (56 * 112)) / 255  # the picture's mean, as it covers the spot
    assert loud.peak == pytest.approx(float((1 - grey) ** 2 * difference.abs().square().mean() / 2), rel=0.01)


def test_covered_pictures_come_in_batches():
    network = Spotter()
    Occlusion(method(network), V1, 100).heats([shot()])
    rows, columns = places(*SIZE)
    assert (len(rows), len(columns)) == (13, 27)
    assert sorted(network.batches) == [13 * 27 + 1 - 300, 100, 100, 100]  # in whatever order cores take them


def test_masks_are_those_of_the_paper_and_reach_the_edges():
    assert (mask_side(224), mask_side(112)) == (32, 16)
    rows, columns = places(224, 448)
    assert rows == list(range(0, 193, 16))
    assert columns == list(range(0, 417, 16))
    assert places(50, 64)[0][-1] == 50 - mask_side(50)


def test_activation_is_the_mean_of_the_map_scaled_to_one():
    picture = torch.zeros(3, *SIZE, dtype=torch.uint8)
    picture[0, 8:16, 96:104] = 240
    picture[:, 40:48, 8:16] = 60
    (heat,) = Activation(method(), V1, 4).heats([Shot(1, 0.05, picture, None)])
    assert heat.values.shape == (7, 14)
    assert heat.peak == pytest.approx(80)
    assert heat.values[1, 12] == 1
    assert heat.values[5, 1] == pytest.approx(0.75)
    assert inside(heat.hottest, 7, 14) == (1, 12, 1, 1)


def test_flipped_visual_shows_its_map_as_the_picture_stands(tiny_run):
    picture = torch.randint(0, 256, (1, 3, 32, 64), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    straight, mirrored = Mono2Binaural(tiny_run).network, FlippedVisual(tiny_run).network
    with torch.inference_mode():
        seen = mirrored.visual_map(picture)
        assert torch.equal(seen, straight.visual_map(picture.flip(-1)).flip(-1))


def test_two_fifths_of_what_is_drawn_are_heat():
    picture = np.full((40, 80, 3), 200, np.uint8)
    heat = torch.zeros(2, 4)
    heat[0, 3] = 1
    drawn = overlaid(picture, heat).astype(int)
    assert drawn.shape == (40, 80, 3)
    hot, cold = drawn[0, -1] - 120, drawn[-1, 0] - 120  # 0.6 of the picture
    assert hot[0] > hot[2]
    assert cold[2] > cold[0]
    assert (drawn[:, 60] != drawn[:, 0]).any()


def test_the_window_is_the_one_around_the_moment():
    sound = torch.arange(40_000.0)[None]
    assert window_around(sound, 1.0)[0, 0] == 16_000 - 5_040
    assert window_around(sound, 0.1)[0, 0] == 0
    assert window_around(sound, 9.0)[0, -1] == 39_999
    short = window_around(sound[:, :500], 0.0)
    assert short.shape == (1, 10_080)
    assert short[0, 500:].abs().max() == 0


@pytest.fixture
def video(tmp_path, video_writer):
    """A second of video without sound, and binaural sound beside it."""
    video_writer(tmp_path / "a.mp4", 30, 30)
    ears = 0.1 * np.random.default_rng(0).normal(size=(48_000, 2))
    soundfile.write(tmp_path / "a.wav", ears, 48_000, subtype="FLOAT")
    soundfile.write(tmp_path / "mono.wav", ears[:, 0], 48_000, subtype="FLOAT")
    soundfile.write(tmp_path / "long.wav", np.concatenate([ears, ears]), 48_000, subtype="FLOAT")
    return tmp_path / "a.mp4"


@pytest.mark.parametrize(("name", "progress"), [("activation", "10/10 frames, "), ("occlusion", "2/2 key frames, ")])
def test_pictures_and_a_film_are_written(video, tiny_run, name, progress):
    arguments = [str(video), "--method", name, "--model", "mono2binaural", "--weights", str(tiny_run), "--json"]
    arguments += ["--target", str(video.with_suffix(".wav")), "--every", "0.5", "--out", str(video.parent / "out")]
    outcome = CliRunner().invoke(explain_command, arguments, standalone_mode=False, obj=ConsoleReporter())
    assert outcome.exception is None, outcome.exception
    assert progress in outcome.stderr
    said = json.loads(outcome.stdout)
    assert [frame["frame"] for frame in said["frames"]] == [3, 8]
    assert set(said["frames"][0]["hottest"]) == {"left", "top", "width", "height"}
    folder = video.parent / "out" / name
    assert sorted(path.name for path in folder.iterdir()) == ["000003.png", "000008.png", f"{name}.mp4"]
    with av.open(str(folder / f"{name}.mp4")) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 10
        assert container.streams.audio[0].channels == 2
    assert len(pictures) == 10
    assert pictures[0].shape == (32, 64, 3)


def test_a_video_filmed_upright_is_shown_upright(video):
    explain(plan(turn(video, "clockwise"), "activation"), method())
    with av.open(str(video.parent / "out" / "activation" / "activation.mp4")) as container:
        assert {(frame.width, frame.height) for frame in container.decode(video=0)} == {(32, 64)}


def plan(video, name="occlusion", **others):
    return ExplainPlan(video, named_explanation(name), video.parent / "out", V1, **others)


@pytest.mark.parametrize(
    ("network", "others", "error", "match"),
    [
        (Spotter, {}, OptionError, r"a\.mp4: has no sound, which occlusion needs; give it by --target"),
        (Spotter, {"target": "mono.wav"}, OptionError, r"mono\.wav: one channel; occlusion compares with true ears"),
        (Spotter, {"target": "long.wav"}, MediaError, r"long\.wav: lasts 2\.00 s and .*a\.mp4 1\.00 s"),
        (Spotter, {"every_s": 0.05}, OptionError, r"--every 0\.05: frames are 0\.1 s apart"),
        (Spotter, {"every_s": float("nan")}, OptionError, "--every nan: frames are"),
        (Spotter, {"every_s": float("inf")}, OptionError, "--every inf: frames are"),
        (Blind, {"target": "a.wav"}, MethodError, "spotter: looks at no pictures"),
    ],
)
def test_refusals(video, network, others, error, match):
    if "target" in others:
        others = {**others, "target": video.parent / others["target"]}
    with pytest.raises(error, match=match):
        explain(plan(video, **others), method(network()))
    assert not (video.parent / "out").exists()


def test_a_network_without_a_map_has_no_activation(video):
    class Mapless(Spotter):
        visual_map = None

    with pytest.raises(MethodError, match="spotter: its network has no visual_map"):
        explain(plan(video, "activation"), method(Mapless()))


def test_unknown_methods_come_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="Did you mean 'occlusion'"):
        named_explanation("oclusion")


def test_a_file_in_the_place_of_the_folder_is_refused_before_work(video, monkeypatch):
    monkeypatch.setattr("baselines.explain.run.VideoPictures", None)
    with pytest.raises(OutputError, match="is no folder that can be written; choose another --out"):
        explain(ExplainPlan(video, named_explanation("activation"), video, V1), method())


def test_a_name_that_is_too_long_is_refused_before_work(video, monkeypatch):
    monkeypatch.setattr("baselines.explain.run.VideoPictures", None)
    long = ExplainPlan(video, named_explanation("activation"), video.parent / ("n" * 300), V1)
    with pytest.raises(OutputError, match=r"cannot write .*/activation: File name too long; choose another place"):
        explain(long, method())


def test_a_disk_that_is_full_leaves_nothing_and_the_final_name_is_said(video, monkeypatch):
    def full(path, *_):
        raise OutputError(output_problem(path, OSError(errno.ENOSPC, "")))

    monkeypatch.setattr("baselines.explain.run.write_pictures", full)
    before = sorted(video.parent.iterdir())
    with pytest.raises(OutputError, match=r"cannot write .*/out/activation/activation\.mp4: the disk is full"):
        explain(plan(video, "activation"), method())
    assert sorted(video.parent.iterdir()) == before


def test_what_is_there_stays_unless_it_is_to_be_replaced(video):
    first = plan(video, "activation")
    explain(first, method())
    before = (first.folder / "activation.mp4").stat().st_mtime_ns
    with pytest.raises(OutputError, match="exists; choose another --out, or --overwrite"):
        explain(first, method())
    assert (first.folder / "activation.mp4").stat().st_mtime_ns == before
    explain(plan(video, "activation", overwrite=True), method())
    assert (first.folder / "activation.mp4").stat().st_mtime_ns > before
