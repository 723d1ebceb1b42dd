"""A small result to write, read and damage."""

import pytest

from fairplay_bench.records import ModelCard, TrainedOn
from fairplay_bench.results.schema import ClipScores, DatasetRef, MetricSummary, Result, SplitSummary


@pytest.fixture
def result():
    """A function that makes a result; fields may be given."""

    def make(**fields):
        split = SplitSummary(mean=0.1 + 0.2, se=0.01, n=1, failed=0)
        plain = {
            "tool": "0.1.0",
            "created": "2026-01-01T00:00:00+00:00",
            "dataset": DatasetRef(name="fair-play", version="2019.1", index_sha256="0" * 64),
            "split_set": "gao2019",
            "splits": [1],
            "protocol": "v1",
            "task": "binaural",
            "card": ModelCard(name="Ünï", trained_on=(TrainedOn("fair-play", "gao2019", 1, ("train", "val")),)),
            "environment": {"python": "3.11"},
            "metrics": {"stft": MetricSummary(version=1, unit="", mean=0.1 + 0.2, se=None, splits={"1": split})},
            "clips": [ClipScores(split=1, clip_id="a", video_id="a", scores={"stft": 0.1 + 0.2, "ild": None})],
        }
        return Result(**(plain | fields))

    return make
