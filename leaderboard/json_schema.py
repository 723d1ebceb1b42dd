"""JSON Schema files of results and entries, made of their records; renewed by ``python -m leaderboard.json_schema``."""

import json
import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

from fairplay_bench.media.files import written_whole
from fairplay_bench.records import ModelCard, TrainedOn
from fairplay_bench.results import schema
from fairplay_bench.results.schema import Record, Result
from leaderboard import entries
from leaderboard.entries import PACKAGED, Entry

FILES: dict[str, type[Record]] = {"result.schema.json": Result, "entry.schema.json": Entry}
_ATTRIBUTE = re.compile(r"^    (\w+): (.*)$")


def schema_of(kind: type[Record]) -> dict[str, Any]:
    """JSON Schema of a record, draft 2020-12, with the descriptions of its docstrings."""
    content = kind.model_json_schema(by_alias=True)
    parts = {name: (part, records()[name]) for name, part in content.get("$defs", {}).items()}
    for part, record in [(content, kind), *parts.values()]:
        described = descriptions(record)
        for name, field in part.get("properties", {}).items():
            field["description"] = described["schema_version" if name == "schema" else name]
        part["description"] = cleandoc(record.__doc__ or "").partition("\n")[0]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **content}


def schema_text(kind: type[Record]) -> str:
    """The text of a schema file."""
    return json.dumps(schema_of(kind), indent=1, ensure_ascii=False) + "\n"


def write_schemas(folder: Path = PACKAGED) -> None:
    """Write both schema files."""
    for name, kind in FILES.items():
        with written_whole(folder / name) as temporary:
            temporary.write_text(schema_text(kind), "utf-8")


def records() -> dict[str, type]:
    """Every record that results and entries are made of, by name."""
    models = [
        one
        for module in (schema, entries)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Record)
    ]
    return {one.__name__: one for one in [*models, ModelCard, TrainedOn]}


def descriptions(record: type) -> dict[str, str]:
    """What a record's docstring says about each of its attributes."""
    found: dict[str, str] = {}
    for name, words in _attributes(cleandoc(record.__doc__ or "").partition("Attributes:\n")[2]):
        found[name] = f"{found.get(name, '')} {words}".strip()
    return found


def _attributes(lines: str) -> Iterator[tuple[str, str]]:
    name = ""
    for line in lines.splitlines():
        match = _ATTRIBUTE.match(line)
        if match is not None:
            name, words = match.groups()
            yield name, words
        elif line.startswith("        ") and name:
            yield name, line.strip()


if __name__ == "__main__":
    write_schemas()
