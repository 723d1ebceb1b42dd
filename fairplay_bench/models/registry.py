"""Finding a method by what stands after ``--model``.

A registered name (entry point ``fairplay_bench.models``), ``package.module:attribute``, or ``predictions:FOLDER``.
``attribute(weights, device)`` returns a method; a class with such an ``__init__`` will do, and so will a callable
without parameters. Registered names resolve to the same kind of attribute.
"""

import importlib
import inspect
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from fairplay_bench.errors import BenchError, MethodError, OptionError, UnknownNameError
from fairplay_bench.models.interface import Binauralizer
from fairplay_bench.models.predictions import PredictionFolder

GROUP = "fairplay_bench.models"
_FOLDER = "predictions:"


def registered() -> dict[str, EntryPoint]:
    """Registered methods by name."""
    return {entry.name: entry for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def load_model(name: str, weights: Path | str | None = None, device: str = "cpu") -> Binauralizer:
    """Load a method.

    Args:
        name: a registered name, ``package.module:attribute``, or ``predictions:FOLDER``.
        weights: a file or folder of trained weights.
        device: where it runs, as torch says.

    Returns:
        The method.

    Raises:
        UnknownNameError: if no method has that name.
        OptionError: if the module, attribute, folder or weights do not exist, or the callable takes other parameters.
        MethodError: if what came is no method.
    """
    path = None if weights is None else Path(weights)
    if path is not None and not path.exists():
        raise OptionError(f"--weights {path}: no such file or folder.")
    if name.startswith(_FOLDER):
        return PredictionFolder(Path(name.removeprefix(_FOLDER)))
    method = _call(name, _attribute(name), path, device)
    if not isinstance(method, Binauralizer):
        raise MethodError(f"{name}: gave a {type(method).__name__} without binauralize(clip); see docs/methods.md.")
    return method


def _attribute(name: str) -> Callable[..., Any]:
    known = registered()
    if name in known:
        loaded: Callable[..., Any] = known[name].load()
        return loaded
    module, colon, attribute = name.partition(":")
    if not colon:
        raise UnknownNameError("model", name, known)
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # a method in the folder one works in, as python -m finds it
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise OptionError(f"--model {name}: no module {error.name!r}; is it installed or in this folder?") from error
    except AttributeError as error:
        raise OptionError(f"--model {name}: {error}.") from error
    if not callable(found):
        raise OptionError(f"--model {name}: {attribute} is a {type(found).__name__}; a class or function is needed.")
    return found


def _call(name: str, factory: Callable[..., Any], weights: Path | None, device: str) -> Any:
    parameters = inspect.signature(factory).parameters
    try:
        if parameters:
            inspect.signature(factory).bind(weights, device)
        elif weights is not None:
            raise OptionError(f"--model {name}: takes no weights; leave out --weights.")
    except TypeError as error:
        raise OptionError(f"--model {name}: cannot be called as attribute(weights, device): {error}.") from error
    try:
        return factory(weights, device) if parameters else factory()
    except BenchError:
        raise
    except Exception as error:
        raise MethodError(f"--model {name}: could not be made: {type(error).__name__}: {error}") from error
