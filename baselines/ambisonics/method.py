"""Ambisonics as a method: trained weights, W and the picture in; the field, or two ears, out."""

from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from baselines.ambisonics.examples import Shown, chunk_examples
from baselines.ambisonics.inference import Predictor
from baselines.ambisonics.network import AmbisonicsNet
from baselines.ambisonics.presets import PRESETS, SIZES
from baselines.ambisonics.transform import RATE
from baselines.ambisonics.weights import load_network, save_network
from baselines.mono2binaural.network import Mono2BinauralNet
from baselines.mono2binaural.network import NetworkSize as Mono2BinauralSize
from baselines.mono2binaural.visual import VisualNet
from baselines.mono2binaural.weights import card_of_weights, load_imagenet
from fairplay_bench.dsp.resample import resample
from fairplay_bench.errors import OptionError
from fairplay_bench.models.interface import MonoClip
from fairplay_bench.models.windowed import checked_device
from fairplay_bench.records import ModelCard
from fairplay_bench.training.interface import Setting, Start, Training
from fairplay_bench.training.presets import Preset
from hrtf.decoder import Decoder, decode

PAPER = (
    "Morgado, Vasconcelos, Langlois and Wang, Self-Supervised Generation of Spatial Audio for 360° Video, NeurIPS 2018"
)
URL = "https://arxiv.org/abs/1809.02587"


class Ambisonics:
    """Predicts the first-order field of a 360° video from W and the picture, and decodes it as the data set was.

    Args:
        weights: a run folder.
        device: where it runs, as torch says.

    Raises:
        OptionError: if there are no weights there, or no such device.
        WeightsError: if they are damaged or of another network.
    """

    name = "ambisonics"
    row = ModelCard(name="Ambisonics", paper=PAPER, url=URL)
    presets = PRESETS
    settings = (Setting("flow", bool, False, "Look at the optical flow too, through a second picture encoder."),)

    def __init__(self, weights: Path | None, device: str = "cpu") -> None:
        if weights is None:
            raise OptionError(f"--model {self.name}: needs --weights, a run folder.")
        network, run = load_network(weights, self.name)
        self.card = card_of_weights(self.row, weights, run)
        self._predictor = Predictor(network, checked_device(device))

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh network for a preset; its size is recorded in the run."""
        network = AmbisonicsNet(replace(SIZES[preset.name], flow=start.settings["flow"]))
        resnets = [encoder.resnet for encoder in (network.video, network.flow) if encoder is not None]
        origin = "from chance"
        if start.pretrained:
            origin = " and ".join(dict.fromkeys(_from_imagenet(resnet, start.file) for resnet in resnets))
        visual: list[nn.Parameter] = [weight for resnet in resnets for weight in resnet.parameters()]
        inside = {id(weight) for weight in visual}
        others = [weight for weight in network.parameters() if id(weight) not in inside]
        groups = {"new": others, "pretrained": visual} if start.pretrained else {"new": [*others, *visual]}
        return Training(
            network=network,
            groups=groups,
            examples=partial(chunk_examples, shown=Shown(network.size.picture, network.size.flow)),
            described=asdict(network.size),
            card=replace(cls.row, version=f"{cls.row.version}-{preset.name}"),
            save=partial(save_network, network),
            start=origin,
        )

    def ambisonize(self, clip: MonoClip) -> Tensor:
        """Predict the field of a clip.

        Args:
            clip: with W.

        Returns:
            ``(4, samples)``, float32, 48 kHz, as long as ``clip.omni``: W as given, then Y, Z, X (ACN, SN3D).

        Raises:
            OptionError: if the clip has no W.
            MediaError: if a picture cannot be read or is not equirectangular.
        """
        if clip.omni is None:
            raise OptionError(
                f"--model {self.name}: hears the W channel of 360° recordings, which this data set does not have: it "
                "can be scored on rec-street, yt-clean, yt-music and mini-360 alone, as in the paper."
            )
        return torch.cat(list(self._predictor.stream(clip.omni, clip.frames)), dim=1)

    def binauralize(self, clip: MonoClip) -> Tensor:
        """Predict the field of a clip and decode it with the filters that the data set's ears were made with.

        Returns:
            ``(2, samples)``, left first, at the rate and of the length of ``clip.mono``.

        Raises:
            As :meth:`ambisonize`.
        """
        field = self.ambisonize(clip)
        if clip.decoder is None:
            raise OptionError(
                f"--model {self.name}: the data set does not keep the filters it was decoded with; prepare it again."
            )
        decoder = Decoder("of the data set", RATE, clip.decoder.numpy(), 0.0)
        ears = decode(field.numpy(), decoder, RATE).astype(np.float32)
        heard = torch.from_numpy(resample(np.ascontiguousarray(ears.T), RATE, clip.sample_rate).T.copy())
        samples = len(clip.mono)
        return pad(heard, (0, max(0, samples - heard.shape[1])))[:, :samples]


def _from_imagenet(resnet: VisualNet, file: Path | None) -> str:
    """Fill a ResNet as Mono2Binaural's is filled, whose branch it is; where the weights came from."""
    network = Mono2BinauralNet(Mono2BinauralSize(audio_width=1, visual_width=resnet.channels // 8))
    network.visual = resnet
    return load_imagenet(network, file)
