"""Flipped-Visual: a trained Mono2Binaural shown mirrored pictures; a network that looks gets worse by it."""

import torch

from baselines.mono2binaural.method import PAPER, URL, Mono2Binaural
from baselines.mono2binaural.network import InferenceNet, Mono2BinauralNet
from fairplay_bench.models.windowed import TrainedNetwork
from fairplay_bench.records import ModelCard


class FlippedVisual(Mono2Binaural):
    """Mono2Binaural with left and right of each picture exchanged; takes Mono2Binaural's weights."""

    name = "flipped-visual"
    row = ModelCard(name="Flipped-Visual", paper=PAPER, url=URL)
    trained_as = Mono2Binaural.name

    def _shown(self, network: Mono2BinauralNet) -> TrainedNetwork:
        return _Mirrored(network)


class _Mirrored:
    """A network that is made ready to see mirrored pictures."""

    def __init__(self, network: Mono2BinauralNet) -> None:
        self._network = network

    def ready(self, device: torch.device, dtype: torch.dtype) -> InferenceNet:
        return InferenceNet(self._network, device, dtype, mirrored=True)
