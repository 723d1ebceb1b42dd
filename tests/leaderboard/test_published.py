"""Published scores: every number of the protocols' tables, under the suite's own names."""

import re

import pytest

from fairplay_bench.datasets.spec import SPECS
from fairplay_bench.errors import ResultError
from fairplay_bench.models.registry import registered
from fairplay_bench.records import PROTOCOLS
from leaderboard.columns import column_of
from leaderboard.published import PUBLISHED_FILE, published_scores

GAO = "2.5D Visual Sound"
PRINTED = """
Ambisonics     | –            | .744 / .126 | 1.435 / .155 | 1.885 / .183
Audio-Only     | .966 / .141  | .590 / .114 | 1.065 / .131 | 1.553 / .167
Flipped-Visual | 1.145 / .149 | .658 / .123 | 1.095 / .132 | 1.590 / .165
Mono-Mono      | 1.155 / .153 | .774 / .136 | 1.369 / .153 | 1.853 / .184
Mono2Binaural  | .836 / .132  | .565 / .109 | 1.027 / .130 | 1.451 / .156
"""
SEPARATION = {
    "Mono": (2.57, 4.25, 10.12),
    "Mono-Mono": (2.43, 4.01, 10.15),
    "Predicted binaural": (3.01, 5.03, 10.24),
    "True binaural": (3.25, 5.32, 10.60),
}
DATA = ("fair-play", "rec-street", "yt-clean", "yt-music")


def rows_of(text):
    """(method, data set, stft, env) of a table as the papers print it."""
    for line in text.strip().splitlines():
        method, *cells = (cell.strip() for cell in line.strip("| ").split("|"))
        for dataset, cell in zip(DATA, cells, strict=True):
            if "/" in cell:
                yield method, dataset, *(float(number) for number in cell.split("/"))


def values(method, dataset, task="binaural"):
    """First-hand scores of a method in 2.5D Visual Sound, under the words of its own table."""
    return {
        score.metric: score.value
        for score in published_scores()
        if (score.name, score.dataset, score.task, score.publication.paper) == (method, dataset, task, GAO)
        and score.first_hand
    }


@pytest.mark.parametrize(("method", "dataset", "stft", "env"), list(rows_of(PRINTED)))
def test_table_one_of_the_paper(method, dataset, stft, env):
    assert values(method, dataset) == {"stft": stft, "env": env}


@pytest.mark.parametrize("method", SEPARATION)
def test_table_two_of_the_paper(method):
    assert tuple(values(method, "fair-play", "separation").values()) == SEPARATION[method]


def test_every_row_printed_in_the_protocols(shared):
    text = (shared / "protocols.md").read_text("utf-8").partition("## Published scores")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    found = list(rows_of("\n".join(lines[2:])))
    assert len(found) == 19
    for method, dataset, stft, env in found:
        assert values(method, dataset) == {"stft": stft, "env": env}
    separated = re.findall(
        r"([A-Za-z -]+?) (\d+\.\d+) / (\d+\.\d+) / (\d+\.\d+)", text.partition("SDR / SIR / SAR:")[2]
    )
    assert len(separated) == 4
    for name, *numbers in separated:
        assert tuple(
            values(name.strip().capitalize().replace("mono", "Mono"), "fair-play", "separation").values()
        ) == tuple(map(float, numbers))


def test_every_row_of_the_source_is_there(shared):
    import csv

    with (shared / "published.csv").open(encoding="utf-8", newline="") as file:
        wanted = sorted((float(row["value"]), row["year"], row["verified"] == "yes") for row in csv.DictReader(file))
    assert sorted((one.value, str(one.publication.year), one.first_hand) for one in published_scores()) == wanted


def test_names_are_the_suite_s_own():
    elsewhere = {"music-stereo", "youtube-asmr", "youtube-binaural"}
    methods = {score.publication.method for score in published_scores()}
    for score in published_scores():
        column = column_of(score.metric)
        assert column.least <= score.value <= column.most
        assert score.dataset in {*SPECS, *elsewhere}
        assert score.protocol in {*PROTOCOLS, ""}
        if score.dataset in SPECS and score.split_set:
            assert score.split_set in SPECS[score.dataset].split_sets
        assert re.fullmatch(r"[a-z0-9-]+", score.publication.method)
        assert score.publication.source
        assert score.publication.paper
    assert set(registered()) & {"mono-mono", "mono2binaural", "audio-only", "flipped-visual"} <= methods


def test_no_number_is_there_twice():
    keys = [
        (score.task, score.dataset, score.split_set, score.protocol, score.row, score.metric)
        for score in published_scores()
    ]
    assert len(keys) == len(set(keys)) == 321


def test_second_hand_is_told():
    second = {score.publication.source for score in published_scores() if not score.first_hand}
    assert all("Pan et al." in source for source in second)
    assert sum(not score.first_hand for score in published_scores()) == 48


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("0.966", "much", r"line 2: could not convert string to float: 'much'"),
        ("first", "third", r"line 2: hand is 'third', not first or second"),
        ("2019", "MMXIX", r"line 2: invalid literal for int"),
        ("task,", "job,", r"the columns must be task, dataset"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, old, new, reason):
    file = tmp_path / "published.csv"
    head, line = PUBLISHED_FILE.read_text("utf-8").splitlines()[:2]
    file.write_text(f"{head}\n{line}\n".replace(old, new, 1) if old in head else f"{head}\n{line.replace(old, new)}\n")
    with pytest.raises(ResultError, match=reason):
        published_scores(file)
