"""A small prepared data set and a tiny network, so that a training takes a second."""

from dataclasses import replace

import pytest

from baselines.mono2binaural import method
from baselines.mono2binaural.network import NetworkSize
from fairplay_bench.training import presets
from fairplay_bench.training.plan import TrainingPlan

TINY = NetworkSize(audio_width=4, visual_width=4, picture=(32, 64))


@pytest.fixture
def plan(prepared, tmp_path, monkeypatch):
    """Mono2Binaural on eight clips of a second: four steps a pass, three passes."""
    monkeypatch.setitem(method.SIZES, "small", TINY)
    tiny = replace(presets.SMALL, epochs=3, draws=2, batch=4, validation_segments=2, validate_epochs=1)
    monkeypatch.setitem(presets.PRESETS, "small", tiny)
    return TrainingPlan("mono2binaural", prepared, tmp_path / "run", preset="small")
