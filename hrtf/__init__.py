"""Heads and spheres: HRIR sets, SOFA files, ambisonics, decoders to two ears.

Useful on its own; nothing here knows of the benchmark around it. The names below are loaded on first use, so
``import hrtf`` costs nothing.

Conventions everywhere: azimuth in degrees counter-clockwise from the front (left is +90), elevation in degrees up from
the horizon, the left ear before the right one, delays in samples, and a sample rate beside every signal.
"""

from importlib import import_module
from typing import Any

_HOMES = {  # hrtf.render.render is not among them: a function of the name of its module would hide it, or be hidden
    "AmbisonicFormat": "hrtf.ambisonics",
    "Decoder": "hrtf.decoder",
    "HrirSet": "hrtf.hrir_set",
    "HrtfError": "hrtf.errors",
    "decode": "hrtf.decoder",
    "decode_blocks": "hrtf.decoder",
    "load_head": "hrtf.catalogue",
    "make_decoder": "hrtf.decoders",
    "read_sofa": "hrtf.sofa",
    "render_moving": "hrtf.render",
    "spherical_head": "hrtf.sphere",
    "spherical_head_responses": "hrtf.sphere",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hrtf' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
