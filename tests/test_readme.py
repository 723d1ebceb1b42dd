"""What the README and the docs show must work as printed."""

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from fairplay_bench.cli import cli
from fairplay_bench.models.interface import Frames
from fairplay_bench.models.rehearsal import noise_clip, rehearse

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


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


def commands_of(page: Path) -> list[list[str]]:
    """Arguments of each command that a page shows: in a fence, indented by four spaces, or within a sentence."""
    text = page.read_text("utf-8").replace("\\\n", " ")
    shown = re.findall(r"^(?: {4})?(?:nice )?fairplay-bench (.+)$", text, re.MULTILINE)
    named = re.findall(r"`fairplay-bench\s([^`]+)`", text)
    return [shlex.split(command, comments=True) for command in shown + named]


def resolved(arguments: list[str]) -> tuple[click.Command, list[str]]:
    """The command that is called, and what is left of the arguments for it."""
    command: click.Command = cli
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name, *arguments = arguments
        found = command.get_command(click.Context(command), name)
        assert found is not None, f"{command.name} has no {name}"
        command = found
    return command, arguments


def test_the_windowed_method_of_the_docs_keeps_its_contract() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "methods.md").read_text("utf-8"), re.DOTALL)
    (code,) = (block for block in blocks if "WindowedBinauralizer" in block)
    defined: dict[str, Any] = {"__name__": "methods"}
    exec(compile(code, "methods.md", "exec"), defined)
    method = defined["MyWindowedMethod"](None, "cpu")
    rehearse(method)
    clip, frames = noise_clip(with_omni=False), _BrightLeft(Path(), 5)
    ears = method.binauralize(replace(clip, frames=frames))
    torch.testing.assert_close(ears, clip.mono * torch.tensor([[1.5], [0.5]]), rtol=0.02, atol=1e-3)


class _BrightLeft(Frames):
    """Pictures whose left half is half as bright as can be, and whose right half is black."""

    def _image(self, number: int) -> NDArray[np.uint8]:
        del number
        return np.repeat(np.array([127, 0], np.uint8), 240)[None, :, None].repeat(240, 0).repeat(3, 2)


@pytest.mark.parametrize(
    ("page", "arguments"),
    [pytest.param(page, one, id=f"{page.name}: {' '.join(one)}") for page in PAGES for one in commands_of(page)],
)
def test_every_command_a_page_shows_exists_with_its_options(page: Path, arguments: list[str]) -> None:
    command, rest = resolved(arguments)
    context = command.make_context(command.name, list(rest), resilient_parsing=True)  # train looks for a --model
    known = {option for one in command.get_params(context) for option in (*one.opts, *one.secondary_opts)}
    options = {argument.partition("=")[0] for argument in rest if argument.startswith("-")}
    assert options <= known, page.name


def test_no_line_that_begins_with_a_command_is_overlooked() -> None:
    found = {page.name: len(commands_of(page)) for page in PAGES}
    for page in PAGES:
        lines = [line.strip().removeprefix("nice ") for line in page.read_text("utf-8").splitlines()]
        assert found[page.name] >= sum(line.startswith("fairplay-bench ") for line in lines), page.name
    assert min(found["README.md"], found["training.md"], found["separation.md"], found["site.md"]) >= 4


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_every_relative_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
