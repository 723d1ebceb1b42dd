"""The choices that make scenes, as options of ``train`` and of ``scenes show`` alike."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from baselines.pseudo_binaural.declared import SCENE_OPTIONS
from baselines.pseudo_binaural.ears import EarFilters
from baselines.pseudo_binaural.scene import SceneRule, parse_mix_ratio
from baselines.pseudo_binaural.sources import Source
from baselines.pseudo_binaural.studio import Studio
from fairplay_bench.training.interface import Setting

PATCHES = Setting("patches", Path, None, "The cut-outs, made by the command patches; DATA/patches.parquet by default.")
SCENE_SETTINGS = tuple(Setting(*option) for option in SCENE_OPTIONS)


def rule_of(settings: Mapping[str, Any]) -> SceneRule:
    """The rule that options of scenes stand for.

    Raises:
        OptionError: if a value makes no sense.
    """
    ratio = parse_mix_ratio(settings["mix-ratio"])
    return SceneRule(ratio, settings["patch-scale"], settings["fov"], settings["patch-height"])


def filters_of(settings: Mapping[str, Any]) -> EarFilters:
    """The ears that options of scenes stand for.

    Raises:
        HrtfError: if the head is not known or cannot be used.
    """
    return EarFilters(settings["stereo-mode"], settings["hrtf"])


def studio_of(sources: list[Source], filters: EarFilters, settings: Mapping[str, Any]) -> Studio:
    """The studio that options of scenes stand for.

    Raises:
        DatasetError: if there are too few sources for the largest scene.
        OptionError: if a value makes no sense.
    """
    return Studio(sources, filters, rule_of(settings), settings["background"], settings["blend"])
