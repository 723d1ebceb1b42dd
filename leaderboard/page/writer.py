"""Templates filled to pages, each with the one script it needs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from fairplay_bench.results.environment import tool_version
from leaderboard.page.modules import joined, source_hash
from leaderboard.page.text import environment

STATIC, TEMPLATES = (Path(__file__).parent / name for name in ("static", "templates"))


@dataclass(frozen=True)
class PageWriter:
    """Fills templates, each with the one script it needs.

    Attributes:
        environment: where the templates are.
        scripts: folders of the modules.
        common: values that every page gets.
    """

    environment: Environment
    scripts: tuple[Path, ...]
    common: dict[str, Any]
    _joined: dict[str, str] = field(default_factory=dict)

    def page(self, template: str, entry: str, here: str = "", root: str = "", **values: Any) -> str:
        """Fill a template.

        Args:
            template: its file name.
            entry: the module that the page runs.
            here: which page this is, for the navigation.
            root: the way from the page to the root of the site.
            **values: what else the template reads.

        Returns:
            The page.
        """
        script = self._script(entry)
        given = self.common | values | {"here": here, "root": root, "script": Markup(script)}
        return self.environment.get_template(template).render(script_hash=source_hash(script), **given)

    def _script(self, entry: str) -> str:
        if entry not in self._joined:
            text = joined(entry, self.scripts)
            if "</" in text:
                raise ValueError(f"{entry}: a script inside a page must not hold '</'.")
            self._joined[entry] = text
        return self._joined[entry]


def page_writer(templates: tuple[Path, ...], scripts: tuple[Path, ...], **common: Any) -> PageWriter:
    """Make a writer of pages.

    Args:
        templates: folders of the templates.
        scripts: folders of the modules.
        **common: values that every page gets.

    Returns:
        The writer.
    """
    return PageWriter(environment(*templates), scripts, {"tool": tool_version(), "listening": False} | common)
