"""A folder that this tool makes and may replace, told from one of the user's."""

from pathlib import Path

from fairplay_bench.errors import OutputError
from fairplay_bench.media.files import output_problem
from fairplay_bench.results.environment import tool_version

_MARKER = "fairplay-bench-site.txt"


def check_site_is_free(out: Path, overwrite: bool) -> None:
    """Refuse a place for a site that is taken.

    Raises:
        OutputError: if it is a file, a folder that holds something else, or a site that is not to be replaced.
    """
    try:
        if out.exists() and not out.is_dir():
            raise OutputError(f"{out}: is a file; choose another --out.")
        if not out.is_dir() or not any(out.iterdir()):
            return
    except OSError as error:
        raise OutputError(output_problem(out, error)) from error
    if not (out / _MARKER).is_file():
        raise OutputError(f"{out}: holds something else than a site of this tool; choose another --out.")
    if not overwrite:
        raise OutputError(f"{out}: exists; choose another --out, or --overwrite to replace it.")


def mark_as_ours(folder: Path) -> None:
    """Leave the note by which a later run knows that it may replace this folder."""
    (folder / _MARKER).write_text(f"Pages made by fairplay-bench {tool_version()}; open index.html.\n", "utf-8")
