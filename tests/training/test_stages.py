"""Networks that are trained before the one that needs them, by one command."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from baselines.mono2binaural.method import Mono2Binaural
from fairplay_bench.errors import OptionError
from fairplay_bench.records import ModelCard
from fairplay_bench.training.fit import train
from fairplay_bench.training.interface import Setting
from fairplay_bench.training.run_folder import RunDescription, read_run, write_run
from fairplay_bench.training.stages import Stage, finished_run


class Needs(Mono2Binaural):
    """Mono2Binaural that wants another one trained first."""

    settings = (
        *Mono2Binaural.settings,
        Setting("first", Path, None, "A run."),
        Setting("refused", bool, False, "Whether it says no."),
    )
    seen: ClassVar[dict] = {}

    @classmethod
    def stages(cls, settings, material):
        if settings["refused"]:
            raise OptionError(f"--refused: not on {material.data.name}.")
        return (Stage("first", "mono2binaural", {"binaural-share": 0.5}),)

    @classmethod
    def for_training(cls, preset, start):
        cls.seen.update(start.settings)
        return super().for_training(preset, start)


@pytest.fixture
def needs(plan, monkeypatch):
    monkeypatch.setattr(
        "fairplay_bench.training.settings.attribute_of", lambda name: Needs if name == "needs" else Mono2Binaural
    )
    Needs.seen.clear()
    return replace(plan, method="needs", epochs=1, split=2, seed=5)


def test_what_is_needed_is_trained_into_the_run_folder_with_the_same_recipe(needs, hearing):
    heard = hearing()
    run = train(needs, heard)
    first = read_run(needs.out / "first")
    assert heard.lines[0] == f"mono2binaural: trained first, into {needs.out / 'first'}"
    assert first.method == "mono2binaural"
    assert first.training["settings"] == {"binaural-share": 0.5}
    for key in ("split", "seed", "epochs", "preset_name", "index_sha256"):
        assert first.training[key] == run.training[key], key
    assert Needs.seen["first"] == needs.out / "first"
    assert run.training["settings"]["first"] is None


def test_a_given_run_is_taken_instead(needs, tmp_path):
    train(replace(needs, settings={"first": tmp_path / "ready"}))
    assert Needs.seen["first"] == tmp_path / "ready"
    assert not (needs.out / "first").exists()


def test_it_does_not_change_what_is_trained_afterwards(needs, tmp_path):
    train(needs)
    train(replace(needs, out=tmp_path / "alone", settings={"first": needs.out / "first"}))
    assert (needs.out / "audio.pth").read_bytes() == (tmp_path / "alone" / "audio.pth").read_bytes()


def test_a_method_can_refuse_before_anything_is_trained(needs):
    with pytest.raises(OptionError, match="--refused: not on fair-play"):
        train(replace(needs, settings={"refused": True}))
    assert not needs.out.exists()


def test_a_run_of_something_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = Path("runs/a")
    with pytest.raises(OptionError, match="--first runs/a: no finished run"):
        finished_run(folder, "first", "mono2binaural")
    folder.mkdir(parents=True)
    run = RunDescription("mono2binaural", {}, ModelCard("M"))
    write_run(folder, run)
    with pytest.raises(OptionError, match="--first runs/a: no finished run"):
        finished_run(folder, "first", "mono2binaural")
    run.training["steps"] = 3
    write_run(folder, run)
    assert finished_run(folder, "first", "mono2binaural") == run
    write_run(folder, replace(run, method="audio-only"))
    with pytest.raises(OptionError, match="--first runs/a: a run of audio-only; give one of `train --model mono2bin"):
        finished_run(folder, "first", "mono2binaural")
