"""Counting answers: shares with Wilson's interval, confusion matrices, who is left out."""

import pytest
import scipy.stats

from leaderboard.study.analyse import analyse, wilson
from leaderboard.study.answers import Answers

from .made import content, direction, preference


def participants(*contents):
    return [Answers.model_validate(one) for one in contents]


@pytest.mark.parametrize(("count", "of"), [(0, 1), (1, 1), (0, 10), (7, 10), (10, 10), (530, 1000)])
def test_wilson_agrees_with_another_implementation(count, of):
    share = wilson(count, of)
    known = scipy.stats.binomtest(count, of).proportion_ci(method="wilson")
    assert (share.low, share.high) == (pytest.approx(known.low, abs=1e-12), pytest.approx(known.high, abs=1e-12))
    assert share.share == count / of


def test_wilson_covers_the_truth_about_as_often_as_it_says():
    """Over all outcomes of 40 answers at a true share of 0.3, weighted by how likely they are."""
    chances = scipy.stats.binom(40, 0.3)
    covered = sum(chances.pmf(k) for k in range(41) if wilson(k, 40).low <= 0.3 <= wilson(k, 40).high)
    assert covered == pytest.approx(0.95, abs=0.03)


def test_without_answers_there_is_no_share():
    assert wilson(0, 0).share is None


def test_preferences_whatever_the_side():
    given = [preference("x", "y", "a", 1), preference("y", "x", "b", 2), preference("y", "x", "a", 3)]
    analysis = analyse(participants(content(1, given), content(2, [preference("x", "z", "b", 4)])))
    pair = {(row.a, row.b): row for row in analysis.preferences}
    assert (pair["x", "y"].a_preferred.count, pair["x", "y"].a_preferred.of) == (2, 3)
    assert pair["x", "y"].p == pytest.approx(scipy.stats.binomtest(2, 3).pvalue)
    assert pair["x", "y"].participants == 1
    assert (pair["x", "z"].a_preferred.count, pair["x", "z"].a_preferred.of) == (0, 1)
    assert {name: (share.count, share.of) for name, share in analysis.overall.items()} == {
        "z": (1, 1),
        "x": (2, 4),
        "y": (1, 3),
    }
    assert (analysis.first_side.count, analysis.first_side.of) == (2, 4)


def test_confusion_has_truth_in_rows_and_what_was_heard_in_columns():
    given = [
        direction("target", "left", "left", 1),
        direction("target", "left", "right", 2),
        direction("mono", "right", "centre", 3),
        direction("target", "centre", "centre", 4),
    ]
    first, second = analyse(participants(content(1, given))).directions
    assert (first.version, second.version) == ("target", "mono")
    assert first.counts == ((1, 0, 1), (0, 1, 0), (0, 0, 0))
    assert (first.right.count, first.right.of) == (2, 3)
    assert second.counts == ((0, 0, 0), (0, 0, 0), (0, 1, 0))


def test_who_fails_the_headphone_check_is_left_out_and_named():
    given = [preference("x", "y", "a")]
    people = participants(
        content(1, given), content(2, given, headphones="failed"), content(3, given, headphones=None, finished=None)
    )
    analysis = analyse(people)
    assert analysis.participants == 1
    assert analysis.excluded == (f"{2:032x}", f"{3:032x}")
    kept = analyse(people, keep_failed=True)
    assert (kept.participants, kept.excluded, kept.unfinished) == (3, (), 1)
    assert kept.preferences[0].a_preferred.of == 3
    assert "2 participants are counted although" in kept.notes[-1]


def test_a_study_without_a_headphone_check_counts_everybody():
    people = participants(content(1, headphones=None), content(2, headphones=None))
    assert (analyse(people).participants, analyse(people).excluded) == (2, ())
