"""The options that make scenes, declared once for ``train`` and for ``scenes show``; imports nothing heavy."""

from typing import Any, NamedTuple


class Declared(NamedTuple):
    """An option: its name, type, default, one line of help, and the values it can have where they are few."""

    name: str
    kind: type
    default: Any
    help: str
    choices: tuple[str, ...] = ()


STEREO_MODES = ("direct", "ambisonic", "w-y")
PATCH_SCALES = ("level", "none")
PATCH_HEIGHTS = ("random", "own")
EMPTY, OWN = "empty", "own"  # backgrounds

SCENE_OPTIONS = (
    Declared("stereo-mode", str, "ambisonic", "How a direction becomes two ears.", STEREO_MODES),
    Declared("hrtf", str, "spherical-head", "A head: a name of `hrtf list`, or FILE.sofa."),
    Declared("fov", float, 2 / 3, "The angle that the width of the canvas stands for, in half circles."),
    Declared(
        "patch-scale",
        str,
        "level",
        "Cut-outs the larger the softer their source (level), or at their own size (none).",
        PATCH_SCALES,
    ),
    Declared(
        "patch-height", str, "random", "Cut-outs anywhere (random), or as high as they were (own).", PATCH_HEIGHTS
    ),
    Declared("mix-ratio", str, "4:5:1", "How often one, two, three, ... players."),
    Declared("background", str, EMPTY, "empty, own (the sources' frames without their players), or a folder."),
    Declared("blend", bool, False, "Blend the cut-outs into the background (Poisson), or paste them."),
)
