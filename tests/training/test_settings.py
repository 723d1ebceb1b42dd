"""Options and recipes that a method brings itself."""

import json
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner

from baselines.mono2binaural.method import Mono2Binaural
from fairplay_bench.cli.train import train_command
from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.training.fit import train
from fairplay_bench.training.interface import Setting
from fairplay_bench.training.presets import PAPER, SMALL
from fairplay_bench.training.settings import filled, named_preset, trainable


class Brings(Mono2Binaural):
    """Mono2Binaural with options of its own, which it writes into what describes the network."""

    settings = (
        Setting("share", float, 0.5, "A part."),
        Setting("kind-of-ear", str, "left", "Which.", choices=("left", "right")),
        Setting("noisy", bool, False, "Whether."),
        Setting("boxes", Path, None, "A file."),
    )
    seen: ClassVar[dict] = {}

    @classmethod
    def for_training(cls, preset, start):
        cls.seen.update(start.settings)
        return super().for_training(preset, start)


HERE = f"{__name__}:Brings"


@pytest.fixture
def brings(plan, monkeypatch):
    monkeypatch.setattr("fairplay_bench.training.settings.attribute_of", lambda _: Brings)
    Brings.seen.clear()
    return replace(plan, epochs=1)


def test_defaults_are_filled_in_and_recorded(brings):
    run = train(replace(brings, settings={"noisy": True, "boxes": Path("b.csv")}))
    assert Brings.seen == {"share": 0.5, "kind-of-ear": "left", "noisy": True, "boxes": Path("b.csv")}
    assert run.training["settings"] == {"share": 0.5, "kind-of-ear": "left", "noisy": True, "boxes": "b.csv"}
    assert json.loads((brings.out / "run.json").read_text())["training"]["settings"]["noisy"] is True


def test_another_setting_is_another_run(brings):
    train(brings)
    train(replace(brings, settings={"share": 0.5}))
    with pytest.raises(Exception, match=r"other settings \(settings\)"):
        train(replace(brings, settings={"share": 0.25}))


def test_on_the_command_line(brings):
    arguments = ["--model", HERE, "--data", str(brings.data), "--preset", "small", "--epochs", "1"]
    arguments += ["--out", str(brings.out), "--share", "0.25", "--kind-of-ear", "right", "--noisy"]
    outcome = CliRunner().invoke(train_command, arguments, standalone_mode=False)
    assert outcome.exception is None, outcome.exception
    assert Brings.seen == {"share": 0.25, "kind-of-ear": "right", "noisy": True, "boxes": None}


@pytest.mark.usefixtures("brings")
def test_help_shows_them_only_with_the_method():
    with_method = CliRunner().invoke(train_command, [f"--model={HERE}", "--help"]).output
    assert "--kind-of-ear [left|right]" in with_method
    assert "--noisy / --no-noisy" in with_method
    assert "--kind-of-ear" not in CliRunner().invoke(train_command, ["--help"]).output


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"shore": 1.0}, UnknownNameError, "unknown setting 'shore'. Did you mean 'share'"),
        ({"kind-of-ear": "up"}, UnknownNameError, "unknown kind-of-ear 'up'.*left, right"),
        ({"share": "much"}, OptionError, "--share much: a float is needed"),
    ],
)
def test_bad_settings_are_refused(given, error, text):
    with pytest.raises(error, match=text):
        filled(Brings, given)


def test_recipes_are_the_common_ones_unless_a_method_has_its_own():
    own = type("Own", (Brings,), {"presets": {"paper": replace(PAPER, batch=7)}})
    assert named_preset(Brings, "small") is SMALL
    assert named_preset(own, "paper").batch == 7
    with pytest.raises(UnknownNameError, match="unknown preset 'small'"):
        named_preset(own, "small")


def test_what_cannot_be_trained_is_refused():
    with pytest.raises(OptionError, match="mono-mono: has no for_training"):
        trainable("mono-mono")
