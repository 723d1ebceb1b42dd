"""After L2BNet as a method: its two settings of training, trained weights in, two ears out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from torch import nn

from baselines.correspondence import method as correspondence
from baselines.correspondence.method import CORRESPONDENCE, load_correspondence
from baselines.l2bnet.card import card_of
from baselines.l2bnet.examples import Beside, InTurn, Segments, Weighted
from baselines.l2bnet.network import JudgedNet, L2BNetSize
from baselines.l2bnet.options import (
    BOXES,
    HEARS,
    SHARED_SCENES,
    Settings,
    check_scenes,
    some_share,
    studios,
)
from baselines.l2bnet.places import SeenPlaces, places_of
from baselines.l2bnet.weights import LOCALISATION, load_listener, load_network, save_network
from baselines.mono2binaural.method import SIZES
from baselines.mono2binaural.weights import card_of_weights, load_imagenet
from baselines.pseudo_binaural.examples import DrawnScenes, FixedScenes
from baselines.pseudo_binaural.method import usable_sources
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.models.windowed import WindowedBinauralizer
from fairplay_bench.records import ClipId, ModelCard
from fairplay_bench.training import presets
from fairplay_bench.training.interface import Examples, Material, Setting, Start, Training
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.segments import TrainingSegments, ValidationSegments
from fairplay_bench.training.share import BINAURAL_SHARE
from fairplay_bench.training.stages import Stage

WEAK, SEMI = "weak", "semi"
SETTING = Setting(
    "setting", str, WEAK, "No recording of two ears is learnt from (weak), or a part of them (semi).", (WEAK, SEMI)
)
FROM_BOXES, FROM_SOUND = "boxes", "correspondence"
TEACHER = Setting("teacher", str, FROM_BOXES, "What shows where sources are seen.", (FROM_BOXES, FROM_SOUND))
LOCALISER = Setting("localiser", Path, None, f"A finished run of {LOCALISATION}; else it is trained first.")
SHARE = replace(
    BINAURAL_SHARE, default=0.1, help="Of semi: part of the training recordings that is used with both ears."
)
JUDGE = Setting("judge-weight", float, 0.02, "Of the divergence of what is heard from what is seen, nats.")
SCENE = Setting("scene-weight", float, 1.0, "Of the loss of rendered scenes' ears; 0 leaves them to the localiser.")
SEMI_PASS = 1.5  # passes of semi are so much longer: recordings are learnt from beside the scenes, not in their place
PRESETS: dict[str, Preset] = {
    "paper": replace(presets.PAPER, epochs=300, draws=1, batch=128, half="all"),
    "small": replace(presets.SMALL, epochs=4, batch=16, rate=1e-3),  # at twice the rate some never left their start
}


class L2BNet(WindowedBinauralizer):
    """A network after L2BNet.

    Args:
        weights: a run folder.
        device: where it runs, as torch says.

    Raises:
        OptionError: if there are no weights there, or no such device.
        WeightsError: if they are damaged or of another network.
    """

    name = "l2bnet"
    row: ClassVar[ModelCard] = card_of("", "")
    presets: ClassVar[dict[str, Preset]] = PRESETS
    settings: ClassVar[tuple[Setting, ...]] = (
        SETTING,
        SHARE,
        TEACHER,
        BOXES,
        LOCALISER,
        CORRESPONDENCE,
        HEARS,
        JUDGE,
        SCENE,
        *SHARED_SCENES,
    )

    def __init__(self, weights: Path | None, device: str = "cpu") -> None:
        if weights is None:
            raise OptionError(f"--model {self.name}: needs --weights, a run folder.")
        network, run = load_network(weights)
        super().__init__(network, card_of_weights(self.row, weights, run), device)

    @classmethod
    def stages(cls, settings: Settings, material: Material) -> Sequence[Stage]:
        """What is trained first; all that would make this training impossible is refused here."""
        check_scenes(settings)
        _weights_of(settings)
        if settings[SCENE.name] or settings[LOCALISER.name] is None:
            studios(settings, usable_sources(settings, material)[0])
        _recorded(settings, material)
        _places(settings, material)
        stages = []
        if settings[TEACHER.name] == FROM_SOUND:
            stages.append(Stage(CORRESPONDENCE.name, correspondence.NAME))
            if settings[CORRESPONDENCE.name] is not None:
                load_correspondence(settings[CORRESPONDENCE.name])
        if settings[LOCALISER.name] is not None:
            load_listener(settings[LOCALISER.name])
        shared = {setting.name: settings[setting.name] for setting in (HEARS, *SHARED_SCENES)}
        hears_recordings = settings[SETTING.name] == SEMI and settings[TEACHER.name] == FROM_BOXES
        share = settings[SHARE.name] if hears_recordings else 0.0
        stages.append(
            Stage(LOCALISER.name, LOCALISATION, shared | {SHARE.name: share, BOXES.name: settings[BOXES.name]})
        )
        return stages

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh generation network beside a trained localisation network, which stays as it is.

        Raises:
            OptionError: if there is no finished localisation run, or a weight makes no sense.
        """
        settings = start.settings
        judge, _ = _weights_of(settings)
        listener, heard = _trained(LOCALISER, LOCALISATION, settings, load_listener)
        teacher, seen = None, ModelCard("")
        if settings[TEACHER.name] == FROM_SOUND:
            teacher, seen = _trained(CORRESPONDENCE, correspondence.NAME, settings, load_correspondence)
        base = SIZES[preset.name]
        size = L2BNetSize(
            audio_width=base.audio_width,
            visual_width=base.visual_width,
            picture=base.picture,
            listener_width=listener.size.width,
            hears=listener.size.hears,
        )
        network = JudgedNet(size, judge, teacher)
        network.listener.load_state_dict(listener.state_dict())
        origin = load_imagenet(network, start.file) if start.pretrained else "from chance"
        visual: list[nn.Parameter] = list(network.visual.parameters())
        audio = list(network.audio.parameters())
        learnt = tuple(dict.fromkeys((*heard.trained_on, *seen.trained_on)))
        return Training(
            network=network,
            groups={"new": audio, "pretrained": visual} if start.pretrained else {"new": [*audio, *visual]},
            examples=_examples(settings, size.picture),
            described=asdict(size),
            card=replace(card_of("", preset.name), trained_on=learnt),
            save=partial(save_network, network),
            start=origin,
        )


def _trained(setting: Setting, method: str, settings: Settings, load: Callable[[Path], Any]) -> Any:
    """Load a network that is trained first."""
    if settings[setting.name] is None:
        raise OptionError(f"--{setting.name}: missing; train it first: `train --model {method}`.")
    return load(settings[setting.name])


def _weights_of(settings: Settings) -> tuple[float, float]:
    """Weights of the judge and of scenes.

    Raises:
        OptionError: if one makes no sense, or nothing is left to learn from.
    """
    for setting in (JUDGE, SCENE):
        if not 0 <= settings[setting.name] < math.inf:
            raise OptionError(f"--{setting.name} {settings[setting.name]:g}: 0 or more is needed.")
    judge, scene = settings[JUDGE.name], settings[SCENE.name]
    if not judge and not scene and settings[SETTING.name] == WEAK:
        raise OptionError(f"--{JUDGE.name} 0 --{SCENE.name} 0: nothing to learn from; give one of them a weight.")
    return judge, scene


def _recorded(settings: Settings, material: Material) -> list[str]:
    """The clips whose two ears are learnt from."""
    return some_share(material.training, settings[SHARE.name]) if settings[SETTING.name] == SEMI else []


def _places(settings: Settings, material: Material) -> SeenPlaces | None:
    """Where sources are seen; None where a network shows it.

    Raises:
        OptionError: if nothing does.
        DatasetError: if it is not known of any clip of a subset.
    """
    if settings[TEACHER.name] != FROM_BOXES:
        return None
    places = places_of(material.data, settings[BOXES.name])
    for subset, clips in (("training", material.training), ("validation", material.validation)):
        if not places.known(clips):
            raise DatasetError(
                f"--{BOXES.name}: no box of a sounding source in any of the {len(clips)} {subset} clips of split "
                f"{material.split}; give a table that has some, or --{TEACHER.name} {FROM_SOUND}."
            )
    return places


def _examples(settings: Settings, size: tuple[int, int]) -> Callable[[Material], Examples]:
    def examples(material: Material) -> Examples:
        places = _places(settings, material)
        judged = material.training if places is None else places.known(material.training)
        held = material.validation if places is None else places.known(material.validation)
        recipe = material.preset
        longer = SEMI_PASS if settings[SETTING.name] == SEMI else 1.0
        segments = TrainingSegments(
            material.data, judged, round(longer * recipe.draws), size, material.seed, recipe.variation
        )
        fixed = ValidationSegments(material.data, held, recipe.validation_segments, size)
        pairs = _pairs(settings, material, size, judged, len(segments), fixed)
        training, validation = Segments(segments, judged, places), Segments(fixed, held, places)
        remarks = (f"{len(judged)} training clips are heard as mono and judged.", *pairs.remarks)
        if pairs.training is None or pairs.validation is None:
            return Examples(training, validation, pairs.clips, remarks)
        return Examples(Beside(training, pairs.training), Beside(validation, pairs.validation), pairs.clips, remarks)

    return examples


class _Pairs(NamedTuple):
    """Pairs of picture and two ears, None without any; all clips that are learnt from, the judged ones first."""

    training: Any
    validation: Any
    clips: list[ClipId]
    remarks: tuple[str, ...]


def _pairs(
    settings: Settings,
    material: Material,
    size: tuple[int, int],
    judged: list[ClipId],
    length: int,
    fixed: ValidationSegments,
) -> _Pairs:
    recipe, (_, weight) = material.preset, _weights_of(settings)
    training, validation, clips, remarks = [], None, list(judged), []
    if shared := _recorded(settings, material):
        clips += [clip for clip in shared if clip not in set(clips)]
        draws = ceil(length / len(shared))
        training.append(
            Weighted(TrainingSegments(material.data, shared, draws, size, material.seed, recipe.variation), 1.0)
        )
        validation = Weighted(fixed, 1.0)
        remarks.append(f"{len(shared)} of them are learnt from with both ears.")
    if weight:
        sources, remark = usable_sources(settings, material)
        makes, checks = studios(settings, sources)
        clips += sorted({source.clip_id for source in sources} - set(clips))
        training.append(Weighted(DrawnScenes(makes, length, size, material.seed, recipe.variation), weight))
        validation = validation or Weighted(FixedScenes(checks, len(fixed), size), weight)
        remarks.append(remark)
    numbers = [clips.index(clip) for clip in shared]
    return _Pairs(InTurn(training, length, numbers) if training else None, validation, clips, tuple(remarks))
