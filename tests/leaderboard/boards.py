"""Small results that hold together, the data set they are about, and boards of them."""

import json

import numpy as np

from fairplay_bench.records import PROTOCOLS, ModelCard, TrainedOn
from fairplay_bench.results.schema import ClipScores, DatasetRef, Result
from fairplay_bench.scoring.metrics import METRICS
from fairplay_bench.scoring.summary import summarize
from leaderboard.entries import Claim, Entry
from leaderboard.known import KnownData

INDEX = "1" * 64
CLIPS = [f"{number:06d}" for number in range(20)]
TEST_OF = {1: CLIPS[:8], 2: CLIPS[4:12]}  # the two test sets overlap
TYPICAL = {"stft": 1.0, "env": 0.14, "mag": 2.0, "phase": 1.5, "snr": 5.0, "wav": 6.0, "ild": 3.0, "itd": 250.0}


def known(clips=tuple(CLIPS), tests=None, split_set="gao2019", name="fair-play", index=INDEX, videos=()):
    """What a board knows of the data set: what is not tested is trained on, the last clip validates."""
    tests = TEST_OF if tests is None else tests

    def digits(test):
        return "".join("4" if clip in test else "2" if clip == clips[-1] else "1" for clip in clips)

    return KnownData(
        name=name,
        version="2019.1",
        index_sha256=index,
        splits_sha256="2" * 64,
        clips=list(clips),
        videos=list(videos),
        split_sets={split_set: {str(split): digits(test) for split, test in tests.items()}},
    )


def clip_scores(rng, better, keys):
    """Scores around what is typical; ``better`` shifts all of them."""
    scores = {}
    for key in keys:
        base = TYPICAL[key.removesuffix("_raw")]
        direction = 1 if METRICS[key].higher_is_better else -1
        scores[key] = float(base + 0.1 * base * (rng.normal() + direction * better))
    return scores


def made(name="Mine", better=0.0, seed=0, tests=None, protocol="v1", failed=(), kind="method", card=None, **fields):
    """A result whose numbers follow from its clips."""
    rng = np.random.default_rng(seed)
    tests = TEST_OF if tests is None else tests
    keys = PROTOCOLS[protocol].metrics
    clips = []
    for split, listed in tests.items():
        for clip in sorted(listed):
            scores = clip_scores(rng, better, keys)
            bad = (split, clip) in failed
            clips.append(
                ClipScores(
                    split=split,
                    clip_id=clip,
                    video_id=clip,
                    scores={} if bad else scores,
                    failed="no such prediction" if bad else None,
                )
            )
    plain = {
        "tool": "0.1.0",
        "created": "2026-01-01T00:00:00+00:00",
        "dataset": DatasetRef(name="fair-play", version="2019.1", index_sha256=INDEX),
        "split_set": "gao2019",
        "splits": sorted(tests),
        "protocol": protocol,
        "task": "binaural",
        "card": card or ModelCard(name=name, kind=kind, trained_on=trained(tests)),
        "environment": {"python": "3.11"},
        "metrics": summarize(clips, sorted(tests), keys),
        "clips": clips,
    }
    return Result(**(plain | fields))


def trained(tests, subsets=("train", "val")):
    """Weights of its own for each split."""
    return tuple(TrainedOn("fair-play", "gao2019", split, subsets) for split in sorted(tests))


def entry_of(result, key="mine", **fields):
    """An entry of a result."""
    claim = Claim(by="somebody", when="2026-01-01T00:00:00+00:00", tool="0.1.0")
    return Entry(key=key, claimed=claim, result=result, **fields)


def content_of(result):
    """A result as it stands in its file."""
    return json.loads(result.model_dump_json(by_alias=True))


def write_board(root, *entries, data=()):
    """A folder of entries and of the data sets they are about."""
    for folder in ("entries", "indices"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for one in data or [known()]:
        (root / "indices" / f"{one.name}-{one.index_sha256[:6]}.json").write_text(one.model_dump_json())
    for one in entries:
        (root / "entries" / f"{one.key}.json").write_text(one.model_dump_json(by_alias=True))
    return root
