"""Modules with methods in them, written into the folder one works in."""

import sys

import pytest

METHODS = """
import torch
from pathlib import Path


class Plain:
    def binauralize(self, clip):
        return clip.mono.expand(2, -1)


class Weighted(Plain):
    def __init__(self, weights, device):
        self.weights, self.device = weights, device


class Defaults(Plain):
    def __init__(self, weights=None, device="cpu", colour="red"):
        self.weights, self.device = weights, device


def make(weights: Path | None, device: str):
    return Weighted(weights, device)


def make_plain():
    return Plain()


def make_anything(*arguments, **options):
    return Weighted(*arguments)


def one(weights):
    return Plain()


def three(weights, device, colour):
    return Plain()


def keywords(*, weights, device):
    return Plain()


def raising(weights, device):
    raise RuntimeError("first line\\nsecond line")


def raising_silently(weights, device):
    raise KeyError


def no_method(weights, device):
    return 3


def needs_weights(weights, device):
    from fairplay_bench.errors import OptionError

    if weights is None:
        raise OptionError("give --weights.")


instance = Plain()
number = 3
"""


@pytest.fixture
def methods(tmp_path, monkeypatch):
    """Name of a module of methods that lies in the current folder."""
    (tmp_path / "my_methods.py").write_text(METHODS)
    (tmp_path / "broken_syntax.py").write_text("def (:\n")
    (tmp_path / "broken_import.py").write_text("import a_package_that_is_not_there\n")
    (tmp_path / "broken_value.py").write_text("1 / 0\n")
    (tmp_path / "broken_name.py").write_text("import math\nmath.squareroot\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield "my_methods"
    for name in [name for name in sys.modules if name.startswith(("my_methods", "broken_"))]:
        del sys.modules[name]
