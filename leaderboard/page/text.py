"""Text of strangers on a page: always escaped, links only to http and https, file names made anew."""

import re
import unicodedata
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from leaderboard.text import number, one_line, standard_error

_SLUG_LENGTH = 60
_TITLE_LENGTH = 80


def environment(*folders: Path) -> Environment:
    """Templates in which every value is escaped and a missing one is an error.

    Args:
        *folders: where templates are looked for, in order.

    Returns:
        The environment, with the filters ``link``, ``number``, ``slug``, ``standard_error`` and ``page_title``.
    """
    made = Environment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"link": web_link, "number": number, "slug": slug, "page_title": page_title}
    made.filters["standard_error"] = standard_error
    return made


def web_link(text: str) -> str | None:
    """Return an address if it leads to the web, else None, so that no other scheme ever becomes a link."""
    if any(unicodedata.category(character)[0] in "CZ" for character in text):
        return None  # control characters and blanks may hide what a browser reads
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.hostname else None


def slug(text: str) -> str:
    """A file name of ``a-z 0-9 -`` only, at most 60 characters, different for different texts.

    >>> slug("Mono2Binaural")
    'mono2binaural-e45fcfca'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH].strip("-")
    if words and words == text:
        return words
    mark = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{words}-{mark}" if words else mark


def method_address(name: str) -> str:
    """Address of a method's page from the root of the site."""
    return f"methods/{slug(name)}.html"


def page_title(text: str) -> str:
    """Text for the title of a page, where no element can isolate it: printable, short, on one line."""
    line = one_line(text)
    return line if len(line) <= _TITLE_LENGTH else f"{line[:_TITLE_LENGTH]} …"
