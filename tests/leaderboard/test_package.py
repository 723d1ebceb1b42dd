"""What the package carries: entries that pass every check, schema files that are current, a README not stale."""

import json
import re
from pathlib import Path

import pytest

from fairplay_bench.records import PROTOCOLS
from fairplay_bench.scoring.metrics import METRICS
from leaderboard.build import read_board
from leaderboard.entries import PACKAGED, Entry, known_folder
from leaderboard.inspection import inspect
from leaderboard.json_schema import FILES, descriptions, records, schema_text
from leaderboard.known import read_known
from leaderboard.readme import with_tables

from .boards import content_of, entry_of, made

ROOT = Path(__file__).parents[2]


def test_every_entry_passes_every_check():
    found = list(inspect(PACKAGED, None))
    assert len(found) == len(list((PACKAGED / "entries").glob("*.json"))) >= 3
    assert [fault for _, findings in found for finding in findings for fault in finding.faults] == []


def test_known_data_sets_can_be_read():
    assert all(digest == one.index_sha256 for digest, one in read_known(known_folder(PACKAGED)).items())


@pytest.mark.parametrize("name", FILES)
def test_schema_files_are_current(name):
    """If this fails: python -m leaderboard.json_schema."""
    assert (PACKAGED / name).read_text("utf-8") == schema_text(FILES[name])


def resolved(schema, part):
    return schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def test_schemas_describe_every_field_and_allow_no_other():
    schema = json.loads(schema_text(Entry))
    assert schema["additionalProperties"] is False
    assert schema["properties"]["verified"]["description"] == "who verified it; None as long as nobody did."
    result = schema["$defs"]["Result"]
    assert set(result["properties"]) == set(content_of(made()))
    assert set(schema["properties"]) == set(json.loads(entry_of(made()).model_dump_json(by_alias=True)))
    assert result["properties"]["schema"]["const"] == 1
    for name, record in records().items():
        if name in schema["$defs"]:
            fields = schema["$defs"][name]["properties"]
            assert all(field["description"] for field in fields.values())
            assert len(descriptions(record)) == len(fields)


def test_the_format_is_documented_field_by_field():
    text = (ROOT / "docs" / "results-format.md").read_text("utf-8")
    for record in records().values():
        for field in descriptions(record):
            name = "schema" if field == "schema_version" else field
            assert f"`{name}`" in text, f"{record.__name__}.{field}"


def test_the_protocols_are_documented():
    text = (ROOT / "docs" / "protocols.md").read_text("utf-8")
    for name, protocol in PROTOCOLS.items():
        assert f"`{name}`" in text
        assert all(f"`{metric}`" in text for metric in protocol.metrics)
    for metric in METRICS.values():
        (line,) = re.findall(rf"^\| `{metric.key}` .*$", text, re.MULTILINE)
        assert ("higher" in line) == metric.higher_is_better
        assert metric.unit in line


def test_the_tables_of_the_readme_are_current():
    """If this fails: fairplay-bench leaderboard build --renew README.md."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert with_tables(text, read_board()) == text
    assert "<!-- leaderboard: mini-seeded-v1 -->" in text
