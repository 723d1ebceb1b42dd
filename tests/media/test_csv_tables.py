"""Tables as spreadsheets and editors write them, and what is said of those that cannot be read."""

import pytest

from fairplay_bench.errors import DatasetError
from fairplay_bench.media.csv_tables import csv_rows

NEEDED = ("clip_id", "instrument")
ROWS = [{"clip_id": "a", "instrument": "harp"}, {"clip_id": "b", "instrument": "bass"}]


@pytest.fixture
def read(tmp_path):
    """A function from the bytes of a file to its rows, with the lines they end in."""

    def rows(content):
        file = tmp_path / "t.csv"
        file.write_bytes(content)
        found = list(csv_rows(file, NEEDED))
        assert all(where.startswith(f"{file}, line ") for where, _ in found)
        return [(int(where.rpartition(" ")[2]), row) for where, row in found]

    return rows


@pytest.mark.parametrize(
    "content",
    [
        b"clip_id,instrument\na,harp\nb,bass\n",
        b"\xef\xbb\xbfclip_id,instrument\r\na,harp\r\nb,bass",
        b'"clip_id","instrument"\na,"harp"\nb,bass\n',
    ],
)
def test_what_editors_add_does_no_harm(read, content):
    assert read(content) == list(enumerate(ROWS, start=2))


def test_lines_are_those_of_the_file(read):
    found = read(b'instrument,note,clip_id\n\nharp,"two\nlines",a\nbass\n')
    assert found == [
        (4, {"clip_id": "a", "note": "two\nlines", "instrument": "harp"}),
        (5, {"clip_id": None, "note": None, "instrument": "bass"}),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"t\.csv: no column clip_id, instrument; give a CSV of clip_id,instrument in UTF-8\.$"),
        (b"clip_id,name\na,b\n", "no column instrument; give a CSV"),
        (b"clip_id;instrument\r\na;harp\r\n", "no column clip_id, instrument, since ';' parts its columns and not a c"),
        (b"clip_id\tinstrument\na\tharp\n", r"since '\\t' parts its columns"),
        ("clip_id,instrument\na,Flügel\n".encode("latin-1"), r"cannot be read \('utf-8' codec"),
        ("clip_id,instrument\na,harp\n".encode("utf-16"), r"cannot be read \('utf-8' codec"),
        (b"clip_id,instrument\na,\0\n" + b"x" * 200_000, "cannot be read"),
    ],
)
def test_tables_that_cannot_be_read_are_one_line(read, content, message):
    with pytest.raises(DatasetError, match=message) as refused:
        read(content)
    assert "\n" not in str(refused.value)


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(DatasetError, match=r"none\.csv: cannot be read .*No such file"):
        list(csv_rows(tmp_path / "none.csv", NEEDED))
