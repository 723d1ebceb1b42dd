"""The folder of a site: whole or not at all, nobody's files replaced, every link leads somewhere, pages small."""

import re

import pytest

from fairplay_bench.errors import OutputError, UnknownNameError
from fairplay_bench.scoring.metrics import DECLARED
from leaderboard.board import Board
from leaderboard.page.explained import EXPLAINED
from leaderboard.page.site import build_site

from .boards import made_board, made_result, made_table, measured_row, published_row


def links(page):
    return re.findall(r'(?:href|src)="([^"#]*)', page.read_text("utf-8"))


def test_every_link_leads_to_a_page_of_the_site(site):
    pages = list(site.rglob("*.html"))
    for page in pages:
        for link in links(page):
            if link and not link.startswith(("https:", "data:")):
                assert (page.parent / link).is_file(), (page, link)
    assert {page.parent.name for page in pages} >= {"methods", "tables", "mini-seeded-v1"}


def test_links_to_clips_lead_to_clips(site):
    places = set(re.findall(r'"folder": ?"([^"]+)"', (site / "listen.html").read_text("utf-8")))
    assert places == {"000000", "000001", "000002"}
    shown = {
        place
        for page in (site / "methods").iterdir()
        for place in re.findall(r"listen\.html#([\w-]+)", page.read_text())
    }
    assert shown
    assert shown <= places


def test_every_metric_is_explained():
    assert set(EXPLAINED) == set(DECLARED)


def test_a_named_pair_has_a_page_besides_each_with_the_best(site):
    names = {page.name for page in (site / "compare" / "mini-seeded-v1").iterdir()}
    assert names == {
        "plain-and-good.html",
        "more-0-and-good.html",
        "more-1-and-good.html",
        "target-and-good.html",
        "plain-and-more-1.html",
    }


def test_a_board_without_results_and_one_without_rows(tmp_path):
    page = build_site(Board(()), tmp_path / "a")
    assert "There is no result yet." in page.read_text("utf-8")
    build_site(Board((made_table(()),)), tmp_path / "b")


def test_the_same_name_measured_and_published_shares_a_page(tmp_path):
    row = measured_row(made_result("Same"), "same")
    out = tmp_path / "site"
    build_site(Board((made_table((row, published_row("Same", "printed", 0.5))),)), out)
    (page,) = (out / "methods").iterdir()
    text = page.read_text("utf-8")
    assert text.count("<section") == 2
    assert "Table 1" in text


def test_best_and_worst_clips_are_each_shown_once_with_their_splits(tmp_path):
    result = made_result("Mine")  # clips 000004 to 000007 are in both test sets
    scores = {"000000": 0.5, "000004": 0.1, "000011": 9.0}
    clips = [clip.model_copy(update={"scores": {"stft": scores.get(clip.clip_id, 1.0)}}) for clip in result.clips]
    row = measured_row(result.model_copy(update={"clips": clips}), "mine")
    build_site(Board((made_table((row,)),)), tmp_path / "site")
    (page,) = (tmp_path / "site" / "methods").iterdir()
    row_of_a_clip = r'<th scope="row"><bdi class="name">(\d+)</bdi></th><td>([\d, ]+)</td><td>([\d.]+)</td>'
    shown = re.findall(row_of_a_clip, page.read_text("utf-8"))
    assert shown[:2] == [("000004", "1, 2", "0.1"), ("000000", "1", "0.5")]
    assert shown[5] == ("000011", "2", "9")
    assert len({clip for clip, _, _ in shown}) == len(shown) == 10


def test_a_failed_clip_is_named(tmp_path):
    result = made_result("Broken")
    clips = [result.clips[0].model_copy(update={"scores": {}, "failed": "no <such> file"}), *result.clips[1:]]
    row = measured_row(result.model_copy(update={"clips": clips}), "broken")
    build_site(Board((made_table((row,)),)), tmp_path / "site")
    (page,) = (tmp_path / "site" / "methods").iterdir()
    text = page.read_text("utf-8")
    assert "1 of 16 clips failed" in text
    assert "no &lt;such&gt; file" in text
    assert "incomplete" in text


def test_takes_no_place_that_is_not_its_own(tmp_path):
    out = tmp_path / "site"
    build_site(made_board(), out)
    with pytest.raises(OutputError, match="exists; choose another --out, or --overwrite"):
        build_site(made_board(), out)
    (out / "stale.html").write_text("old")
    build_site(made_board(), out, overwrite=True)
    assert not (out / "stale.html").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file"):
        build_site(made_board(), tmp_path / "file")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_text("x")
    with pytest.raises(OutputError, match="holds something else than a site of this tool"):
        build_site(made_board(), tmp_path / "mine", overwrite=True)


def test_an_error_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("leaderboard.page.site.comparison_pages", lambda _pairs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_site(made_board(), tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_a_pair_must_be_there_together(tmp_path):
    with pytest.raises(UnknownNameError, match="unknown method to compare 'Nobody'"):
        build_site(made_board(), tmp_path / "site", named_pairs=[("Good", "Nobody")])
    alone = made_table([measured_row(made_result("Alone"), "alone")], "other")
    board = Board((*made_board().tables, alone))
    with pytest.raises(UnknownNameError, match="unknown method in a table with 'Good' 'Alone'"):
        build_site(board, tmp_path / "site", named_pairs=[("Good", "Alone")])
    assert list(tmp_path.iterdir()) == []
