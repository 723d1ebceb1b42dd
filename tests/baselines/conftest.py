"""Small networks, so that tests take seconds, and a few made-up sources of scenes."""

import numpy as np
import pytest
import torch
from PIL import Image

from baselines.mono2binaural.network import Mono2BinauralNet, NetworkSize
from baselines.mono2binaural.weights import described, save_network
from baselines.pseudo_binaural.scene import SourceShape
from baselines.pseudo_binaural.sources import PatchRow, Source, encoded_picture, encoded_sound, write_patches
from fairplay_bench.cli import main
from fairplay_bench.records import ModelCard, TrainedOn
from fairplay_bench.training.run_folder import RunDescription, write_run

SAMPLES = 20_000
TINY = NetworkSize(audio_width=4, visual_width=4, picture=(32, 64))


@pytest.fixture
def tiny_network():
    """A network of a few thousand parameters whose norms have something to do."""
    torch.manual_seed(3)
    network = Mono2BinauralNet(TINY)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
        elif isinstance(module, torch.nn.Conv2d | torch.nn.ConvTranspose2d):
            module.weight.data *= 4  # of the start, at which a picture changes next to nothing
    return network.eval()


@pytest.fixture
def tiny_run(tiny_network, tmp_path):
    """A run folder as a training leaves it."""
    folder = tmp_path / "run"
    folder.mkdir()
    save_network(tiny_network, folder)
    card = ModelCard("Mono2Binaural", version="1-tiny", trained_on=(TrainedOn("mini", "seeded", 1, ("train",)),))
    write_run(folder, RunDescription("mono2binaural", described(TINY), card))
    return folder


def noise(seed, samples=SAMPLES):
    """Noise with more low than high frequencies, as most sounds have."""
    white = np.random.default_rng(seed).normal(size=samples)
    smooth = np.convolve(white, np.hanning(9) / 4, mode="same")
    return (0.05 * smooth / smooth.std()).astype(np.float32)


def make_source(number, width=100.0, height=200.0, rms=0.05):
    sound = np.rint(noise(number) / np.abs(noise(number)).max() * 32767).astype(np.int16)
    grey = Image.new("RGB", (50, 100), (40 + 20 * number, 200, 60))
    behind = encoded_picture(np.full((48, 96, 3), (10, 20 * number, 90), np.uint8))
    level = float(np.sqrt(np.mean(sound.astype(float) ** 2)))
    return Source(f"{number:06d}", "violin", SourceShape(width, height, rms), grey, behind, sound, level)


@pytest.fixture
def call(capsys):
    """A function that runs the program: its exit status and what it printed."""

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return left.value.code, captured.out, captured.err

    return run


@pytest.fixture
def sources():
    """Six sources of 1.25 s whose sizes and levels differ."""
    return [make_source(k, 70.0 + 25 * k, 150.0 + 30 * k, 0.02 * (k + 1)) for k in range(6)]


@pytest.fixture
def make_patches(tmp_path):
    """A function that writes ``patches.parquet`` with a source for each of these clips."""

    def write(clips, samples=SAMPLES, name="patches.parquet"):
        rows = []
        for number, clip in enumerate(clips):
            picture = np.full((60, 40, 3), 20 * number % 256, np.uint8)
            mono = noise(number, samples)
            rms = float(np.sqrt(np.mean(mono**2)))
            box = (100.0 + number, 80.0, 40.0, 60.0)
            sheet = encoded_picture(picture)
            rows.append(PatchRow(clip, 5, *box, "violin", 1.0, samples, rms, sheet, sheet, encoded_sound(mono)))
        write_patches(tmp_path / name, rows)
        return tmp_path / name

    return write
