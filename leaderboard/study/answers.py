"""The file a participant downloads: what was answered, and how."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from fairplay_bench.errors import ResultError
from fairplay_bench.results.schema import Record
from leaderboard.study.directions import Direction

SCHEMA = 1
_LONGEST = 10_000_000  # bytes


class Headphones(Record):
    """Outcome of the headphone check.

    Attributes:
        correct: right answers of the last try.
        of: number of questions of a try.
        tries: how often it was taken.
        passed: whether enough were right.
    """

    correct: int = Field(ge=0)
    of: int = Field(ge=1)
    tries: int = Field(ge=1)
    passed: bool


class Answer(Record):
    """What both parts note.

    Attributes:
        trial: name of the trial.
        clip_id: the clip.
        place: the how manieth of this participant, from 1.
        response_s: seconds from the first sound to the answer.
        plays: how often a sound was started.
    """

    trial: str = Field(min_length=1, max_length=200)
    clip_id: str = Field(min_length=1, max_length=200)
    place: int = Field(ge=1)
    response_s: float = Field(ge=0)
    plays: int = Field(ge=0)


class PreferenceAnswer(Answer):
    """Which was more like the reference.

    Attributes:
        a: version played as A.
        b: version played as B.
        chosen: which.
    """

    kind: Literal["preference"]
    a: str = Field(min_length=1)
    b: str = Field(min_length=1)
    chosen: Literal["a", "b"]


class DirectionAnswer(Answer):
    """From where it sounded.

    Attributes:
        version: version played.
        truth: from where it should sound.
        chosen: from where it was heard.
    """

    kind: Literal["direction"]
    version: str = Field(min_length=1)
    truth: Direction
    chosen: Direction


class Answers(Record):
    """One participant.

    Attributes:
        schema_version: ``schema`` in the file.
        study: hash of the study.
        title: of the study.
        participant: a random name.
        list: number of the list of trials, from 0.
        started: date and time, ISO 8601, UTC.
        finished: the same; None while trials are left.
        headphones: outcome of the headphone check; None where there was none.
        answers: in the order they were given.
    """

    schema_version: Literal[1] = Field(alias="schema")
    study: str = Field(pattern="^[0-9a-f]{16}$")
    title: str
    participant: str = Field(pattern="^[0-9a-f]{32}$")
    list: int = Field(ge=0)
    started: str
    finished: str | None
    headphones: Headphones | None
    answers: tuple[Annotated[PreferenceAnswer | DirectionAnswer, Field(discriminator="kind")], ...]


_READER = TypeAdapter(Answers)


def read_answers(paths: Sequence[Path]) -> list[Answers]:
    """Read the files of all participants of a study.

    Args:
        paths: files, or folders of ``*.json``.

    Returns:
        One record a participant, in the order of the files.

    Raises:
        ResultError: if there is none; if a file cannot be read or does not hold together; if two are of different
            studies or of the same participant.
    """
    files = [file for path in paths for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    if not files:
        raise ResultError("no file of answers; give those that participants downloaded, or a folder of them.")
    known: dict[str, Path] = {}
    read: list[Answers] = []
    for file in files:
        answers = _read(file)
        if read and answers.study != read[0].study:
            raise ResultError(f"{file}: of another study than {files[0]}; analyse them apart.")
        if answers.participant in known:
            raise ResultError(f"{file}: of the same participant as {known[answers.participant]}; leave one out.")
        if doubled := _doubled(answer.trial for answer in answers.answers):
            raise ResultError(f"{file}: trial {doubled} is answered twice; the file was edited.")
        known[answers.participant] = file
        read.append(answers)
    return read


def _read(file: Path) -> Answers:
    try:
        if file.stat().st_size > _LONGEST:
            raise ResultError(f"{file}: too large for a file of answers; give those that participants downloaded.")
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "no JSON"
        raise ResultError(f"{file}: cannot be read ({reason}); give the files that participants downloaded.") from error
    version = content.get("schema") if isinstance(content, dict) else None
    if isinstance(version, int) and version > SCHEMA:
        raise ResultError(f"{file}: schema {version} is later than this version knows ({SCHEMA}); update the tool.")
    try:
        return _READER.validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ResultError(f"{file}: {where}: {first['msg']} ({error.error_count()} such faults).") from error


def _doubled(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
