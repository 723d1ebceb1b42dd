"""Files of answers: read, or refused with the reason."""

import pytest

from fairplay_bench.errors import ResultError
from leaderboard.study.answers import read_answers

from .made import content, direction, preference, write


def test_reads_files_and_folders(tmp_path):
    (tmp_path / "more").mkdir()
    one = write(tmp_path / "one.json", content(1, [preference("x", "y", "a"), direction("x", "left", "right")]))
    write(tmp_path / "more" / "two.json", content(2, finished=None, headphones=None))
    first, second = read_answers([one, tmp_path / "more"])
    assert [answer.kind for answer in first.answers] == ["preference", "direction"]
    assert first.answers[0].a == "x"
    assert second.finished is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, r"schema 2 is later than this version knows \(1\); update the tool"),
        ({"schema": 0}, "schema: Input should be 1"),
        ({"study": "x"}, "study: String should match pattern"),
        ({"participant": "me"}, "participant: String should match"),
        ({"extra": 1}, "extra: Extra inputs are not permitted"),
        ({"answers": [preference("x", "y", "c") | {"place": 1}]}, "chosen"),
        ({"answers": [direction("x", "left", "up") | {"place": 1}]}, "chosen"),
        ({"answers": [direction("x", "left", "left")]}, "place: Field required"),
        ({"answers": [{"kind": "other"}]}, "answers.0: Input tag 'other'"),
        ({"answers": [preference("x", "y", "a") | {"place": place} for place in (1, 2)]}, "p0 is answered twice"),
    ],
)
def test_refuses_what_does_not_hold_together(tmp_path, change, message):
    with pytest.raises(ResultError, match=message):
        read_answers([write(tmp_path / "one.json", content() | change)])


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\xff", "[1]"])
def test_refuses_what_is_no_file_of_answers(tmp_path, text):
    path = tmp_path / "one.json"
    path.write_text(text, "latin-1")
    with pytest.raises(ResultError, match=r"one\.json: "):
        read_answers([path])


def test_refuses_a_missing_file_and_an_empty_folder(tmp_path):
    with pytest.raises(ResultError, match="No such file"):
        read_answers([tmp_path / "none.json"])
    with pytest.raises(ResultError, match="no file of answers"):
        read_answers([tmp_path])


def test_refuses_two_studies_together_and_one_participant_twice(tmp_path):
    one = write(tmp_path / "1.json", content(1))
    with pytest.raises(ResultError, match="another study"):
        read_answers([one, write(tmp_path / "2.json", content(2, study="f" * 16))])
    with pytest.raises(ResultError, match="same participant"):
        read_answers([one, write(tmp_path / "3.json", content(1))])
