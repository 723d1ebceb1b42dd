"""The versions of a clip that are heard: which clips, which sounds, equally loud."""

import numpy as np
import pytest
import torch

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.dsp.level import rms
from fairplay_bench.errors import OptionError, ResultError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.audio import write_wav
from leaderboard.page.versions import Selection, Version, equally_loud, heard_clips, parse_version

from ...scoring.prepared_sets import rooms, write_set

CLIPS = [f"{number:02d}" for number in range(10)]


class Listener(Reporter):
    def __init__(self):
        self.said = []

    def say(self, text):
        self.said.append(text)


@pytest.fixture
def data(tmp_path):
    return open_prepared(write_set(tmp_path / "set", rooms(*CLIPS), tests={1: CLIPS[:6], 2: CLIPS[4:]}))


def heard(data, *versions, reporter=None, **fields):
    selection = Selection(data, [Version(*version) for version in versions], **fields)
    return list(heard_clips(selection, reporter or Reporter()))


def test_clips_are_spread_over_the_test_clips_of_all_splits(data):
    clips = heard(data, ("mono", "mono-mono"), clips=5)
    assert [(clip.split, clip.row.clip_id) for clip in clips] == [(1, "00"), (1, "02"), (1, "04"), (2, "06"), (2, "08")]
    assert [clip.row.clip_id for clip in heard(data, ("mono", "mono-mono"), splits=[2], clips=2)] == ["04", "07"]
    assert [clip.row.clip_id for clip in heard(data, ("mono", "mono-mono"), only=["03", "01"], clips=9)] == ["03", "01"]


def test_the_target_comes_first_then_the_methods(data):
    (clip,) = heard(data, ("mono", "mono-mono"), ("other", "swapped-ears"), clips=1)
    assert list(clip.ears) == ["target", "mono", "other"]
    torch.testing.assert_close(clip.ears["other"], clip.ears["target"].flip(0))
    torch.testing.assert_close(clip.ears["mono"][0], clip.ears["mono"][1])


def test_versions_are_equally_loud_and_keep_the_difference_of_their_ears(data):
    quiet = torch.tensor([[0.001, -0.002, 0.001], [0.0005, 0.001, 0.0]])
    loud = torch.tensor([[0.9, -0.3, 0.2], [0.1, 0.8, -0.9]])
    level = equally_loud({"target": quiet, "x": loud, "silent": torch.zeros(2, 3)})
    assert rms(level["x"]) == pytest.approx(rms(level["target"]))
    assert max(float(ears.abs().max()) for ears in level.values()) == pytest.approx(0.95)
    torch.testing.assert_close(level["x"] / level["x"][0, 0], loud / loud[0, 0])
    assert not level["silent"].any()
    assert not equally_loud({"target": torch.zeros(2, 3)})["target"].any()


def test_folders_by_split_and_clips_that_they_lack(data, tmp_path):
    for split, clips in {1: CLIPS[1:6], 2: CLIPS[6:]}.items():
        for clip in clips:
            ears = np.full((8000, 2), 0.1 * split, np.float32)
            write_wav(tmp_path / f"made-{split}" / f"{clip}.wav", ears * [[1, -1]], 16_000)
    listener = Listener()
    clips = heard(data, ("made", f"{tmp_path}/made-{{split}}"), clips=10, reporter=listener)
    assert sorted(clip.row.clip_id for clip in clips) == CLIPS[1:]
    (said,) = listener.said
    assert said == "9 of 10 clips to hear; the first passed over: 00: 00.wav: no such prediction."


def test_methods_that_fail_are_told(data, monkeypatch):
    def broken(_clip):
        raise RuntimeError("out of luck")

    monkeypatch.setattr("baselines.mono_mono.MonoMono.binauralize", lambda _self, clip: broken(clip))
    with pytest.raises(ResultError, match=r"in all versions \(00: the method raised RuntimeError: out of luck\)"):
        heard(data, ("mono", "mono-mono"), clips=2)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("mono-mono", Version("mono-mono", "mono-mono")),
        ("Mine = runs/mine/{split}", Version("Mine", "runs/mine/{split}")),
        ("a=b=c", Version("a", "b=c")),
    ],
)
def test_reads_options(text, version):
    assert parse_version(text) == version


@pytest.mark.parametrize("text", ["", "=x", "x=", " = "])
def test_refuses_options_without_a_part(text):
    with pytest.raises(OptionError, match="give NAME=FOLDER"):
        parse_version(text)
