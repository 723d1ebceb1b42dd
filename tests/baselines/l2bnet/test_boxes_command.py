"""The command that finds players in the frames of a data set."""

import json
import subprocess
import sys

import pytest

from baselines.l2bnet import commands
from baselines.l2bnet.places import places_of
from baselines.pseudo_binaural.boxes import Box, read_boxes
from fairplay_bench.datasets.prepared import open_prepared


@pytest.fixture
def finds(monkeypatch):
    """A detector that finds one player on the left of every picture but those of two clips' frames."""
    seen = []

    def find_with(**options):
        def find(picture, frame):
            assert picture.shape == (240, 480, 3)
            seen.append((frame, options["label"]))
            return [] if len(seen) in (1, 2, 3, 4) else [Box(frame, 10.0, 20.0, 50.0, 100.0, "person", 0.9)]

        return find

    monkeypatch.setattr(commands, "find_with", find_with)
    return seen


def test_a_table_that_training_takes(call, prepared, tmp_path, finds):
    out = tmp_path / "boxes.csv"
    status, said, _ = call("boxes", prepared, "--every", "0.5", "--out", out, "--label", "cat", "--json")
    assert status == 0
    assert json.loads(said) == {"boxes": str(out), "found": 16, "without": ["000001", "000002"], "failed": {}}
    assert finds == [(3, "cat"), (8, "cat")] * 10
    assert read_boxes(out)["000003"][1] == Box(8, 10.0, 20.0, 50.0, 100.0, "person")
    assert places_of(open_prepared(prepared), out).known(["000001", "000003"]) == ["000003"]


def test_what_cannot_be_read_is_named(call, prepared, tmp_path, finds):
    (prepared / "frames" / "000005" / "000003.jpg").write_bytes(b"nothing")
    status, said, heard = call("boxes", prepared, "--every", "0.5", "--out", tmp_path / "boxes.csv")
    assert status == 1
    assert "14 boxes in 7 clips; 2 clips without any" in said
    assert "000005: " in heard


def test_refusals(call, prepared, tmp_path, finds, monkeypatch):
    out = tmp_path / "boxes.csv"
    status, _, heard = call("boxes", prepared, "--every", "0", "--out", out)
    assert (status, "--every 0: frames are 0.1 s apart" in heard) == (2, True)
    monkeypatch.setattr(commands, "find_with", lambda **_: lambda *_: [])
    status, _, heard = call("boxes", prepared, "--out", out)
    assert (status, "no player was found in any of 10 clips" in heard) == (1, True)
    assert not out.exists()
    out.write_text("mine")
    status, _, heard = call("boxes", prepared, "--out", out)
    assert (status, out.read_text()) == (1, "mine")


def test_finding_players_needs_nothing_of_what_explains():
    heavy = "sorted(name for name in sys.modules if name.startswith(('av.', 'baselines.explain', 'matplotlib')))"
    code = f"import sys, baselines.l2bnet.finding; print({heavy})"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
