"""The localisation network's map over a video: what is heard, what is written, what is refused."""

import json
from dataclasses import asdict

import av
import numpy as np
import pytest
import soundfile
import torch
from click.testing import CliRunner

from baselines.explain.command import explain_command
from baselines.explain.heat import Shot
from baselines.l2bnet.explaining import AudioLocalisation
from baselines.l2bnet.network import JudgedNet, L2BNetSize
from baselines.l2bnet.weights import save_network
from baselines.mono2binaural.method import Mono2Binaural
from fairplay_bench.errors import MethodError, OptionError
from fairplay_bench.models.windowed import WindowedBinauralizer, ears_of_difference
from fairplay_bench.records import V1, ModelCard
from fairplay_bench.training.run_folder import RunDescription, write_run

SIZE = L2BNetSize(audio_width=4, visual_width=4, picture=(32, 64), listener_width=4)


class Weigher:
    """Hears everything in the column that the left ear's share of the power says; makes the left ear louder."""

    device = torch.device("cpu")
    picture_size = (32, 64)

    def ready(self, *_):
        return self

    def encode(self, pictures):
        return pictures.float().mean(dim=(1, 2, 3))

    def ears(self, sums, seen, _n):
        return ears_of_difference(sums, sums * (seen[:, None] / 255))

    def localised(self, ears):
        power = ears.square().mean(dim=2)
        column = ((1 - power[:, 0] / power.sum(dim=1)) * 7.999).long()
        logits = torch.full((len(ears), 4, 8), -5.0)
        logits[torch.arange(len(ears)), 2, column] = 5.0
        return logits


def shot(gains, bright=0):
    sound = torch.randn(1, 10_080, generator=torch.Generator().manual_seed(0)) * torch.tensor(gains)[:, None]
    return Shot(4, 0.35, torch.full((3, 32, 64), bright, dtype=torch.uint8), sound)


def test_two_ears_are_heard_as_they_were_recorded():
    explainer = AudioLocalisation(WindowedBinauralizer(Weigher(), ModelCard("weigher")), V1, 2)
    heats = explainer.heats([shot((1.0, 0.0)), shot((0.0, 1.0)), shot((1.0, 1.0))])
    assert [heat.hottest.left for heat in heats] == [0, 7 / 8, 3 / 8]
    for heat in heats:
        assert heat.values.shape == (4, 8)
        assert heat.values.max() == 1
        assert heat.peak == pytest.approx(np.exp(10) / (np.exp(10) + 31), rel=1e-4)


def test_of_one_channel_the_ears_that_are_made_are_heard():
    explainer = AudioLocalisation(WindowedBinauralizer(Weigher(), ModelCard("weigher")), V1, 2)
    dark, bright = explainer.heats([shot((1.0,)), shot((1.0,), bright=255)])
    assert (dark.hottest.left, bright.hottest.left) == (3 / 8, 0)


def test_a_network_that_localises_nothing_is_refused(tiny_run):
    with pytest.raises(MethodError, match=r"Mono2Binaural: its network has no localised\(ears\)"):
        AudioLocalisation(Mono2Binaural(tiny_run), V1, 2)


def test_pictures_and_a_film_are_written(tmp_path, video_writer):
    torch.manual_seed(0)
    run, video = tmp_path / "run", tmp_path / "a.mp4"
    run.mkdir()
    save_network(JudgedNet(SIZE), run)
    write_run(run, RunDescription("l2bnet", asdict(SIZE), ModelCard("after L2BNet", version="1-small")))
    video_writer(video, 30, 30)
    soundfile.write(tmp_path / "ears.wav", np.random.default_rng(0).normal(0, 0.1, (48_000, 2)), 48_000)
    soundfile.write(tmp_path / "mono.wav", np.random.default_rng(0).normal(0, 0.1, 48_000), 48_000)
    for sound in ("ears", "mono"):
        out = tmp_path / sound
        arguments = [str(video), "--method", "audio-localisation", "--model", "l2bnet", "--weights", str(run)]
        arguments += ["--target", str(tmp_path / f"{sound}.wav"), "--every", "0.5", "--out", str(out), "--json"]
        called = CliRunner().invoke(explain_command, arguments, catch_exceptions=False)
        assert called.exit_code == 0, called.output
        shown = json.loads(called.stdout)
        assert [row["frame"] for row in shown["frames"]] == [3, 8]
        assert shown["frames"][0]["hottest"]["width"] == 1 / 128
        folder = out / "audio-localisation"
        assert sorted(file.name for file in folder.iterdir()) == ["000003.png", "000008.png", "audio-localisation.mp4"]
        with av.open(str(folder / "audio-localisation.mp4")) as container:
            assert sum(1 for _ in container.decode(video=0)) == 10
            assert len(container.streams.audio) == 1
    arguments = [str(video), "--method", "audio-localisation", "--model", "l2bnet", "--weights", str(run)]
    with pytest.raises(OptionError, match="has no sound, which audio-localisation needs; give it by --target"):
        explain_command.main([*arguments, "--out", str(tmp_path / "none")], standalone_mode=False)
