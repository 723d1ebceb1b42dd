"""The scripts that measure and reproduce still fit the package that they import."""

import runpy
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.py")), ids=lambda script: script.stem)
def test_a_script_can_be_imported(script, monkeypatch):
    monkeypatch.syspath_prepend(FOLDER.parent)
    monkeypatch.syspath_prepend(FOLDER)  # where a script that is run finds its neighbours
    for name in [name for name in sys.modules if name.partition(".")[0] in {"benchmarks", "timing"}]:
        monkeypatch.delitem(sys.modules, name)
    assert runpy.run_path(str(script), run_name="imported")["__doc__"]
