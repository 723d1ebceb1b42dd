"""Sep-Stereo as a method: trained weights in, two ears out; trained on stereo and separation at once."""

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from torch.nn import Parameter

from baselines.mono2binaural.method import SIZES
from baselines.mono2binaural.weights import card_of_weights, described, load_imagenet
from baselines.sep_stereo.network import SEPARATION_WEIGHT, SepStereoNet, SepStereoSize
from baselines.sep_stereo.solos import paired_examples
from baselines.sep_stereo.weights import load_network, save_network
from fairplay_bench.errors import OptionError
from fairplay_bench.models.windowed import WindowedBinauralizer
from fairplay_bench.records import ModelCard
from fairplay_bench.training import presets
from fairplay_bench.training.interface import Setting, Start, Training
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.segments import segment_examples

PRESETS = {
    "paper": replace(
        presets.PAPER,
        epochs=100,
        draws=5,
        batch=144,
        rate=5e-4,
        pretrained_rate=1e-5,
        other_rates=(("fusion", 1e-3),),
        decay=0.9,
        decay_epochs=5,
        validate_epochs=1,
        half="all",
    ),
    "small": replace(presets.SMALL, draws=4, other_rates=(("fusion", presets.SMALL.rate),)),
}
NETWORK_SETTINGS = (
    Setting("fusion", str, "apnet", "How the picture is fused with the sound.", ("none", "assoconv", "apnet")),
    Setting("norm", str, "batch", "Norm of the U-Net and the fusion.", ("batch", "instance")),
    Setting("visual", str, "resnet18", "Visual branch.", ("resnet18", "dilated")),
    Setting("ears-loss", str, "l1", "Mean absolute value, or mean square, of the spectrograms.", ("l1", "l2")),
)


class SepStereo(WindowedBinauralizer):
    """The network of Sep-Stereo.

    Args:
        weights: a run folder, or one with the authors' ``visual.pth``, ``audio.pth`` and ``fusion.pth``.
        device: where it runs, as torch says.

    Raises:
        OptionError: if there are no weights there, or no such device.
        WeightsError: if they are damaged or of another network.
    """

    name = "sep-stereo"
    row = ModelCard(
        name="Sep-Stereo",
        paper="Zhou et al., Sep-Stereo: Visually Guided Stereophonic Audio Generation by Associating Source "
        "Separation, ECCV 2020",
        url="https://arxiv.org/abs/2007.09902",
    )
    presets: ClassVar[dict[str, Preset]] = PRESETS
    settings: ClassVar[tuple[Setting, ...]] = (
        *NETWORK_SETTINGS,
        Setting("separation-weight", float, SEPARATION_WEIGHT, "Of the loss of separation; 0 trains on stereo alone."),
        Setting("solos", Path, None, "A CSV of clip_id,instrument; the data set's own list by default."),
    )

    def __init__(self, weights: Path | None, device: str = "cpu") -> None:
        if weights is None:
            raise OptionError(f"--model {self.name}: needs --weights, a run folder or the authors' published files.")
        network, run = load_network(weights)
        super().__init__(network, card_of_weights(self.row, weights, run), device)

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh network for a recipe; its size and parts are recorded in the run."""
        weight = start.settings["separation-weight"]
        if not 0 <= weight < math.inf:
            raise OptionError(f"--separation-weight {weight}: 0 or more is needed.")
        network, groups, origin = fresh_network(preset, start)
        network.separation_weight = weight
        size = network.size
        examples = paired_examples(size.picture, start.settings["solos"]) if weight else segment_examples(size.picture)
        return Training(
            network=network,
            groups=groups,
            examples=examples,
            described=described(size),
            card=replace(cls.row, version=f"{cls.row.version}-{preset.name}"),
            save=partial(save_network, network),
            start=origin,
        )


def fresh_network(preset: Preset, start: Start) -> tuple[SepStereoNet, dict[str, list[Parameter]], str]:
    """Build a network from torch's global seed, as :data:`NETWORK_SETTINGS` say.

    Args:
        preset: its name says how wide it is.
        start: whether the visual branch starts from ImageNet, and the settings.

    Returns:
        The network, its parameters by the name of their rate (``"new"``, ``"pretrained"``, ``"fusion"``), and where
        the first weights came from.

    Raises:
        OptionError: if weights for ImageNet are wanted and do not fit or are not there.
    """
    given, base = start.settings, SIZES[preset.name]
    size = SepStereoSize(
        audio_width=base.audio_width,
        visual_width=base.visual_width,
        picture=base.picture,
        fusion=given["fusion"],
        norm=given["norm"],
        visual=given["visual"],
    )
    network = SepStereoNet(size, given["ears-loss"])
    origin = load_imagenet(network, start.file) if start.pretrained else "from chance"
    stages = list(network.visual.stages.parameters()) if start.pretrained else []
    fusion = [] if network.fusion is None else list(network.fusion.parameters())
    elsewhere = {id(one) for one in (*stages, *fusion)}
    new = [one for one in network.parameters() if id(one) not in elsewhere]
    named = {"new": new, "pretrained": stages, "fusion": fusion}
    return network, {name: [one for one in group if one.requires_grad] for name, group in named.items()}, origin
