"""The package as a whole: importing it costs nothing, its errors say what to do, it depends on nothing else here."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hrtf
from hrtf import errors
from hrtf.errors import RateMismatchError, UnknownNameError


def test_public_names_are_there():
    """Also after their modules were loaded, which puts the modules themselves into the package."""
    for _ in range(2):
        for name in hrtf.__all__:
            assert getattr(hrtf, name).__name__ == name
    assert set(hrtf.__all__) <= set(dir(hrtf))


def test_unknown_attributes():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = hrtf.nonsense


def test_importing_loads_nothing_heavy():
    code = "import sys, hrtf, hrtf.errors; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "scipy", "sofar", "matplotlib", "pooch"} & set(loaded)


def test_the_package_stands_alone():
    for path in Path(hrtf.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.startswith(("fairplay_bench", "leaderboard", "baselines")) for name in names), path


def test_every_error_is_an_hrtf_error():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 8
    assert all(issubclass(kind, errors.HrtfError) for kind in kinds)


def test_messages():
    assert str(UnknownNameError("layout", "cub", ["cube", "ring"])) == (
        "unknown layout 'cub'; did you mean 'cube'? Known: cube, ring"
    )
    assert str(UnknownNameError("layout", "xyz", ["cube"])) == "unknown layout 'xyz'. Known: cube"
    assert "resample one of them" in str(RateMismatchError("the set", 48000, 16000))
