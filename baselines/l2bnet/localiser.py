"""Training the audio localisation network: ``train --model audio-localisation``; L2BNet's training does it first.

It learns on rendered scenes, whose players' places are known. ``--binaural-share`` adds that part of the recordings,
with the places of a table of boxes, as many segments as scenes.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from math import ceil
from typing import Any, ClassVar

from torch import Tensor

from baselines.l2bnet.card import card_of
from baselines.l2bnet.examples import HeardScenes, InTurn, Segments
from baselines.l2bnet.listening import Listener, ListenerSize
from baselines.l2bnet.maps import disagreement
from baselines.l2bnet.options import (
    BOXES,
    HEARS,
    SHARED_SCENES,
    Settings,
    check_scenes,
    some_share,
    studios,
)
from baselines.l2bnet.places import places_of
from baselines.l2bnet.weights import LISTENER_FILE
from baselines.mono2binaural.method import SIZES
from baselines.mono2binaural.weights import save_branches
from baselines.pseudo_binaural.method import usable_sources
from fairplay_bench.records import Protocol
from fairplay_bench.training import presets
from fairplay_bench.training.interface import Batch, Examples, LossNetwork, Material, Setting, Start, Training
from fairplay_bench.training.level import at_level
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.segments import TrainingSegments
from fairplay_bench.training.share import BINAURAL_SHARE

PRESETS: dict[str, Preset] = {
    "paper": replace(presets.PAPER, epochs=100, draws=10, batch=128, half="all", pretrained=False),
    "small": replace(presets.SMALL, epochs=8),
}
SHARE = replace(BINAURAL_SHARE, default=0.0, help="Part of the training recordings that is heard too; 0 for none.")


class LocalisationNet(LossNetwork):
    """The network with its loss.

    Args:
        size: its width and input.
    """

    def __init__(self, size: ListenerSize) -> None:
        super().__init__()
        self.listener = Listener(size)

    def loss(self, batch: Batch, protocol: Protocol) -> Tensor:
        """Divergence of the heard from the wanted maps, nats.

        Args:
            batch: ``ears`` and ``wanted``.
            protocol: gives the level.
        """
        return disagreement(self.listener(at_level(batch["ears"].float(), protocol)), batch["wanted"])


class AudioLocalisation:
    """The audio localisation network, to be trained; it is no method of its own."""

    presets: ClassVar[dict[str, Preset]] = PRESETS
    settings: ClassVar[tuple[Setting, ...]] = (HEARS, *SHARED_SCENES, SHARE, BOXES)

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh network for a recipe."""
        values = start.settings
        check_scenes(values)
        size = ListenerSize(SIZES[preset.name].audio_width, values[HEARS.name])
        network = LocalisationNet(size)
        return Training(
            network=network,
            groups={"new": list(network.parameters())},
            examples=_examples(values),
            described=asdict(size),
            card=card_of("audio localisation", preset.name),
            save=partial(save_branches, {LISTENER_FILE: network.listener}),
            start="from chance",
        )


def _examples(settings: Settings) -> Callable[[Material], Examples]:
    def examples(material: Material) -> Examples:
        sources, remark = usable_sources(settings, material)
        training, validation = studios(settings, sources)
        recipe = material.preset
        length = len(training.sources) * recipe.draws
        scenes: Any = HeardScenes(training, length, material.seed)
        fixed = HeardScenes(validation, len(validation.sources) * recipe.validation_segments, None)
        clips = sorted(source.clip_id for source in sources)
        remarks = [remark]
        if settings[SHARE.name]:
            places = places_of(material.data, settings[BOXES.name])
            shared = places.known(some_share(material.training, settings[SHARE.name]))
            remarks.append(f"{len(shared)} recordings are heard too, by turns with the scenes.")
            clips = sorted({*clips, *shared})
            if shared:
                draws = ceil(length / len(shared))
                recorded = TrainingSegments(material.data, shared, draws, None, material.seed)
                seen = Segments(recorded, shared, places, mono=False, shown=False)
                numbers = [clips.index(clip) for clip in shared]
                scenes = InTurn((seen, scenes), 2 * length, numbers)
        return Examples(scenes, fixed, clips, tuple(remarks))

    return examples
