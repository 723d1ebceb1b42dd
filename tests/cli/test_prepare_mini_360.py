"""``prepare mini-360`` from the command line, to the end."""

import json

import numpy as np
import pandas
import pytest
import soundfile

import fairplay_bench
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.datasets.verify import verify
from fairplay_bench.jobs import Reporter, SerialExecutor

from .running import finished, run_here, start


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Nine clips: four whole videos and a half one, the fifth, which lacks height."""
    out = tmp_path_factory.mktemp("made")
    outcome = finished(start("prepare", "mini-360", "--clips", "9", "--seed", "4", "--out", out, "--jobs", "2"))
    assert (outcome.status, "9 clips" in outcome.out + outcome.err) == (0, True)
    return out


def test_it_is_prepared_like_the_360_sets(made):
    data = open_prepared(made / "mini-360")
    assert (data.name, data.has_ambisonics) == ("mini-360", True)
    assert verify(data, SerialExecutor(), Reporter()) == []
    assert list(data.clips) == [*(f"00000{n}_000{k}0" for n in range(1, 5) for k in (0, 1)), "000005_00000"]
    assert {row.video_id for row in data.clips.values() if row.ambisonic_channels == "WYX"} == {"000005"}
    told = json.loads((made / "mini-360" / "dataset.json").read_text())
    assert told["hrtf"] == {"name": "spherical-head"}
    assert told["decoder"]["name"] == "foa-binaural/1"
    assert told["split_sets"]["seeded"] == {"published": False, "splits": list(range(1, 11))}
    assert (told["failures"], told["missing"], told["problems"], told["silent"]) == ([], [], [], [])


def test_clips_of_one_video_stay_in_one_subset(made):
    splits = pandas.read_parquet(made / "mini-360" / "splits.parquet")
    splits["video"] = splits["clip_id"].str[:6]
    assert splits.groupby(["split", "video"])["subset"].nunique().max() == 1
    assert splits.groupby("split")["subset"].nunique().min() == 3


def test_the_prepared_sound_comes_from_the_players_and_so_do_the_ears(made):
    truth = pandas.read_csv(made / "mini-360" / "truth" / "sources.csv", dtype={"clip_id": str})
    still = truth[(truth.is_solo == 1) & (truth.azimuth_start_deg == truth.azimuth_end_deg)]
    assert len(still) > 0
    for row in still.itertuples():
        w, y, _, x = soundfile.read(made / "mini-360" / "ambisonics" / f"{row.clip_id}.wav")[0].T
        azimuth = np.degrees(np.arctan2(w @ y, w @ x))
        assert abs((azimuth - row.azimuth_start_deg + 180) % 360 - 180) < 3
        if 20 < abs(row.azimuth_start_deg) < 160:
            left, right = soundfile.read(made / "mini-360" / "audio" / f"{row.clip_id}.wav")[0].T
            assert (left @ left > right @ right) == (row.azimuth_start_deg > 0)


def test_a_second_run_does_nothing_and_changes_nothing(made, capsys, hashes):
    before = hashes(made)
    outcome = run_here(capsys, "prepare", "mini-360", "--clips", 9, "--seed", 4, "--out", made, "--jobs", 1)
    assert outcome.status == 0
    assert "0 to prepare, 5 done already" in outcome.err
    assert hashes(made) == before


def test_python_loads_it(made):
    loaded = fairplay_bench.load_dataset(made / "mini-360", split_set="seeded", split=1)
    assert sum(len(part) for part in loaded.values()) == 9
    assert soundfile.info(loaded["train"][0]["ambisonics"]).channels == 4


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--clips", 4), "mini-360 of 4 clips: ask for 5 to 999999."),
        (("--seed", -1), "seed -1: take one that is not negative."),
    ],
)
def test_numbers_that_cannot_be(tmp_path, capsys, arguments, reason):
    outcome = run_here(capsys, "prepare", "mini-360", *arguments, "--out", tmp_path / "out", "--jobs", 1)
    assert (outcome.status, outcome.error) == (2, reason)
    assert not (tmp_path / "out").exists()
