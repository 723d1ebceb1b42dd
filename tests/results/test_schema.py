"""The result file holds what it promises, field by field, and nothing else."""

import pytest
from pydantic import ValidationError

from fairplay_bench.results.environment import environment, now, tool_version
from fairplay_bench.results.schema import SCHEMA, ClipScores, DatasetRef, MetricSummary, Result, SplitSummary


def test_fields_are_those_of_the_design(result):
    content = result().model_dump(mode="json", by_alias=True)
    assert list(content) == [
        "schema",
        "tool",
        "created",
        "dataset",
        "split_set",
        "splits",
        "protocol",
        "task",
        "limit",
        "card",
        "environment",
        "notes",
        "metrics",
        "clips",
    ]
    assert content["schema"] == SCHEMA == 1
    assert set(content["dataset"]) == {"name", "version", "index_sha256"}
    assert set(content["metrics"]["stft"]) == {"version", "unit", "mean", "se", "splits"}
    assert set(content["metrics"]["stft"]["splits"]["1"]) == {"mean", "se", "n", "failed", "undefined"}
    assert set(content["clips"][0]) == {"split", "clip_id", "video_id", "scores", "failed"}
    assert set(content["card"]) == {"name", "version", "paper", "url", "weights_sha256", "trained_on", "kind"}


def test_failed_clips(result):
    clips = [
        ClipScores(split=1, clip_id="a", video_id="a", scores={"stft": 1.0}),
        ClipScores(split=1, clip_id="b", video_id="b", scores={}, failed="missing"),
    ]
    assert [clip.clip_id for clip in result(clips=clips).failed] == ["b"]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), "1.0 m", {}])
def test_numbers_are_finite_numbers(bad):
    with pytest.raises(ValidationError):
        SplitSummary(mean=bad, se=None, n=1, failed=0)
    with pytest.raises(ValidationError):
        ClipScores(split=1, clip_id="a", video_id="a", scores={"stft": bad})
    with pytest.raises(ValidationError):
        MetricSummary(version=1, unit="", mean=1.0, se=bad, splits={})


@pytest.mark.parametrize("digest", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "../" * 21 + "a"])
def test_hashes_are_hashes(digest):
    with pytest.raises(ValidationError):
        DatasetRef(name="mini", version="1", index_sha256=digest)


@pytest.mark.parametrize("field", ["surprise", "schema_"])
def test_unknown_fields_are_refused(result, field):
    content = result().model_dump(mode="json", by_alias=True) | {field: 1}
    with pytest.raises(ValidationError):
        Result.model_validate(content)


def test_records_cannot_be_changed(result):
    with pytest.raises(ValidationError):
        result().protocol = "v2"


def test_provenance_is_the_tools_own():
    from importlib.metadata import version

    assert tool_version() == version("fairplay-bench")
    there = environment("cuda:1")
    assert there["device"] == "cuda:1"
    assert there["torch"] == version("torch")
    assert set(there) == {"python", "platform", "device", "torch", "numpy", "scipy", "soundfile", "soxr", "av"}
    assert not any("/" in value for value in there.values())


def test_time_is_utc_to_the_second():
    from datetime import UTC, datetime

    moment = datetime.fromisoformat(now())
    assert moment.utcoffset().total_seconds() == 0
    assert moment.microsecond == 0
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 5
