"""The board: what stands side by side, in which order, and what is said about it."""

import pytest

from fairplay_bench.errors import ResultError
from fairplay_bench.records import ModelCard
from fairplay_bench.results.schema import DatasetRef
from leaderboard.build import board_of_entries, board_of_results
from leaderboard.compare import compare
from leaderboard.entries import Retraction, Verified
from leaderboard.output import text_of, write_board
from leaderboard.published import published_scores
from leaderboard.readme import with_tables

from .boards import CLIPS, entry_of, made


def entries(**better):
    return [entry_of(made(name, value, seed), name.lower()) for seed, (name, value) in enumerate(better.items())]


def table_of(board, key):
    (table,) = [table for table in board.tables if table.key == key]
    return table


def test_an_empty_board_shows_every_published_number():
    board = board_of_entries([])
    shown = [cell.mean for table in board.tables for row in table.rows for cell in row.cells.values()]
    beside = sum(
        note.endswith("are in published.csv.") and int(note.split()[0]) for t in board.tables for note in t.notes
    )
    assert len(shown) + beside == len(published_scores())
    assert all(row.kind == "published" and row.rank is None for table in board.tables for row in table.rows)
    assert len({table.key for table in board.tables}) == len(board.tables)
    for table in board.tables:
        assert len({row.key for row in table.rows}) == len(table.rows)


def test_published_rows_of_other_splits_are_parted():
    board = board_of_entries([])
    parted = [table for table in board.tables if (table.dataset, table.protocol) == ("fair-play", "xu2021")]
    splits = {table.key: table.splits for table in parted if table.split_set}
    assert splits == {"fair-play-xu2021-xu2021": (1, 2, 3, 4, 5), "fair-play-xu2021-xu2021-2": (1,)}
    (first, second) = (table.title for table in parted if table.split_set)
    assert second == f"{first}, split 1"


def test_first_hand_rows_alone_are_best():
    table = table_of(board_of_entries([]), "fair-play-gao2019-gao2019")
    assert [row.name for row in table.rows if row.cells["stft"].best] == ["Mono2Binaural"]
    assert table.rows[0].publication.first_hand is False  # better, but told by others
    assert table.oracle_level
    assert any(note.startswith("Oracle level") for note in table.notes)


def test_separation_has_a_table_of_its_own():
    table = table_of(board_of_entries([]), "fair-play-unstated-unstated-separation")
    assert [column.key for column in table.columns] == ["sdr", "sir", "sar"]
    assert [row.name for row in table.rows if row.cells["sdr"].best] == ["True binaural"]


def test_measured_rows_stand_before_published_ones():
    results = [made("Good", 1.0, 1, protocol="gao2019"), made("Bad", -1.0, 2, protocol="gao2019")]
    tests = dict.fromkeys(range(1, 11), CLIPS[:8])
    results += [made("All", 0.0, 3, tests=tests, protocol="gao2019")]
    board = board_of_entries([entry_of(result, result.card.name.lower()) for result in results])
    tables = [table for table in board.tables if table.key.startswith("fair-play-gao2019-gao2019")]
    assert [(table.splits, sum(row.kind == "published" for row in table.rows)) for table in tables] == [
        (tuple(range(1, 11)), 20),
        ((1, 2), 0),
    ]
    assert [row.name for row in tables[1].rows] == ["Good", "Bad"]
    assert tables[0].rows[0].name == "All"
    assert tables[0].rows[0].cells["stft"].best
    assert [row.rank for row in tables[0].rows] == [1] + [None] * 20


def test_published_rows_beside_loose_results_alone_where_they_fit():
    tests = dict.fromkeys(range(1, 6), CLIPS[:8])
    board = board_of_results([made("A", tests=tests, protocol="xu2021", split_set="xu2021")])
    (table,) = board.tables
    assert {row.kind for row in table.rows} == {"measured", "published"}
    assert table.rows[0].status == "local"
    assert not any("released weights" in row.name for row in table.rows)  # of split 1 alone
    (short,) = board_of_results([made("A", tests=tests, protocol="xu2021", split_set="xu2021", limit=8)]).tables
    assert len(short.rows) == 1


def test_ranks_and_intervals_are_those_of_the_comparison():
    board = board_of_entries(entries(A=3.0, B=3.0, C=0.0))
    table = table_of(board, "fair-play-gao2019-v1")
    rows = {row.name: row for row in table.rows}
    for column in table.columns:
        ranks = {name: row.cells[column.key].rank for name, row in rows.items()}
        for name, row in rows.items():
            others = [other for other in rows.values() if other.name != name]
            found = [compare(row.result, other.result, column.key) for other in others]
            if all(one.p < 0.01 or one.p > 0.06 for one in found):  # not on the edge that Holm moves
                assert ranks[name] == 1 + sum(one.better == "b" for one in found)
    cell = rows["A"].cells["stft"]
    summary = rows["A"].result.metrics["stft"]
    assert (cell.mean, cell.se, cell.n, cell.failed) == (summary.mean, summary.se, 16, 0)
    assert cell.high - cell.mean == pytest.approx(12.706 * cell.se, rel=1e-4)  # Student's t of two splits
    assert rows["A"].rank == rows["A"].cells["stft"].rank


def test_checks_and_failures_are_never_best_nor_ranked():
    results = [
        made("A", 0.0, 1),
        made("B", 9.0, 2, kind="check"),
        made("C", 9.0, 3, failed={(1, "000001")}),
        made("D", -1.0, 4),
    ]
    (table,) = board_of_results(results).tables
    assert [row.name for row in table.rows] == ["A", "D", "C", "B"]
    assert [row.kind for row in table.rows] == ["measured", "measured", "measured", "check"]
    assert [row.complete for row in table.rows] == [True, True, False, True]
    best = [[row.name for row in table.rows if row.cells[column.key].best] for column in table.columns]
    assert all(names in (["A"], ["D"]) for names in best)
    assert [row.rank is None for row in table.rows] == [False, False, True, True]
    assert table.rows[2].cells["stft"].failed == 1
    assert table.rows[2].cells["stft"].low is not None
    assert "C: 1 of 16 clips failed; it is not ranked." in table.notes
    (without,) = board_of_results([results[0], results[3]]).tables
    assert table.rows[0].cells == without.rows[0].cells  # the clip that C failed on counts for the others


@pytest.mark.parametrize(
    "other",
    [
        {"protocol": "xu2021"},
        {"split_set": "xu2021"},
        {"tests": {1: CLIPS[:8]}},
        {"limit": 8},
        {"dataset": DatasetRef(name="fair-play", version="2019.1", index_sha256="3" * 64)},
    ],
)
def test_what_cannot_be_compared_is_in_another_table(other):
    board = board_of_results([made("A"), made("B", **other)])
    assert [[row.name for row in table.rows if row.kind != "published"] for table in board.tables] in (
        [["A"], ["B"]],
        [["B"], ["A"]],
    )
    assert len({table.key for table in board.tables}) == 2


def test_older_versions_of_a_metric_keep_their_own_table(monkeypatch):
    from dataclasses import replace

    from fairplay_bench.scoring.metrics import DECLARED

    old = made("Old")
    monkeypatch.setitem(DECLARED, "stft", replace(DECLARED["stft"], version=2))
    board = board_of_entries([entry_of(old, "old"), entry_of(made("New"), "new")])
    tables = [table for table in board.tables if table.key.startswith("fair-play-gao2019-v1")]
    assert sorted((table.rows[0].name, table.outdated) for table in tables) == [("New", False), ("Old", True)]
    assert any("later version by now" in note for table in tables if table.outdated for note in table.notes)


def test_what_was_verified_or_taken_back():
    mark = Verified(by="m", when="2026-02-01", tool="0.1.0", clips=16, largest_difference=0.0)
    gone = [Retraction(by="x", when=f"2026-0{month}-01T00:00:00+00:00", reason="wrong") for month in (3, 4)]
    board = board_of_entries(
        [
            entry_of(made("A"), "a", verified=mark),
            entry_of(made("B", seed=1), "b"),
            entry_of(made("C", seed=2), "c", retracted=gone[0]),
            entry_of(made("D", seed=3), "d", verified=mark, retracted=gone[1]),
        ]
    )
    rows = table_of(board, "fair-play-gao2019-v1").rows
    assert {row.name: row.status for row in rows} == {"A": "verified", "B": "claimed"}
    assert {row.name: row.verification and row.verification.by for row in rows} == {"A": "m", "B": None}
    assert [(one.key, one.reason) for one in board.retracted] == [("d", "wrong"), ("c", "wrong")]
    assert "## Taken back\n\n- D (d), 2026-04-01T00:00:00+00:00, by x: wrong\n" in text_of(board, "markdown")


def test_no_results_make_no_board():
    with pytest.raises(ResultError, match=r"^no results to tabulate; run `fairplay-bench eval` first\.$"):
        board_of_results([])


def test_files_of_every_format(tmp_path):
    board = board_of_entries(entries(A=1.0, B=0.0))
    for form, suffix in (("csv", ".csv"), ("latex", ".tex")):
        files = write_board(board, form, tmp_path / form, overwrite=False)
        assert {f"{table.key}{suffix}" for table in board.tables} <= {file.name for file in files}
    (file,) = write_board(board, "markdown", tmp_path / "m.md", overwrite=False)
    assert file.read_text("utf-8") == text_of(board, "markdown")


def test_tables_in_documents():
    board = board_of_results([made("A")])
    document = "# Title\n\n<!-- leaderboard: fair-play-gao2019-v1 -->\nold\n<!-- /leaderboard -->\n\nEnd\n"
    new = with_tables(document, board)
    assert new.startswith(
        "# Title\n\n<!-- leaderboard: fair-play-gao2019-v1 -->\n\n### fair-play: split set gao2019, protocol v1"
    )
    assert new.endswith("<!-- /leaderboard -->\n\nEnd\n")
    assert "old" not in new
    assert with_tables(new, board) == new
    with pytest.raises(Exception, match="unknown table 'fair-play-gao2019-v1'"):
        with_tables(document, board_of_results([made("A", protocol="xu2021")]))
    with pytest.raises(Exception, match="no `<!-- leaderboard: KEY -->`"):
        with_tables("nothing", board)


def test_two_results_of_one_name_are_two_rows():
    (table,) = board_of_results(
        [made("A", card=ModelCard(name="Ω")), made("A", 1.0, 1, card=ModelCard(name="Ω"))]
    ).tables
    assert {row.key for row in table.rows} == {"method-fair-play-v1", "method-fair-play-v1-2"}


def test_a_probable_misprint_is_shown_but_not_best():
    table = table_of(board_of_entries([]), "music-stereo-unstated-xu2021")
    (row,) = [row for row in table.rows if row.cells["phase"].mean == 0.574]
    assert not row.cells["phase"].best
    assert "doubtful: printed so, probably 1.574 is meant" in row.publication.note
    assert min(other.cells["phase"].mean for other in table.rows if other.cells["phase"].best) == 1.539


def test_what_a_result_says_of_how_it_was_made_is_printed():
    (table,) = board_of_results([made("A", notes=("condition: mono",)), made("B", seed=1)]).tables
    assert "A: condition: mono." in table.notes
