"""What the README and the docs show must work as printed."""

import re
from pathlib import Path

import pytest

from fairplay_bench.cli import LazyGroup, cli

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_method_of_the_readme_is_evaluated(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert code is not None
    exec(compile(code[1].replace("quickstart/mini", str(prepared)), "README.md", "exec"), {"__name__": "readme"})
    mean, standard_error = map(float, capsys.readouterr().out.split())
    assert mean > 0
    assert standard_error > 0


def test_the_method_of_the_readme_takes_ten_lines() -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert code is not None
    assert len([line for line in code[1].splitlines() if line.strip()]) <= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"^(?:nice )?fairplay-bench ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE))
    assert isinstance(cli, LazyGroup)
    assert named <= set(cli.list_commands(None)) | {"--help"}  # type: ignore[arg-type]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_every_relative_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
