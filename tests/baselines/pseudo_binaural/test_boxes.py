"""Tables of boxes: read, and refused with their line."""

import pytest

from baselines.pseudo_binaural.boxes import Box, read_boxes, solo_box
from fairplay_bench.errors import DatasetError, OptionError

HEAD = "clip_id,frame,x,y,width,height,label\n"


@pytest.fixture
def table(tmp_path):
    def write(text):
        file = tmp_path / "boxes.csv"
        file.write_text(text, "utf-8")
        return file

    return write


def test_boxes_are_read_by_column_name(table):
    text = "clip_id,source,frame,x,y,width,height,label\n000001,0,3,10,20.5,30,40,harp\n"
    assert read_boxes(table(text)) == {"000001": [Box(3, 10.0, 20.5, 30.0, 40.0, "harp")]}


def test_the_solo_s_box_is_that_of_the_middle(table):
    boxes = [Box(frame, frame, 0, 10, 10, "") for frame in (1, 40, 52, 100)]
    assert solo_box(boxes, 100) == boxes[2]
    assert solo_box([*boxes, Box(1, 50, 0, 10, 10, "")], 100) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD.replace(",label", ""), "no column label; give a CSV of clip_id,frame"),
        (HEAD.replace("x,y", "left,top"), "no column x, y;"),
        ("", "no column clip_id"),
        (HEAD, "without a single box"),
        (
            HEAD + "1,1,10,10,20,20,a\n1,1,470,10,20,20,a\n",
            r"line 3: the box of clip 1 \(470, 10, 20 x 20\) does not lie",
        ),
        (HEAD + "1,1,-5,10,20,20,a\n", "line 2: the box of clip 1"),
        (HEAD + "1,1,5,230,20,20,a\n", "line 2: the box of clip 1"),
        (HEAD + "1,1,5,10,0,20,a\n", "line 2: the box of clip 1"),
        (HEAD + "1,1,nan,10,20,20,a\n", "line 2: the box of clip 1"),
        (HEAD + "1,0,5,10,20,20,a\n", "line 2: needs a clip_id and a frame counted from 1"),
        (HEAD + ",1,5,10,20,20,a\n", "line 2: needs a clip_id"),
        (HEAD + "1,one,5,10,20,20,a\n", "line 2: frame, x, y, width and height must be numbers"),
        (HEAD + "1,1,5\n", "line 2: frame, x, y, width and height must be numbers"),
    ],
)
def test_a_bad_table_is_one_line(table, text, message):
    with pytest.raises(DatasetError, match=message) as caught:
        read_boxes(table(text))
    assert "\n" not in str(caught.value)


def test_no_table_and_no_text(tmp_path):
    with pytest.raises(OptionError, match="no such file"):
        read_boxes(tmp_path / "boxes.csv")
    (tmp_path / "boxes.csv").write_bytes(b"\xff\xfe\x00\xff")
    with pytest.raises(DatasetError, match="cannot be read"):
        read_boxes(tmp_path / "boxes.csv")
