"""PseudoBinaural, trained on scenes alone, and Augment-PseudoBinaural, on scenes and recordings.

The network is Sep-Stereo's: the U-Net of Mono2Binaural with instance norm and, unless ``--fusion none``, APNet or
AssoConv on it; pairs of solos to be parted are trained beside the scenes with the weight 1.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from torch.utils.data import Dataset

from baselines.mono2binaural.weights import described
from baselines.pseudo_binaural.ears import EarFilters
from baselines.pseudo_binaural.examples import BothKinds, DrawnScenes, FixedScenes, held_out
from baselines.pseudo_binaural.options import PATCHES, SCENE_SETTINGS, filters_of, rule_of, studio_of
from baselines.pseudo_binaural.sources import PATCHES_FILE, Source, load_sources
from baselines.sep_stereo.method import NETWORK_SETTINGS, SepStereo, fresh_network
from baselines.sep_stereo.network import SOLOS
from baselines.sep_stereo.solos import PairedSegments
from baselines.sep_stereo.weights import save_network
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.records import ClipId, ModelCard
from fairplay_bench.training import presets
from fairplay_bench.training.interface import Examples, Material, Setting, Start, Training
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.segments import segment_examples
from fairplay_bench.training.share import BINAURAL_SHARE, share_of

PAPER = "Xu et al., Visually Informed Binaural Audio Generation without Binaural Audios, CVPR 2021"
URL = "https://arxiv.org/abs/2104.06162"
_NORMS = {"paper": "instance", "small": "batch"}
BY_PRESET = "by-preset"
_NORM = Setting(
    "norm", str, BY_PRESET, "Of the U-Net and the fusion; paper has instance.", (BY_PRESET, "batch", "instance")
)
_SEPARATION = Setting("separation-weight", float, 1.0, "Of the loss of pairs of solos to be parted; 0 for none.")
_PAPER = replace(
    presets.PAPER,
    epochs=300,
    batch=192,
    rate=5e-4,
    pretrained_rate=5e-5,
    other_rates=(("fusion", 1e-3),),
    decay_epochs=5,
    half="all",
)
PRESETS: dict[str, Preset] = {
    "paper": _PAPER,
    "small": replace(presets.SMALL, other_rates=(("fusion", presets.SMALL.rate),)),
}
Settings = Mapping[str, Any]
Size = tuple[int, int]


class PseudoBinaural(SepStereo):
    """Sep-Stereo's network trained on scenes of cut-out players, without any recording of two ears."""

    name = "pseudo-binaural"
    row = ModelCard(name="PseudoBinaural", paper=PAPER, url=URL)
    presets: ClassVar[dict[str, Preset]] = PRESETS
    settings: ClassVar[tuple[Setting, ...]] = (
        PATCHES,
        *SCENE_SETTINGS,
        *(setting for setting in NETWORK_SETTINGS if setting.name != _NORM.name),
        _NORM,
        _SEPARATION,
    )

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh network for a recipe, to be trained on what the settings say."""
        values = {setting.name: start.settings.get(setting.name, setting.default) for setting in cls.settings}
        rule_of(values)  # refused before anything else is done
        if not 0 <= values[_SEPARATION.name] < math.inf:
            raise OptionError(f"--{_SEPARATION.name} {values[_SEPARATION.name]:g}: 0 or more is needed.")
        if values[_NORM.name] == BY_PRESET:
            values[_NORM.name] = _NORMS[preset.name]
        network, groups, origin = fresh_network(preset, replace(start, settings=values))
        network.separation_weight = values[_SEPARATION.name]
        return Training(
            network=network,
            groups=groups,
            examples=cls._examples(values, filters_of(values), network.size.picture),
            described=described(network.size),
            card=replace(cls.row, version=f"{cls.row.version}-{preset.name}"),
            save=partial(save_network, network),
            start=origin,
        )

    @classmethod
    def _examples(cls, settings: Settings, filters: EarFilters, size: Size) -> Callable[[Material], Examples]:
        def examples(material: Material) -> Examples:
            sources, remark = usable_sources(settings, material)
            training, validation = held_out(sources, rule_of(settings).most)
            studio = studio_of(training, filters, settings)
            recipe = material.preset
            drawn = DrawnScenes(studio, len(training) * recipe.draws, size, material.seed, recipe.variation)
            fixed = len(validation) * recipe.validation_segments
            clips = [source.clip_id for source in sources]
            return Examples(
                _with_solos(drawn, training, clips, material, settings, size),
                FixedScenes(studio_of(validation, filters, settings), fixed, size),
                clips,
                (remark,),
            )

        return examples


class AugmentPseudoBinaural(PseudoBinaural):
    """Sep-Stereo's network trained on recordings and, as often, on scenes of cut-out players."""

    name = "augment-pseudo-binaural"
    row = ModelCard(name="Augment-PseudoBinaural", paper=PAPER, url=URL)
    settings: ClassVar[tuple[Setting, ...]] = (*PseudoBinaural.settings, BINAURAL_SHARE)

    @classmethod
    def _examples(cls, settings: Settings, filters: EarFilters, size: Size) -> Callable[[Material], Examples]:
        share = settings[BINAURAL_SHARE.name]
        share_of([""], share)  # refused before work starts

        def examples(material: Material) -> Examples:
            sources, remark = usable_sources(settings, material)
            recorded = segment_examples(size)(replace(material, training=share_of(material.training, share)))
            recipe = material.preset
            draws = len(recorded.clips) * recipe.draws
            studio = studio_of(sources, filters, settings)
            drawn = DrawnScenes(studio, draws, size, material.seed, recipe.variation)
            cut_out = sorted({source.clip_id for source in sources} - set(recorded.clips))
            clips = [*recorded.clips, *cut_out]
            both = BothKinds(recorded.training, drawn)
            solos = _with_solos(both, sources, clips, material, settings, size)
            return Examples(solos, recorded.validation, clips, (remark,))

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


def _with_solos(
    examples: Dataset[Any],
    sources: list[Source],
    clips: list[ClipId],
    material: Material,
    settings: Settings,
    size: Size,
) -> Dataset[Any]:
    """Examples, each beside a pair of the sources' clips where separation is trained too."""
    if not settings[_SEPARATION.name]:
        return examples
    if len(sources) < SOLOS:
        raise DatasetError(f"{len(sources)} source(s): a pair needs two; cut out more, or --{_SEPARATION.name} 0.")
    solos = [source.clip_id for source in sources]
    return PairedSegments(examples, replace(material, training=clips), solos, size)
