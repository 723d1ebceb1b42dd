"""Mono2Binaural as a method: trained weights in, two ears out."""

from pathlib import Path

from baselines.mono2binaural.network import Mono2BinauralNet, NetworkSize
from baselines.mono2binaural.weights import card_of_weights, load_network
from fairplay_bench.errors import OptionError
from fairplay_bench.models.windowed import TrainedNetwork, WindowedBinauralizer
from fairplay_bench.records import ModelCard

PAPER = "Gao and Grauman, 2.5D Visual Sound, CVPR 2019"
URL = "https://arxiv.org/abs/1812.04204"


class Mono2Binaural(WindowedBinauralizer):
    """The network of 2.5D Visual Sound.

    Args:
        weights: a run folder, or one with the authors' ``visual.pth`` and ``audio.pth``.
        device: where it runs, as torch says.

    Raises:
        OptionError: if there are no weights there, or no such device.
        WeightsError: if they are damaged or of another network.
    """

    name = "mono2binaural"
    size = NetworkSize()
    row = ModelCard(name="Mono2Binaural", paper=PAPER, url=URL)

    def __init__(self, weights: Path | None, device: str = "cpu") -> None:
        if weights is None:
            raise OptionError(f"--model {self.name}: needs --weights, a run folder or the authors' published files.")
        network, run = load_network(weights, self.size)
        super().__init__(self._shown(network), card_of_weights(self.row, weights, run), device)

    def _shown(self, network: Mono2BinauralNet) -> TrainedNetwork:
        return network
