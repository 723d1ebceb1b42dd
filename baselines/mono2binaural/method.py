"""Mono2Binaural as a method: trained weights in, two ears out."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from torch import nn

from baselines.mono2binaural.network import Mono2BinauralNet, NetworkSize
from baselines.mono2binaural.weights import card_of_weights, described, load_imagenet, load_network, save_network
from fairplay_bench.errors import OptionError
from fairplay_bench.models.windowed import TrainedNetwork, WindowedBinauralizer
from fairplay_bench.records import ModelCard
from fairplay_bench.training.interface import Setting, Start, Training
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.segments import segment_examples
from fairplay_bench.training.share import BINAURAL_SHARE, with_share

PAPER = "Gao and Grauman, 2.5D Visual Sound, CVPR 2019"
URL = "https://arxiv.org/abs/1812.04204"
SIZES = {
    "paper": NetworkSize(),
    "small": NetworkSize(audio_width=16, visual_width=16, picture=(112, 224)),
}


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
    settings: tuple[Setting, ...] = (BINAURAL_SHARE,)

    def __init__(self, weights: Path | None, device: str = "cpu") -> None:
        if weights is None:
            raise OptionError(f"--model {self.name}: needs --weights, a run folder or the authors' published files.")
        network, run = load_network(weights, self.size)
        super().__init__(self._shown(network), card_of_weights(self.row, weights, run), device)

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh network for a recipe; its size is recorded in the run.

        Raises:
            OptionError: if weights are given for a visual branch that it has not, or cannot be had.
            WeightsError: if they do not fit.
        """
        if start.file is not None and not cls.size.sees:
            raise OptionError(f"--visual-weights {start.file}: {cls.name} sees nothing; leave it out.")
        network = Mono2BinauralNet(replace(SIZES[preset.name], sees=cls.size.sees))
        origin = "from chance"
        if start.pretrained and network.visual is not None:
            origin = load_imagenet(network, start.file)
        visual: list[nn.Parameter] = [] if network.visual is None else list(network.visual.parameters())
        audio = list(network.audio.parameters())
        groups = {"new": audio, "pretrained": visual} if start.pretrained else {"new": [*audio, *visual]}
        card = replace(cls.row, version=f"{cls.row.version}-{preset.name}")
        recorded = segment_examples(network.size.picture if network.size.sees else None)
        return Training(
            network=network,
            groups=groups,
            examples=with_share(recorded, start.settings.get(BINAURAL_SHARE.name, BINAURAL_SHARE.default)),
            described=described(network.size),
            card=card,
            save=partial(save_network, network),
            start=origin,
        )

    def _shown(self, network: Mono2BinauralNet) -> TrainedNetwork:
        return network
