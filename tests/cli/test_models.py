"""``models`` lists what --model knows by name."""

import json

from fairplay_bench.models.registry import PARTS, SEPARATORS, load_model, registered

from .running import run_here


def test_names_and_where_they_come_from(capsys):
    outcome = run_here(capsys, "models")
    lines = outcome.out.splitlines()
    assert outcome.status == 0
    assert [line.split()[0] for line in lines[:-1]] == [*registered(), *registered(SEPARATORS), *registered(PARTS)]
    remarks = {line.split()[0]: line.partition(" (")[2] for line in lines[:-1]}
    assert remarks["mono-mono"] == ""
    assert remarks["mix-and-separate"] == "--task separation)"
    assert remarks["audio-localisation"] == remarks["audio-visual-correspondence"] == "train only)"
    assert "baselines.mono_mono:MonoMono" in next(line for line in lines if line.startswith("mono-mono "))
    assert "package.module:attribute" in lines[-1]


def test_json(capsys):
    outcome = run_here(capsys, "models", "--json")
    listed = json.loads(outcome.out)
    assert listed["mono-mono"] == "baselines.mono_mono:MonoMono"
    assert listed["audio-localisation"] == "baselines.l2bnet.localiser:AudioLocalisation"
    assert listed.keys() == {*registered(), *registered(SEPARATORS), *registered(PARTS)}
    assert outcome.err == ""
    assert hasattr(load_model("mono-mono"), "binauralize")
