"""ECMAScript modules joined into one, because browsers import no module from a page opened from a disk.

The modules stay what they are, with their own imports and scopes. Joined, each becomes a function that is called at
once and returns what it exports, in the order in which they need one another.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.mjs)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def joined(entry: str, folders: Sequence[Path]) -> str:
    """Join a module with all it imports.

    Args:
        entry: file name of the module.
        folders: where modules are looked for, in order; their names are unique.

    Returns:
        The text of one module without imports.

    Raises:
        ValueError: if a module imports or exports in a way that is not understood here.
    """
    parts: dict[str, str] = {}
    _join(entry, folders, parts)
    return "\n".join(parts.values())


def _join(name: str, folders: Sequence[Path], parts: dict[str, str]) -> None:
    if name in parts:
        return
    text = next(folder / name for folder in folders if (folder / name).is_file()).read_text("utf-8")
    for match in _IMPORT.finditer(text):
        _join(match[2], folders, parts)
    exports = _EXPORT.findall(text)
    body = _IMPORT.sub(lambda match: f"const {{{match[1]}}} = {_variable(match[2])};\n", text)
    body = _EXPORT.sub("", body)
    if left := _LEFT_OVER.search(body):
        raise ValueError(f"{name}: {left[0]!r} is neither a named import of a file nor an exported declaration.")
    parts[name] = f"const {_variable(name)} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();"


def _variable(name: str) -> str:
    return "$" + name.removesuffix(".mjs").replace("-", "_")


def source_hash(text: str) -> str:
    """Hash of an inline script as a content security policy names it."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
