"""``study build`` and ``study analyse`` as commands."""

import json

import pytest

from ..leaderboard.study.made import content, direction, preference, write
from ..scoring.prepared_sets import write_set
from ..scoring.sounds import panned


@pytest.fixture
def folder(tmp_path):
    targets = {clip: panned(seed, 6, 8000) for seed, clip in enumerate(("a", "b", "c"))}
    return write_set(tmp_path / "set", targets)


def test_builds_a_page(call, folder, tmp_path):
    (tmp_path / "directions.csv").write_text("clip_id,direction\na,left\nb,left\nelsewhere,right\n")
    done = call(
        *("study", "build", "--data", folder, "--listen", "mono-mono", "--listen", "other=swapped-ears"),
        *("--clips", 2, "--directions", tmp_path / "directions.csv", "--out", tmp_path / "study"),
    )
    assert done.status == 0
    assert "2 clips to compare, 2 to place, 6 lists" in done.out
    assert f"open {tmp_path / 'study' / 'index.html'}" in done.out
    assert len(list((tmp_path / "study" / "sounds").glob("*.js"))) == 6  # two clips, three versions


def test_without_directions_it_says_that_a_part_is_left_out(call, folder, tmp_path):
    methods = ("--listen", "mono-mono", "--listen", "swapped-ears")
    done = call("study", "build", "--data", folder, *methods, "--out", tmp_path / "study")
    assert done.status == 0
    assert "the question of directions is left out" in done.err
    again = call("study", "build", "--data", folder, *methods, "--out", tmp_path / "study")
    assert (again.status, again.message) == (
        1,
        f"{tmp_path / 'study'}: exists; choose another --out, or --overwrite to replace it.",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--listen", "=x"), "give NAME=FOLDER"),
        (("--listen", "target"), "is the recording itself and always there"),
        (("--listen", "mono-mono", "--listen", "mono-mono"), "this name is there twice"),
        (("--listen", "mono-mono"), "needs two methods"),
        (("--listen", "mono-mono", "--listen", "nothing"), "unknown model 'nothing'"),
        (("--listen", "mono-mono", "--listen", "x=no/such"), "no such folder"),
        (("--listen", "mono-mono", "--listen", "swapped-ears", "--clips", 0), "at least one clip is needed"),
        (("--listen", "mono-mono", "--listen", "swapped-ears", "--splits", 9), "split 9 of gao2019 is not on disk"),
    ],
)
def test_wrong_options_are_told_before_work_starts(call, folder, tmp_path, arguments, message):
    done = call("study", "build", "--data", folder, *arguments, "--part", "preference", "--out", tmp_path / "study")
    assert done.status == 2
    assert message in done.message
    assert not (tmp_path / "study").exists()


def test_analyses_files(call, tmp_path):
    given = [preference("ours", "mono", "a"), direction("target", "left", "left")]
    write(tmp_path / "1.json", content(1, given))
    write(tmp_path / "2.json", content(2, given, headphones="failed"))
    done = call("study", "analyse", tmp_path)
    assert done.status == 0
    assert "1 participants, 1 left out by the headphone check" in done.out
    assert "0 of 1, 0.0% (0.0% … 79.3%)" in " ".join(done.out.replace("│", " ").split())
    found = json.loads(call("study", "analyse", tmp_path / "1.json", tmp_path / "2.json", "--json").out)
    assert found["preferences"][0]["a_preferred"]["of"] == 1
    assert found["directions"][0]["counts"] == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert json.loads(call("study", "analyse", tmp_path, "--json", "--keep-failed").out)["participants"] == 2


def test_refuses_what_is_no_file_of_answers(call, tmp_path):
    (tmp_path / "1.json").write_text("{}")
    done = call("study", "analyse", tmp_path / "1.json")
    assert done.status == 1
    assert "schema: Field required" in done.message
