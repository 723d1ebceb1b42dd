"""PseudoBinaural, trained on scenes alone, and Augment-PseudoBinaural, on scenes and recordings."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from baselines.mono2binaural.method import SIZES, Mono2Binaural
from baselines.pseudo_binaural.ears import EarFilters
from baselines.pseudo_binaural.examples import BothKinds, DrawnScenes, FixedScenes, held_out
from baselines.pseudo_binaural.options import PATCHES, SCENE_SETTINGS, filters_of, rule_of, studio_of
from baselines.pseudo_binaural.sources import PATCHES_FILE, Source, load_sources
from fairplay_bench.records import ModelCard
from fairplay_bench.training import presets
from fairplay_bench.training.interface import Examples, Material, Setting, Start, Training
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.segments import segment_examples
from fairplay_bench.training.share import BINAURAL_SHARE, share_of

PAPER = "Xu et al., Visually Informed Binaural Audio Generation without Binaural Audios, CVPR 2021"
URL = "https://arxiv.org/abs/2104.06162"
PRESETS: dict[str, Preset] = {
    "paper": replace(
        presets.PAPER,
        epochs=300,
        batch=192,
        rate=5e-4,
        pretrained_rate=5e-5,
        other_rates=(("fusion", 1e-3),),
        decay_epochs=5,
        half="all",
    ),
    "small": replace(presets.SMALL, epochs=18),
}
BOTH_PRESETS = PRESETS | {"small": replace(presets.SMALL, epochs=12)}  # a pass has as many scenes as recorded segments
Settings = Mapping[str, Any]


class PseudoBinaural(Mono2Binaural):
    """Mono2Binaural trained on scenes of cut-out players, without any recording of two ears."""

    name = "pseudo-binaural"
    row = ModelCard(name="PseudoBinaural", paper=PAPER, url=URL)
    presets = PRESETS
    settings: tuple[Setting, ...] = (PATCHES, *SCENE_SETTINGS)

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh network for a recipe, to be trained on what the settings say."""
        values = {setting.name: start.settings.get(setting.name, setting.default) for setting in cls.settings}
        rule_of(values)
        training = super().for_training(preset, replace(start, settings={}))
        size = SIZES[preset.name].picture
        return replace(training, examples=cls._examples(values, filters_of(values), size))

    @classmethod
    def _examples(
        cls, settings: Settings, filters: EarFilters, size: tuple[int, int]
    ) -> Callable[[Material], Examples]:
        def examples(material: Material) -> Examples:
            sources, remark = usable_sources(settings, material)
            training, validation = held_out(sources, rule_of(settings).most)
            studio = studio_of(training, filters, settings)
            draws = len(training) * material.preset.draws
            fixed = len(validation) * material.preset.validation_segments
            return Examples(
                DrawnScenes(studio, draws, size, material.seed),
                FixedScenes(studio_of(validation, filters, settings), fixed, size),
                [source.clip_id for source in sources],
                (remark,),
            )

        return examples


class AugmentPseudoBinaural(PseudoBinaural):
    """Mono2Binaural trained on recordings and, as often, on scenes of cut-out players."""

    name = "augment-pseudo-binaural"
    row = ModelCard(name="Augment-PseudoBinaural", paper=PAPER, url=URL)
    presets = BOTH_PRESETS
    settings = (*PseudoBinaural.settings, BINAURAL_SHARE)

    @classmethod
    def _examples(
        cls, settings: Settings, filters: EarFilters, size: tuple[int, int]
    ) -> Callable[[Material], Examples]:
        share = settings[BINAURAL_SHARE.name]
        share_of([""], share)  # refused before work starts

        def examples(material: Material) -> Examples:
            sources, remark = usable_sources(settings, material)
            recorded = segment_examples(size)(replace(material, training=share_of(material.training, share)))
            drawn = DrawnScenes(
                studio_of(sources, filters, settings),
                len(recorded.clips) * material.preset.draws,
                size,
                material.seed,
            )
            cut_out = sorted({source.clip_id for source in sources} - set(recorded.clips))
            return Examples(
                BothKinds(recorded.training, drawn), recorded.validation, [*recorded.clips, *cut_out], (remark,)
            )

        return examples


def usable_sources(settings: Settings, material: Material) -> tuple[list[Source], str]:
    """The sources whose clips are training clips, and a line that counts the others.

    Raises:
        OptionError: if there are no patches.
        DatasetError: if they cannot be read, or none may be used.
    """
    file = settings[PATCHES.name] or material.data.folder / PATCHES_FILE
    loaded = load_sources(file, material.training)
    return loaded.sources, (
        f"{file}: {len(loaded.sources)} sources are of training clips of split {material.split} and used; "
        f"{loaded.left_out} are not and left out."
    )
