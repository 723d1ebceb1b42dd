"""Tiny networks, ten sources and boxes of ten clips, so that a training takes seconds."""

from dataclasses import replace

import pytest

from baselines.correspondence import method as correspondence
from baselines.l2bnet import localiser, method
from baselines.mono2binaural import method as mono2binaural
from baselines.mono2binaural.network import NetworkSize
from fairplay_bench.training.plan import TrainingPlan

TINY = NetworkSize(audio_width=4, visual_width=4, picture=(32, 64))
CLIPS = [f"{number:06d}" for number in range(1, 11)]


@pytest.fixture
def boxes(tmp_path):
    """A table: one player in every clip, further right from clip to clip."""
    file = tmp_path / "boxes.csv"
    rows = [f"{clip},{frame},{10 + 40 * k},80,60,140,violin" for k, clip in enumerate(CLIPS) for frame in (1, 6)]
    file.write_text("clip_id,frame,x,y,width,height,label\n" + "\n".join(rows) + "\n")
    return file


@pytest.fixture
def plan(prepared, make_patches, boxes, tmp_path, monkeypatch):
    """The weak setting on eight training clips of a second: four steps a pass, two passes, of each network."""
    monkeypatch.setitem(mono2binaural.SIZES, "small", TINY)
    for module in (localiser, method, correspondence):
        tiny = replace(module.PRESETS["small"], epochs=2, draws=2, batch=4, validation_segments=2, validate_epochs=1)
        monkeypatch.setitem(module.PRESETS, "small", tiny)
    settings = {"patches": make_patches(CLIPS), "boxes": boxes}
    return TrainingPlan("l2bnet", prepared, tmp_path / "run", preset="small", settings=settings)
