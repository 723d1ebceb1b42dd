"""Training the network of audio-visual correspondence: ``train --model audio-visual-correspondence``.

L2BNet's training does it first where ``--teacher correspondence`` is given. It hears the mono of recordings alone. Its
visual branch, ``visual.pth``, knows sources by their looks, and may start that of another network.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import ClassVar

from baselines.l2bnet.card import card_of
from baselines.l2bnet.examples import Segments
from baselines.l2bnet.seeing import Correspondence
from baselines.l2bnet.weights import CORRESPONDENCE_FILE
from baselines.mono2binaural.method import SIZES
from baselines.mono2binaural.weights import load_imagenet, save_branches
from fairplay_bench.dsp.masks import SEGMENT_SAMPLES
from fairplay_bench.training import presets
from fairplay_bench.training.interface import Examples, Material, Start, Training
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.segments import segment_examples

PRESETS: dict[str, Preset] = {
    "paper": replace(presets.PAPER, epochs=100, draws=10, batch=128, half="all"),
    "small": replace(presets.SMALL, epochs=9, validate_epochs=3, rate=3e-3, mirrored=True, pan=0.25),
}


class AudioVisualCorrespondence:
    """The network of audio-visual correspondence, to be trained; it is no method of its own."""

    presets: ClassVar[dict[str, Preset]] = PRESETS

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh network for a recipe."""
        network = Correspondence(SIZES[preset.name])
        origin = load_imagenet(network, start.file) if start.pretrained else "from chance"
        stages = list(network.visual.stages.parameters()) if start.pretrained else []
        elsewhere = {id(one) for one in stages}
        return Training(
            network=network,
            groups={
                "new": [one for one in network.parameters() if id(one) not in elsewhere],
                "pretrained": stages,
            },
            examples=_examples(network.size.picture),
            described=asdict(network.size),
            card=card_of("audio-visual correspondence", preset.name),
            save=partial(save_branches, {CORRESPONDENCE_FILE: network, "visual.pth": network.visual}),
            start=origin,
        )


def _examples(picture_size: tuple[int, int]) -> Callable[[Material], Examples]:
    def examples(material: Material) -> Examples:
        recorded = segment_examples(picture_size, SEGMENT_SAMPLES)(material)
        return recorded._replace(
            training=Segments(recorded.training, recorded.clips, None),
            validation=Segments(recorded.validation, material.validation, None),
        )

    return examples
