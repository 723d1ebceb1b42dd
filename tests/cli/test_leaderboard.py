"""leaderboard: what its commands print, write and refuse."""

import csv
import json

import pytest

from leaderboard.entries import read_entry

from ..leaderboard.boards import content_of, entry_of, made, write_board


@pytest.fixture
def board(tmp_path):
    """A board of two methods."""
    return write_board(tmp_path / "board", entry_of(made("A", 6.0, 1), "a"), entry_of(made("B", 0.0, 2), "b"))


@pytest.fixture
def file(tmp_path):
    """A result file."""
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(content_of(made("Mine", 3.0, 3))))
    return path


def leaderboard(call, board, command, *arguments):
    return call("leaderboard", command, *arguments, "--board", board)


def test_add_check_and_build(call, board, file, tmp_path):
    done = leaderboard(call, board, "add", file, "--by", "me")
    entry = board / "entries" / "mine-fair-play-v1.json"
    assert (done.status, done.out) == (0, f"added as mine-fair-play-v1: {entry}\n")
    assert read_entry(entry).claimed.by == "me"
    assert leaderboard(call, board, "check").status == 0
    built = leaderboard(call, board, "build", "--table", "fair-play-gao2019-v1")
    assert built.status == 0
    assert [line.split("|")[2].strip() for line in built.out.splitlines() if "| claimed |" in line] == [
        "A",
        "Mine",
        "B",
    ]
    leaderboard(call, board, "build", "--format", "csv", "--out", tmp_path / "csv")
    with (tmp_path / "csv" / "fair-play-gao2019-v1.csv").open(encoding="utf-8", newline="") as opened:
        assert [row["method"] for row in csv.DictReader(opened)] == ["A", "Mine", "B"]
    leaderboard(call, board, "build", "--format", "latex", "--out", tmp_path / "all.tex")
    assert (tmp_path / "all.tex").read_text("utf-8").count(r"\begin{tabular}") > 5


def test_add_refuses_in_one_line(call, board, file):
    content = json.loads(file.read_text())
    content["metrics"]["stft"]["mean"] *= 1.01
    file.write_text(json.dumps(content))
    done = leaderboard(call, board, "add", file)
    assert done.status == 1
    assert done.message.startswith(f"{file}: stft: the mean is stated as ")
    assert len(list((board / "entries").iterdir())) == 2


@pytest.mark.parametrize("name", ["missing.json", "nowhere/at-all.json"])
def test_a_file_that_is_not_there(call, board, name, tmp_path):
    done = leaderboard(call, board, "add", tmp_path / name)
    assert done.status == 1
    assert "cannot be read (No such file or directory)" in done.message


def test_check_lists_every_fault(call, board, file):
    content = json.loads(file.read_text())
    content["limit"] = 2
    content["card"]["trained_on"][0]["subsets"] = ["test"]
    file.write_text(json.dumps(content))
    done = leaderboard(call, board, "check", file)
    assert done.status == 1
    assert done.out.count("FAULT") == 2
    assert "only 2 clips of each split were asked for" in done.out
    assert "has the test clips of split 1" in done.out
    assert leaderboard(call, board, "check", "a").out.count("  ok    ") == 7
    done = leaderboard(call, board, "check", "c")
    assert done.status == 2
    assert done.message.startswith("unknown entry 'c'.")


def test_check_of_an_entry_that_was_tampered_with(call, board):
    path = board / "entries" / "a.json"
    content = json.loads(path.read_text())
    content["result"]["clips"][0]["scores"]["env"] *= 0.9
    path.write_text(json.dumps(content))
    for wanted in ("a", str(path)):
        done = leaderboard(call, board, "check", wanted)
        assert done.status == 1
        assert "env: the mean is stated as" in done.out


def test_check_of_a_board_without_entries(call, tmp_path):
    done = leaderboard(call, write_board(tmp_path / "empty"), "check")
    assert (done.status, done.out) == (0, "")
    assert done.err == f"{tmp_path / 'empty' / 'entries'}: no entries to check.\n"


def test_submit_walks_through(call, board, file, tmp_path):
    out = tmp_path / "pr.md"
    done = leaderboard(call, board, "submit", file, "--out", out, "--by", "me")
    assert done.status == 0
    assert done.out.count("  ok    ") == 7
    assert f"2. The entry is {board / 'entries' / 'mine-fair-play-v1.json'}" in done.out
    assert "Adds `leaderboard/entries/mine-fair-play-v1.json`." in out.read_text("utf-8")
    again = leaderboard(call, board, "submit", file, "--out", out)
    assert again.status == 1
    assert again.message.endswith("exists; choose another --out, or --overwrite to replace it.")
    twice = leaderboard(call, board, "submit", file, "--out", tmp_path / "2.md")
    assert twice.status == 1
    assert "FAULT no entry of this method is there already" in twice.out
    assert "Nothing was written." in twice.err
    assert not (tmp_path / "2.md").exists()


def test_retract(call, board):
    done = leaderboard(call, board, "retract", "A", "--reason", "a bug", "--by", "me")
    assert (done.status, done.out) == (0, "a: taken back.\n")
    text = leaderboard(call, board, "build").out
    assert "| A | claimed |" not in text
    assert "## Taken back\n\n- A (a), " in text
    assert call("leaderboard", "retract", "A").status == 2


def test_compare(call, board, file):
    done = leaderboard(call, board, "compare", "A", file, "--metric", "stft")
    assert done.status == 0
    assert "A: A   B: Mine" in done.out
    assert "stft" in done.out
    assert "This is about these trained models" in done.out
    told = json.loads(leaderboard(call, board, "compare", "a", "b", file, "--json").out)
    assert {(one["a"], one["b"]) for one in told["comparisons"]} == {("A", "B"), ("A", "Mine"), ("B", "Mine")}
    assert len(told["comparisons"]) == 27
    assert all(one["p_holm"] >= one["p"] for one in told["comparisons"])


def test_compare_refuses(call, board, tmp_path):
    assert leaderboard(call, board, "compare", "A").message == "compare: give two methods at least."
    done = leaderboard(call, board, "compare", "A", "Bee")
    assert (done.status, done.message) == (2, "unknown entry 'Bee'. Known: a, b.")
    done = leaderboard(call, board, "compare", "A", tmp_path / "gone.json")
    assert done.status == 1
    assert "cannot be read" in done.message
    done = leaderboard(call, board, "compare", "A", "B", "--metric", "mag")
    assert done.status == 1
    assert done.message.startswith("mag: not in both results")
    done = leaderboard(call, board, "compare", "A", "B", "--metric", "stfd")
    assert done.status == 2
    assert done.message.startswith("unknown metric 'stfd'. Did you mean 'stft'? Known: ")


def test_build_of_loose_results(call, file, tmp_path):
    done = call("leaderboard", "build", "--results", file)
    assert "| Mine | **" in done.out
    folder = tmp_path / "results"
    folder.mkdir()
    done = call("leaderboard", "build", "--results", folder)
    assert (done.status, done.message.endswith("no *.json in that folder; run `fairplay-bench eval` first.")) == (
        2,
        True,
    )


def test_build_refuses_before_it_writes(call, board, tmp_path):
    done = leaderboard(call, board, "build", "--format", "latexx")
    assert done.message.startswith("unknown format 'latexx'. Did you mean 'latex'?")
    done = leaderboard(call, board, "build", "--table", "fair-play-gao2019-v2")
    assert done.status == 2
    assert "Did you mean 'fair-play-gao2019-v1'?" in done.message
    done = leaderboard(call, board, "build", "--format", "csv", "--out", tmp_path / "all.csv")
    assert done.status == 2
    assert "do not go into one CSV" in done.message
    done = call("leaderboard", "build", "--board", tmp_path / "nowhere")
    assert (done.status, "no such folder; give a folder that holds entries/" in done.message) == (2, True)


def test_renewing_a_document(call, board, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- leaderboard: fair-play-gao2019-v1 -->\n<!-- /leaderboard -->\n")
    assert "made anew" in leaderboard(call, board, "build", "--renew", page).err
    assert "| A | claimed |" in page.read_text("utf-8")
    assert "is up to date" in leaderboard(call, board, "build", "--renew", page).err
    page.write_text("nothing")
    assert "put them around a table" in leaderboard(call, board, "build", "--renew", page).message


def test_predictions_need_an_entry_and_data(call, board, tmp_path):
    done = leaderboard(call, board, "check", "a", "--predictions", tmp_path)
    assert (done.status, done.message) == (2, "--predictions: give the prepared data set with --data too.")


def test_verifying(call, prepared, tmp_path):
    sounds = tmp_path / "sounds"
    result = tmp_path / "r.json"
    plan = ("--data", prepared, "--protocol", "gao2019", "--splits", "1", "--jobs", "1")
    assert call("eval", "--model", "mono-mono", *plan, "--save-predictions", sounds, "--out", result).status == 0
    board = write_board(tmp_path / "board")
    leaderboard(call, board, "add", result, "--data", prepared)
    key = "mono-mono-fair-play-gao2019"
    verify = ("check", key, "--predictions", sounds, "--data", prepared, "--jobs", "1", "--by", "me")
    done = leaderboard(call, board, *verify)
    assert done.status == 0
    assert done.out.startswith(f"{key}: verified; 1 clips, largest relative difference ")
    assert read_entry(board / "entries" / f"{key}.json").status == "verified"
    for sound in sounds.glob("*.wav"):
        sound.unlink()
    done = leaderboard(call, board, *verify)
    assert done.status == 1
    assert "no such prediction" in done.out
