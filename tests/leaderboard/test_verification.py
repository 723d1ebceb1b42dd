"""Sounds that were submitted are scored again; every score must agree to 1e-4, relative."""

import pytest
import torch

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import OptionError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.audio import write_wav
from fairplay_bench.records import SAMPLE_RATE
from fairplay_bench.scoring.run import EvaluationPlan, run_plan
from leaderboard.entries import read_entry
from leaderboard.verification import RESCORING, rescore, verified

from .boards import entry_of, made, write_board


class LeftHeavy:
    """A method that needs no picture."""

    def binauralize(self, clip):
        return torch.stack([1.1 * clip.mono, 0.9 * clip.mono])


@pytest.fixture
def submitted(prepared, tmp_path):
    """A result of a method and the folder of its sounds."""
    folder = tmp_path / "sounds-{split}"
    plan = EvaluationPlan(prepared, protocol="xu2021", split_set="gao2019", jobs=1, save_predictions=str(folder))
    return run_plan(LeftHeavy(), plan, Reporter()), str(folder)


def again(entry, folder, data):
    return rescore(entry, folder, data, Reporter(), jobs=1)


def test_the_same_sounds_agree(submitted, prepared, tmp_path):
    result, folder = submitted
    entry = entry_of(result)
    found = again(entry, folder, prepared)
    assert found.differences == ()
    assert found.largest <= 1e-6
    assert found.clips == len(result.clips) == 2
    root = write_board(tmp_path / "board", entry)
    changed = verified(entry, root, "a\nmaintainer", found)
    assert changed.status == "verified"
    there = read_entry(root / "entries" / "mine.json")
    assert there.verified is not None
    assert (there.verified.by, there.verified.clips) == ("a maintainer", 2)
    assert there.result == result


def test_a_score_that_was_moved_is_found(submitted, prepared):
    result, folder = submitted
    clip = result.clips[0]
    for factor, differ in ((1 + 0.9e-4, 0), (1 + 1.2e-4, 1)):
        moved = clip.model_copy(update={"scores": clip.scores | {"env": factor * clip.scores["env"]}})
        tampered = result.model_copy(update={"clips": [moved, *result.clips[1:]]})
        found = again(entry_of(tampered), folder, prepared)
        assert len(found.differences) == differ
    assert found.differences[0].startswith(f"split 1, {clip.clip_id}: env is claimed to be ")
    assert found.largest == pytest.approx(1.2e-4, rel=0.01)


def test_other_sounds_and_missing_ones_are_found(submitted, prepared, tmp_path):
    result, folder = submitted
    data = open_prepared(prepared)
    (first,), (second,) = (data.listed("gao2019", split, "test") for split in (1, 2))
    samples = data.clips[first].n_samples
    write_wav(tmp_path / "sounds-1" / f"{first}.wav", torch.rand(samples, 2).numpy(), SAMPLE_RATE)
    (tmp_path / "sounds-2" / f"{second}.wav").unlink()
    found = again(entry_of(result), folder, prepared)
    assert any(difference.startswith(f"split 1, {first}: stft is claimed to be") for difference in found.differences)
    assert f"split 2, {second}: claimed: scored; found: {second}.wav: no such prediction." in found.differences


def test_what_cannot_be_scored_again(submitted, prepared, monkeypatch):
    result, folder = submitted
    with pytest.raises(OptionError, match=r"its index is [0-9a-f]{12}, the entry's 111111111111; give the data set"):
        again(entry_of(made(protocol="xu2021")), folder, prepared)
    old = result.metrics["env"].model_copy(update={"version": 0})
    with pytest.raises(OptionError, match="env has version 0 there and 1 here; score it with the version"):
        again(entry_of(result.model_copy(update={"metrics": result.metrics | {"env": old}})), folder, prepared)
    monkeypatch.delitem(RESCORING, "binaural")
    with pytest.raises(OptionError, match="results of task binaural cannot be scored again from a folder of WAVs"):
        again(entry_of(result), folder, prepared)
