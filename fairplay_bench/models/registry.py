"""Finding a method by what stands after ``--model``.

A registered name (entry point ``fairplay_bench.models``, of separators ``fairplay_bench.separators``, of what can only
be trained ``fairplay_bench.parts``), ``package.module:attribute``, or for binaural sound ``predictions:FOLDER``.
``attribute(weights, device)`` returns a method; a class with such an ``__init__`` will do, and so will a callable
without parameters. Registered names resolve to the same kind of attribute.
"""

import importlib
import inspect
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from fairplay_bench.errors import BenchError, MethodError, OptionError, UnknownNameError
from fairplay_bench.models.interface import Ambisonizer, Binauralizer, Separator
from fairplay_bench.models.predictions import PredictionFolder
from fairplay_bench.models.rehearsal import what_was_raised

GROUP, SEPARATORS = "fairplay_bench.models", "fairplay_bench.separators"
PARTS = "fairplay_bench.parts"  # networks that the training of a method needs, and that are no method of their own
_FOLDER = "predictions:"
_WITHOUT_WEIGHTS = "--model {}: takes no weights; leave out --weights."


def registered(group: str = GROUP) -> dict[str, EntryPoint]:
    """Registered methods by name, of one group of entry points."""
    return {entry.name: entry for entry in sorted(entry_points(group=group), key=lambda entry: entry.name)}


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
        OptionError: if the module, attribute, folder or weights do not exist, the callable takes other parameters, or
            weights are given to what takes none.
        MethodError: if what came is no method.
    """
    method = _load_clipwise(name, weights, device)
    if not isinstance(method, Binauralizer):
        raise MethodError(f"{name}: gave a {type(method).__name__} without binauralize(clip); see docs/methods.md.")
    return method


def load_ambisonizer(name: str, weights: Path | str | None = None, device: str = "cpu") -> Ambisonizer:
    """Load a method that makes first-order channels; otherwise as :func:`load_model`.

    Raises:
        BenchError: as there; a MethodError if what came has no ``ambisonize(clip)``.
    """
    method = _load_clipwise(name, weights, device)
    if not isinstance(method, Ambisonizer):
        raise MethodError(f"{name}: gave a {type(method).__name__} without ambisonize(clip); see docs/methods.md.")
    return method


def _load_clipwise(name: str, weights: Path | str | None, device: str) -> Any:
    path = _existing(weights)
    if name.startswith(_FOLDER):
        if path is not None:
            raise OptionError(_WITHOUT_WEIGHTS.format(name))
        return PredictionFolder(Path(name.removeprefix(_FOLDER)))
    return _call(name, attribute_of(name, (GROUP,)), path, device)


def load_separator(name: str, weights: Path | str | None = None, device: str = "cpu") -> Separator:
    """Load a method that parts mixtures.

    Args:
        name: a registered name, or ``package.module:attribute``.
        weights: a file or folder of trained weights.
        device: where it runs, as torch says.

    Returns:
        The method.

    Raises:
        UnknownNameError: if no separator has that name.
        OptionError: if the module, attribute or weights do not exist, or the callable takes other parameters.
        MethodError: if what came is no separator.
    """
    if name.startswith(_FOLDER):
        raise OptionError(f"--model {name}: folders of predictions are for binaural sound; give a separator.")
    method = _call(name, attribute_of(name, (SEPARATORS,)), _existing(weights), device)
    if not isinstance(method, Separator):
        raise MethodError(f"{name}: gave a {type(method).__name__} without separate(...); see docs/separation.md.")
    return method


def _existing(weights: Path | str | None) -> Path | None:
    path = None if weights is None else Path(weights)
    if path is not None and not path.exists():
        raise OptionError(f"--weights {path}: no such file or folder.")
    return path


def attribute_of(name: str, groups: Sequence[str] = (GROUP, SEPARATORS, PARTS)) -> Callable[..., Any]:
    """Return the class or function that a name stands for, without calling it.

    Args:
        name: a registered name of one of the groups, or ``package.module:attribute``.
        groups: of entry points.

    Raises:
        UnknownNameError: if no method has that name.
        OptionError: if its module or attribute does not exist.
    """
    known = {name: entry for group in groups for name, entry in registered(group).items()}
    if name in known:
        loaded: Callable[..., Any] = _imported(name, known[name].load)
        return loaded
    module, colon, attribute = name.partition(":")
    if not colon:
        raise UnknownNameError("model", name, known)
    if not module or module.startswith(".") or not attribute:
        raise OptionError(f"--model {name}: give package.module:attribute, such as my_methods:MyMethod.")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # a method in the folder one works in, as python -m finds it
    home = _imported(name, lambda: importlib.import_module(module))
    if not hasattr(home, attribute):
        own = [
            key for key, value in vars(home).items() if callable(value) and getattr(value, "__module__", "") == module
        ]
        raise UnknownNameError(f"attribute of {module}", attribute, own)
    found = getattr(home, attribute)
    if not callable(found):
        raise OptionError(f"--model {name}: {attribute} is a {type(found).__name__}; a class or function is needed.")
    called: Callable[..., Any] = found
    return called


def _imported(name: str, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except ModuleNotFoundError as error:
        raise OptionError(f"--model {name}: no module {error.name!r}; is it installed or in this folder?") from error
    except Exception as error:
        raise MethodError(f"--model {name}: importing it raised {what_was_raised(error)}; mend the module.") from error


def _call(name: str, factory: Callable[..., Any], weights: Path | None, device: str) -> Any:
    try:
        signature = inspect.signature(factory)
        if signature.parameters:
            signature.bind(weights, device)
    except (TypeError, ValueError) as error:  # what is built in may have no signature
        raise OptionError(f"--model {name}: cannot be called as attribute(weights, device): {error}.") from error
    if weights is not None and not signature.parameters:
        raise OptionError(_WITHOUT_WEIGHTS.format(name))
    try:
        return factory(weights, device) if signature.parameters else factory()
    except BenchError:
        raise
    except Exception as error:
        raise MethodError(f"--model {name}: could not be made: {what_was_raised(error)}.") from error
