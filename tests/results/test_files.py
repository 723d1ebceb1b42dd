"""Result files are written whole, never replaced unasked, and read back or refused in one line."""

import json

import pytest

from fairplay_bench.errors import OutputError, ResultError
from fairplay_bench.results.files import read_result, write_result


def test_what_is_written_is_read(tmp_path, result):
    path = tmp_path / "new folder" / "r ü.json"
    write_result(result(), path)
    assert read_result(path) == result()
    text = path.read_text("utf-8")
    assert "Ünï" in text
    assert json.loads(text)["metrics"]["stft"]["mean"] == 0.1 + 0.2  # every digit
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_exists_stays_as_it_is(tmp_path, result):
    path = tmp_path / "r.json"
    path.write_text("mine")
    with pytest.raises(OutputError, match=r"r\.json: exists; choose another --out, or --overwrite to replace it\.$"):
        write_result(result(), path)
    assert path.read_text() == "mine"
    write_result(result(), path, overwrite=True)
    assert read_result(path) == result()


def refusal(path):
    with pytest.raises(ResultError) as caught:
        read_result(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_a_missing_file(tmp_path):
    assert refusal(tmp_path / "r.json") == (
        "cannot be read (No such file or directory); give a result file that `eval` wrote."
    )
    assert refusal(tmp_path).startswith("cannot be read (Is a directory);")


@pytest.mark.parametrize("content", [b"", b"{", b"scores: 1", b'{"schema": 1', b"[" * 200_000])
def test_what_is_no_json(tmp_path, content):
    path = tmp_path / "r.json"
    path.write_bytes(content)
    assert refusal(path).startswith("not JSON (")


def test_what_is_no_text(tmp_path):
    path = tmp_path / "r.json"
    path.write_bytes(b"\xff\xfe\x00")
    assert refusal(path) == "cannot be read (no UTF-8 text); give a result file that `eval` wrote."


@pytest.mark.parametrize("content", ["[]", "3", "null", '"schema"', "{}", '{"schema": "1"}', '{"schema": true}'])
def test_json_of_something_else(tmp_path, content):
    path = tmp_path / "r.json"
    path.write_text(content)
    assert refusal(path) == "no result file: it has no 'schema'; give a file that `eval` wrote."


def test_a_file_of_the_future(tmp_path, result):
    path = tmp_path / "r.json"
    content = result().model_dump(mode="json", by_alias=True)
    path.write_text(json.dumps(content | {"schema": 2, "news": "unheard of"}))
    assert refusal(path) == "schema 2 is later than this version knows (1); update the tool."


@pytest.mark.parametrize("schema", [0, -1])
def test_a_schema_that_never_was(tmp_path, result, schema):
    path = tmp_path / "r.json"
    path.write_text(json.dumps(result().model_dump(mode="json", by_alias=True) | {"schema": schema}))
    assert refusal(path).startswith("schema: ")


def damaged(content, where, value):
    inner = content
    for step in where[:-1]:
        inner = inner[step]
    if value is KeyError:
        del inner[where[-1]]
    else:
        inner[where[-1]] = value
    return content


@pytest.mark.parametrize(
    ("where", "value", "named"),
    [
        (("protocol",), KeyError, "protocol: Field required"),
        (("clips",), KeyError, "clips: Field required"),
        (("splits",), "all", "splits: Input should be a valid list"),
        (("task",), "cooking", "task: Input should be 'binaural', 'separation' or 'ambisonics'"),
        (("dataset", "index_sha256"), "abc", "dataset.index_sha256: String should match pattern"),
        (("metrics", "stft", "mean"), float("nan"), "metrics.stft.mean: Input should be a finite number"),
        (("metrics", "stft", "mean"), "good", "metrics.stft.mean: Input should be a valid number"),
        (("metrics", "stft", "splits", "1", "n"), 0.5, "metrics.stft.splits.1.n: Input should be a valid integer"),
        (("clips", 0, "scores", "stft"), float("inf"), "clips.0.scores.stft: Input should be a finite number"),
        (("card", "kind"), "winner", "card.kind: Input should be 'method' or 'check'"),
        (("two\nlines",), 1, "two lines: Extra inputs are not permitted"),
    ],
)
def test_damage_is_named_where_it_is(tmp_path, result, where, value, named):
    path = tmp_path / "r.json"
    path.write_text(json.dumps(damaged(result().model_dump(mode="json", by_alias=True), where, value)))
    message = refusal(path)
    assert message.startswith(named)
    assert message.endswith("(1 such faults).")


def test_a_file_of_today_loads_forever(tmp_path):
    """As the first version wrote it; a later reader must still take it."""
    path = tmp_path / "r.json"
    path.write_text(
        '{"schema": 1, "tool": "0.1.0", "created": "2025-11-20T22:50:00+00:00", "dataset": {"name": "mini", "version":'
        ' "1", "index_sha256": "' + "a" * 64 + '"}, "split_set": "seeded", "splits": [1, 2], "protocol": "v1", "task":'
        ' "binaural", "card": {"name": "Mono-Mono"}, "environment": {"python": "3.11.7"}, "metrics": {"ild": {'
        '"version": 1, "unit": "dB", "mean": 3.5, "se": 0.1, "splits": {"1": {"mean": 3.5, "se": null, "n": 1, '
        '"failed": 1}}}}, "clips": [{"split": 1, "clip_id": "000001", "video_id": "000001", "scores": {"ild": 3.5}, '
        '"failed": null}, {"split": 2, "clip_id": "000002", "video_id": "000002", "scores": {}, "failed": "missing"}]}'
    )
    old = read_result(path)
    assert (old.card.name, old.card.kind, old.limit) == ("Mono-Mono", "method", None)
    assert old.metrics["ild"].splits["1"].undefined == 0
    assert [clip.clip_id for clip in old.failed] == ["000002"]
