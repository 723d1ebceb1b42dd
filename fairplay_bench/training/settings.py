"""The options of ``train`` that a method brings itself, and the recipes it has."""

from collections.abc import Mapping
from typing import Any

from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.models.registry import attribute_of
from fairplay_bench.training.interface import Setting, Trainable
from fairplay_bench.training.presets import PRESETS, Preset


def trainable(name: str) -> Trainable:
    """Return the method of that name, or the part of one, to be trained.

    Raises:
        UnknownNameError: if no method has that name.
        OptionError: if it cannot be trained here, or takes the weights of another one.
    """
    method: Any = attribute_of(name)
    if other := getattr(method, "trained_as", None):
        raise OptionError(f"--model {name}: takes the weights of {other}; train that one: --model {other}.")
    if not isinstance(method, Trainable):
        raise OptionError(f"--model {name}: has no for_training(preset, start), so it cannot be trained here.")
    return method


def settings_of(method: Trainable) -> tuple[Setting, ...]:
    """Return the options a method brings."""
    return tuple(getattr(method, "settings", ()))


def named_preset(method: Trainable, name: str) -> Preset:
    """Return a method's recipe.

    Raises:
        UnknownNameError: if it has none of that name.
    """
    presets: Mapping[str, Preset] = getattr(method, "presets", PRESETS)
    if name not in presets:
        raise UnknownNameError("preset", name, presets)
    return presets[name]


def filled(method: Trainable, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in the defaults of the options a method brings.

    Raises:
        UnknownNameError: if an option, or the value of one with choices, is not known.
        OptionError: if a value is of another type.
    """
    known = {setting.name: setting for setting in settings_of(method)}
    for name, value in given.items():
        if name not in known:
            raise UnknownNameError("setting", name, known)
        setting = known[name]
        if setting.choices and value not in setting.choices:
            raise UnknownNameError(name, str(value), setting.choices)
        if value is not None and not isinstance(value, (int, float) if setting.kind is float else setting.kind):
            raise OptionError(f"--{name} {value}: a {setting.kind.__name__} is needed.")
    return {name: given.get(name, setting.default) for name, setting in known.items()}
