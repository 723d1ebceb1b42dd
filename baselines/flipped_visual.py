"""Flipped-Visual: a trained Mono2Binaural shown mirrored pictures; a network that looks gets worse by it."""

import torch

from baselines.mono2binaural.method import PAPER, URL, Mono2Binaural
from baselines.mono2binaural.network import InferenceNet, Mono2BinauralNet
from fairplay_bench.errors import OptionError
from fairplay_bench.models.windowed import TrainedNetwork
from fairplay_bench.records import ModelCard
from fairplay_bench.training.interface import Start, Training
from fairplay_bench.training.presets import Preset


class FlippedVisual(Mono2Binaural):
    """Mono2Binaural with left and right of each picture exchanged; takes Mono2Binaural's weights."""

    name = "flipped-visual"
    row = ModelCard(name="Flipped-Visual", paper=PAPER, url=URL)

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Refuse: it is never trained.

        Raises:
            OptionError: always.
        """
        del preset, start
        raise OptionError(f"--model {cls.name}: takes the weights of mono2binaural; train that one.")

    def _shown(self, network: Mono2BinauralNet) -> TrainedNetwork:
        return _Mirrored(network)


class _Mirrored:
    """A network that is made ready to see mirrored pictures."""

    def __init__(self, network: Mono2BinauralNet) -> None:
        self._network = network

    def ready(self, device: torch.device, dtype: torch.dtype) -> InferenceNet:
        return InferenceNet(self._network, device, dtype, mirrored=True)
