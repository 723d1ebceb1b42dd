"""What the answers say: shares of preference with Wilson's interval, and where instruments were heard."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leaderboard.study.answers import Answers, DirectionAnswer, PreferenceAnswer
from leaderboard.study.directions import DIRECTIONS, Direction

Z_95 = 1.959963984540054  # standard normal quantile of 0.975


@dataclass(frozen=True, slots=True)
class Share:
    """A share of answers.

    Attributes:
        count: answers of that kind.
        of: all answers.
        share: ``count / of``; None for no answer.
        low: lower end of Wilson's 95 % interval; None for no answer.
        high: upper end of it; None for no answer.
    """

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Preference:
    """Two methods.

    Attributes:
        a: the first.
        b: the second.
        a_preferred: share of answers that found ``a`` more like the reference.
        p: of a fair coin giving a share as far from one half, exact binomial, two-sided; None for no answer.
        participants: how many answered.
    """

    a: str
    b: str
    a_preferred: Share
    p: float | None
    participants: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """Where one method's instruments were heard.

    Attributes:
        version: the method, or ``target``.
        counts: rows are the truth, columns what was heard; left, centre, right.
        right: share of right answers.
        participants: how many answered.
    """

    version: str
    counts: tuple[tuple[int, ...], ...]
    right: Share
    participants: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """The outcome of a study.

    Attributes:
        study: hash of the study.
        title: of the study.
        participants: how many are counted.
        excluded: participants left out because they failed the headphone check, or took none where others did.
        unfinished: counted participants who did not finish.
        preferences: a row a pair of methods.
        overall: share of each method's comparisons in which it was preferred.
        first_side: share of answers A, whatever it was; far from one half it shows a habit.
        directions: a matrix a version, the target first.
        notes: what to keep in mind.
    """

    study: str
    title: str
    participants: int
    excluded: tuple[str, ...]
    unfinished: int
    preferences: tuple[Preference, ...]
    overall: dict[str, Share]
    first_side: Share
    directions: tuple[Confusion, ...]
    notes: tuple[str, ...]


def wilson(count: int, of: int) -> Share:
    """Wilson's score interval of a share, 95 %.

    Args:
        count: answers of one kind, from 0 to ``of``.
        of: all answers.

    Returns:
        The share; without any answer there is none.

    References:
        Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927.
    """
    if of == 0:
        return Share(count, of, None, None, None)
    share, z2 = count / of, Z_95**2
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return Share(count, of, share, max(0.0, centre - half), min(1.0, centre + half))


def analyse(participants: Sequence[Answers], keep_failed: bool = False) -> Analysis:
    """Count the answers of a study.

    Args:
        participants: their files, all of one study, at least one.
        keep_failed: whether those count who failed the headphone check.

    Returns:
        The outcome.
    """
    checked = any(one.headphones is not None for one in participants)
    failed = [one for one in participants if checked and (one.headphones is None or not one.headphones.passed)]
    counted = [one for one in participants if keep_failed or one not in failed]
    preferences = [(one, answer) for one in counted for answer in one.answers if isinstance(answer, PreferenceAnswer)]
    directions = [(one, answer) for one in counted for answer in one.answers if isinstance(answer, DirectionAnswer)]
    firsts = sum(answer.chosen == "a" for _, answer in preferences)
    return Analysis(
        study=participants[0].study,
        title=participants[0].title,
        participants=len(counted),
        excluded=tuple(one.participant for one in participants if one not in counted),
        unfinished=sum(one.finished is None for one in counted),
        preferences=_preferences(preferences),
        overall=_overall([answer for _, answer in preferences]),
        first_side=wilson(firsts, len(preferences)),
        directions=_directions(directions),
        notes=_notes(preferences, directions, [one for one in failed if one in counted]),
    )


def _preferences(given: Sequence[tuple[Answers, PreferenceAnswer]]) -> tuple[Preference, ...]:
    from scipy.stats import binomtest

    rows = []
    for a, b in sorted({tuple(sorted((answer.a, answer.b))) for _, answer in given}):
        its = [(one, _winner(answer)) for one, answer in given if {answer.a, answer.b} == {a, b}]
        wins = sum(winner == a for _, winner in its)
        p = float(binomtest(wins, len(its)).pvalue)
        rows.append(Preference(a, b, wilson(wins, len(its)), p, len({one.participant for one, _ in its})))
    return tuple(rows)


def _winner(answer: PreferenceAnswer) -> str:
    return answer.a if answer.chosen == "a" else answer.b


def _overall(answers: Sequence[PreferenceAnswer]) -> dict[str, Share]:
    names = sorted({name for answer in answers for name in (answer.a, answer.b)})
    shares = {
        name: wilson(
            sum(_winner(answer) == name for answer in answers),
            sum(name in (answer.a, answer.b) for answer in answers),
        )
        for name in names
    }
    return dict(sorted(shares.items(), key=lambda item: -(item[1].share or 0)))


def _directions(given: Sequence[tuple[Answers, DirectionAnswer]]) -> tuple[Confusion, ...]:
    versions = sorted({answer.version for _, answer in given}, key=lambda version: (version != "target", version))
    return tuple(_confusion(version, [pair for pair in given if pair[1].version == version]) for version in versions)


def _confusion(version: str, given: Sequence[tuple[Answers, DirectionAnswer]]) -> Confusion:
    def counted(truth: Direction, chosen: Direction) -> int:
        return sum((answer.truth, answer.chosen) == (truth, chosen) for _, answer in given)

    counts = tuple(tuple(counted(truth, chosen) for chosen in DIRECTIONS) for truth in DIRECTIONS)
    right = sum(counts[place][place] for place in range(len(DIRECTIONS)))
    return Confusion(version, counts, wilson(right, len(given)), len({one.participant for one, _ in given}))


def _notes(preferences: Sequence[object], directions: Sequence[object], kept: Iterable[Answers]) -> tuple[str, ...]:
    notes = []
    if preferences or directions:
        notes.append(
            "The intervals take all answers as independent; several answers of one participant, and answers on one "
            "clip, are alike, so that the true intervals are wider."
        )
    if names := [one.participant for one in kept]:
        notes.append(f"{len(names)} participants are counted although they failed the headphone check.")
    return tuple(notes)
