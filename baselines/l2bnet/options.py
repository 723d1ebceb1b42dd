"""The options of the trainings of this package, declared once, and what they stand for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from baselines.l2bnet.listening import INPUTS
from baselines.pseudo_binaural.examples import held_out
from baselines.pseudo_binaural.options import PATCHES, SCENE_SETTINGS, filters_of, rule_of, studio_of
from baselines.pseudo_binaural.sources import Source
from baselines.pseudo_binaural.studio import Studio
from fairplay_bench.errors import OptionError
from fairplay_bench.records import ClipId
from fairplay_bench.training.interface import Setting
from fairplay_bench.training.share import BINAURAL_SHARE, share_of

Settings = Mapping[str, Any]
SCENES = {"stereo-mode": "direct", "patch-scale": "none", "patch-height": "own", "background": "own"}  # our defaults
HEARS = Setting("localiser-input", str, "ild-itd", "What the localisation network hears.", tuple(INPUTS))
BOXES = Setting("boxes", Path, None, "CSV of where sources are seen; the data set's own by default.")
SHARED_SCENES = (
    PATCHES,
    *(replace(setting, default=SCENES.get(setting.name, setting.default)) for setting in SCENE_SETTINGS),
)


def some_share(clips: Sequence[ClipId], share: float) -> list[ClipId]:
    """A part of the recordings; see :func:`fairplay_bench.training.share.share_of`.

    Raises:
        OptionError: if it is no part, or leaves no clip.
    """
    chosen = share_of(clips, share)
    if round(share * len(clips)) < 1:
        raise OptionError(
            f"--{BINAURAL_SHARE.name} {share:g}: leaves none of the {len(clips)} training clips; "
            f"give {1 / len(clips):.2g} or more."
        )
    return chosen


def check_scenes(settings: Settings) -> None:
    """Refuse values of the options of scenes that make no sense, and a head that is not known.

    Raises:
        OptionError: or an HrtfError.
    """
    rule_of(settings)
    filters_of(settings)


def studios(settings: Settings, sources: Sequence[Source]) -> tuple[Studio, Studio]:
    """Where scenes of these sources are made: those to train with, and those of a held-out tenth to validate with.

    Raises:
        DatasetError: if there are too few sources for the largest scene.
    """
    filters = filters_of(settings)
    training, validation = held_out(sources, rule_of(settings).most)
    return studio_of(training, filters, settings), studio_of(validation, filters, settings)
