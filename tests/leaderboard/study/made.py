"""Answers of participants that were never asked."""

import json


def content(participant=1, answers=(), study="0123456789abcdef", headphones="passed", **fields):
    """What a file of answers holds."""
    outcome = {"correct": 6 if headphones == "passed" else 2, "of": 6, "tries": 1, "passed": headphones == "passed"}
    plain = {
        "schema": 1,
        "study": study,
        "title": "A study",
        "participant": f"{participant:032x}",
        "list": 0,
        "started": "2026-01-01T00:00:00.000Z",
        "finished": "2026-01-01T00:10:00.000Z",
        "headphones": None if headphones is None else outcome,
        "answers": [one | {"place": place} for place, one in enumerate(answers, start=1)],
    }
    return plain | fields


def preference(a, b, chosen, number=0):
    plain = {"kind": "preference", "trial": f"p{number}", "clip_id": f"{number:06d}", "response_s": 3.5, "plays": 4}
    return plain | {"a": a, "b": b, "chosen": chosen}


def direction(version, truth, chosen, number=0):
    plain = {"kind": "direction", "trial": f"d{number}", "clip_id": f"{number:06d}", "response_s": 3.5, "plays": 1}
    return plain | {"version": version, "truth": truth, "chosen": chosen}


def write(path, value):
    path.write_text(json.dumps(value), "utf-8")
    return path
