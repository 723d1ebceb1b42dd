"""From where instruments sound: read from a table, or from the truth of a made-up set."""

import pytest

from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.errors import DatasetError, OptionError
from leaderboard.study.directions import read_directions, true_directions


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_reads_a_table(tmp_path):
    path = write(tmp_path / "d.csv", "\ufeffclip_id,direction,note\na,left,x\nb,Center,\nc,RIGHT,\n")
    assert read_directions(path) == {"a": "left", "b": "centre", "c": "right"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clip_id,direction\na,up\n", "line 2: expected a clip and left, centre or right"),
        ("clip_id,direction\na,left\n,left\n", "line 3: expected a clip"),
        ("clip_id,direction\na,left\na,right\n", "line 3: a is there twice"),
        ("clip,side\na,left\n", "line 2: expected a clip"),
        ('clip_id,direction\na,"le', "cannot be read"),
        ("clip_id,direction\n", "no row in it; give a CSV of clip_id and direction"),
        ("", "no row in it; give a CSV"),
    ],
)
def test_refuses_what_tells_no_direction(tmp_path, text, message):
    with pytest.raises(OptionError, match=message):
        read_directions(write(tmp_path / "d.csv", text))


def test_refuses_a_missing_table(tmp_path):
    with pytest.raises(OptionError, match="cannot be read; give a CSV"):
        read_directions(tmp_path / "none.csv")


def test_the_truth_of_solos_in_one_third_of_the_picture(tmp_path):
    rows = [
        ("left-solo", 1, 20, 159),
        ("moves", 1, 150, 170),
        ("centre-solo", 1, 161, 300),
        ("right-solo", 1, 479, 321),
        ("duo", 0, 20, 20),
        ("duo", 0, 400, 400),
        ("out", 1, 480, 480),
    ]
    text = "clip_id,is_solo,start_x,end_x\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    write(tmp_path / "truth" / "sources.csv", text)
    found = true_directions(PreparedDataset(tmp_path, {}))
    assert found == {"left-solo": "left", "centre-solo": "centre", "right-solo": "right"}


def test_a_set_without_truth_has_no_directions(tmp_path):
    assert true_directions(PreparedDataset(tmp_path, {})) == {}


def test_a_damaged_truth_is_told(tmp_path):
    write(tmp_path / "truth" / "sources.csv", "clip_id,is_solo\na,1\n")
    with pytest.raises(DatasetError, match="not the truth of a made-up data set"):
        true_directions(PreparedDataset(tmp_path, {}))
