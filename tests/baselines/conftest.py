"""Small networks, so that tests take seconds."""

import pytest
import torch

from baselines.mono2binaural.network import Mono2BinauralNet, NetworkSize
from baselines.mono2binaural.weights import described, save_network
from fairplay_bench.records import ModelCard, TrainedOn
from fairplay_bench.training.run_folder import RunDescription, write_run

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
