"""One table a data set and protocol: the best bold, checks marked, strangers' names harmless."""

import re

import pytest

from fairplay_bench.errors import ResultError, UnknownNameError
from fairplay_bench.records import ModelCard
from fairplay_bench.results.schema import ClipScores, DatasetRef, MetricSummary, Result, SplitSummary
from leaderboard.build import board_of_entries
from leaderboard.markdown import markdown_board, markdown_table

from .boards import entry_of, made


def result(name="Mine", stft=1.0, snr=5.0, kind="method", failed=0, versions=1, **fields):
    def metric(value, unit):
        split = SplitSummary(mean=value, se=0.01, n=3 - failed, failed=failed)
        return MetricSummary(version=versions, unit=unit, mean=value, se=0.0123, splits={"1": split})

    clips = [
        ClipScores(split=1, clip_id=c, video_id=c, scores={}, failed="missing" if n < failed else None)
        for n, c in enumerate("abc")
    ]
    plain = {
        "tool": "0.1.0",
        "created": "2026-01-01T00:00:00+00:00",
        "dataset": DatasetRef(name="fair-play", version="2019.1", index_sha256="0" * 64),
        "split_set": "gao2019",
        "splits": [1],
        "protocol": "xu2021",
        "task": "binaural",
        "card": ModelCard(name=name, kind=kind),
        "environment": {},
        "metrics": {"stft": metric(stft, ""), "snr": metric(snr, "dB")},
        "clips": clips,
    }
    return Result(**(plain | fields))


def rows(text):
    """Cells of the table's rows, split where Markdown splits them."""
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines() if "|" in line]


def test_the_table():
    table = markdown_table([result("A", 0.9, 4.0), result("B", 0.8512345, 5.0), result("C", 1.2, 6.0)])
    lines = table.splitlines()
    assert lines[0] == "## fair-play: split set gao2019, protocol xu2021"
    assert lines[2:7] == [
        "| method | stft ↓ | snr (dB) ↑ |",
        "|---|---:|---:|",
        "| B | **0.8512** ± 0.012 | 5 ± 0.012 |",
        "| A | 0.9 ± 0.012 | 4 ± 0.012 |",
        "| C | 1.2 ± 0.012 | **6** ± 0.012 |",
    ]
    assert table.endswith("\n")
    assert "Mean over 1 split(s) ± standard error" in table
    assert "Index 000000000000." in table


def test_equal_means_are_both_best():
    (_, _, one, other) = rows(markdown_table([result("A"), result("B")]))
    assert one[1:] == other[1:] == ["**1** ± 0.012", "**5** ± 0.012"]


def test_checks_are_marked_and_never_best():
    (_, _, method, check) = rows(markdown_table([result("target", 0.0, 50.0, kind="check"), result("A")]))
    assert check == ["*target* (check)", "0 ± 0.012", "50 ± 0.012"]
    assert method == ["A", "**1** ± 0.012", "**5** ± 0.012"]
    assert "test the harness and are no methods" in markdown_table([result(kind="check")])


def test_a_method_that_failed_on_clips_is_marked_and_never_best():
    table = markdown_table([result("A", 0.1, failed=1), result("B")])
    (_, _, method, failed) = rows(table)
    assert failed[:2] == ["A (incomplete)", "0.1 ± 0.012"]
    assert method[1] == "**1** ± 0.012"
    assert "- A: 1 of 3 clips failed; it is not ranked." in table


def test_what_has_no_mean_or_error():
    def metric(mean):
        return {"stft": MetricSummary(version=1, unit="", mean=mean, se=None, splits={})}

    (_, _, some, none) = rows(markdown_table([result("A", metrics=metric(None)), result("B", metrics=metric(2.0))]))
    assert (none[1], some[1]) == ("–", "**2**")


@pytest.mark.parametrize(
    "other",
    [
        {"protocol": "v1"},
        {"split_set": "xu2021"},
        {"splits": [1, 2]},
        {"limit": 5},
        {"task": "ambisonics"},
        {"dataset": DatasetRef(name="fair-play", version="2019.1", index_sha256="1" * 64)},
        {"versions": 2},
    ],
)
def test_what_cannot_be_compared_is_not_mixed(other):
    with pytest.raises(
        ResultError, match=r"^results of different data, splits, protocols or versions of a metric do not"
    ):
        markdown_table([result("A"), result("B", **other)])


def test_nothing_to_show():
    with pytest.raises(ResultError, match=r"^no results to tabulate; run `fairplay-bench eval` first\.$"):
        markdown_table([])


def test_what_this_version_does_not_know():
    with pytest.raises(UnknownNameError, match="unknown protocol 'v9'"):
        markdown_table([result(protocol="v9")])
    metrics = {"beauty": MetricSummary(version=1, unit="", mean=1.0, se=None, splits={})}
    with pytest.raises(UnknownNameError, match="unknown metric 'beauty'"):
        markdown_table([result(metrics=metrics)])


def test_the_oracle_level_is_marked():
    assert "Oracle level" in markdown_table([result(protocol="gao2019")])
    assert "Oracle level" not in markdown_table([result(protocol="xu2021")])


def test_a_limit_is_told():
    assert "Only 5 clips of each split were asked for." in markdown_table([result(limit=5)])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a|b", "a&#124;b"),
        ("a\\|b", r"a\\&#124;b"),
        ("two\nlines\r\n| x |", "two lines &#124; x &#124;"),
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("![x](https://tracker.example/p.png)", r"\!\[x\](https://tracker.example/p.png)"),
        ("[win](javascript:alert(1))", r"\[win\](javascript:alert(1))"),
        ("**best**", r"\*\*best\*\*"),
        ("`code`", r"\`code\`"),
        ("my_method_2", r"my\_method\_2"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("\x1b[31mred\x00\u202egnp.exe\u2028x", r"\[31mredgnp.exe x"),
        ("  plain  name  ", "plain name"),
        ("predictions:~/mine", r"predictions:\~/mine"),
    ],
)
@pytest.mark.parametrize("kind", ["method", "check"])
def test_names_of_strangers_are_harmless(name, shown, kind):
    table = markdown_table([result(name, kind=kind, failed=1), result("other")])
    (_, _, _, hostile) = rows(table)
    assert hostile[0] == (f"*{shown}* (check)" if kind == "check" else shown) + " (incomplete)"
    assert len(hostile) == 3
    assert f"\n- {shown}: 1 of 3 clips failed; it is not ranked.\n" in table


def test_names_of_data_sets_are_harmless():
    hostile = DatasetRef(name="x\n\n# <b>", version="1", index_sha256="0" * 64)
    table = markdown_table([result(dataset=hostile, split_set="a|b\nc")])
    assert table.splitlines()[0] == r"## x # \<b\>: split set a&#124;b c, protocol xu2021"


def test_ranks_and_origins_are_shown_where_there_are_any():
    board = board_of_entries([entry_of(made("A", 6.0, 1), "a"), entry_of(made("B", 0.0, 2), "b")])
    text = markdown_board(board)
    table = text.partition("## fair-play: split set gao2019, protocol v1\n")[2]
    heads, rule, first, second = (line.split("|")[1:4] for line in table.splitlines()[1:5])
    assert [head.strip() for head in heads] == ["rank", "method", "from"]
    assert rule == ["---:", "---", "---"]
    assert [cell.strip() for cell in first[1:]] == ["A", "claimed"]
    assert [cell.strip() for cell in second[1:]] == ["B", "claimed"]
    published = text.partition("## fair-play: split set gao2019, protocol gao2019\n")[2]
    assert "| *Mono2Binaural* | CVPR 2019 | **0.836** | **0.132** |" in published
    assert "| *CLUP* | CVPR 2024 † | 0.787 | 0.128 |" in published
    assert "| *Mono2Binaural (re-run)* | AAAI 2021 | 0.909 | 0.140 |" in published  # every digit printed
    assert "- † second-hand: " in published
