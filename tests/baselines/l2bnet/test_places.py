"""Where sources are seen: tables of boxes, which of them sound, and what is refused."""

import pytest

from baselines.l2bnet.maps import place_of_box
from baselines.l2bnet.places import SeenPlaces, places_of
from baselines.pseudo_binaural.boxes import Box, read_boxes
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import DatasetError, OptionError


def box(frame, x, sounding=True):
    return Box(frame, x, 80.0, 60.0, 140.0, "violin", sounding=sounding)


def place(x):
    return place_of_box(x, 80, 60, 140)


def test_the_nearest_frame_of_the_table_is_taken():
    places = SeenPlaces({"a": [box(1, 10), box(6, 100), box(6, 300)]})
    assert list(places.at("a", 3)) == [place(10)]
    assert list(places.at("a", 5)) == [place(100), place(300)]
    wanted = places.wanted("a", 5 * 1600)  # half a second in: the middle is 0.815 s, frame 9
    assert wanted[:, :64].sum() == pytest.approx(0.5, abs=0.01)
    assert places.wanted("a", 0)[:, :64].sum() == pytest.approx(0.5, abs=0.01)  # 0.315 s: frame 4, nearer to 6


def test_only_what_sounds_is_wanted():
    places = SeenPlaces({"a": [box(1, 10), box(1, 300, sounding=False)], "b": [box(1, 10, sounding=False)]})
    assert list(places.at("a", 1)) == [place(10)]
    assert places.known(["b", "a", "c"]) == ["a"]
    resting = SeenPlaces({"a": [box(1, 10), box(9, 10, sounding=False)]})
    assert resting.wanted("a", 8 * 1600).sum() == 0


def test_a_column_says_what_sounds(tmp_path):
    file = tmp_path / "boxes.csv"
    head = "clip_id,frame,x,y,width,height,label,sounding\n"
    file.write_text(head + "a,1,10,80,60,140,violin,1\na,1,200,80,60,140,listener,0\nb,1,10,80,60,140,violin,\n")
    boxes = read_boxes(file)
    assert [one.sounding for one in (*boxes["a"], *boxes["b"])] == [True, False, True]
    file.write_text(head + "a,1,10,80,60,140,violin,yes\n")
    with pytest.raises(DatasetError, match="line 2: sounding is 'yes'; give 1 or 0"):
        read_boxes(file)


def test_what_cannot_be_used_is_refused(prepared, tmp_path):
    data = open_prepared(prepared)
    with pytest.raises(OptionError, match=r"boxes\.csv: missing; fair-play does not say .* give --boxes .* correspond"):
        places_of(data, None)
    file = tmp_path / "boxes.csv"
    head = "clip_id,frame,x,y,width,height,label,sounding\n"
    file.write_text(head + "000001,1,10,80,60,140,violin,0\n")
    with pytest.raises(DatasetError, match="no box of a sounding source in it"):
        places_of(data, file)
    file.write_text(head + "999999,1,10,80,60,140,violin,1\n")
    with pytest.raises(DatasetError, match="no box of a clip of this data set"):
        places_of(data, file)


def test_the_data_sets_own_table_is_taken(prepared):
    own = prepared / "truth" / "boxes.csv"
    own.parent.mkdir()
    own.write_text("clip_id,frame,x,y,width,height,label\n000001,1,10,80,60,140,violin\n")
    assert places_of(open_prepared(prepared), None).known(["000002", "000001"]) == ["000001"]
