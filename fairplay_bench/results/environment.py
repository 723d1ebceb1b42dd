"""Where numbers come from: the tool's own version and those of what it stands on, not the user's folder."""

import platform
from datetime import UTC, datetime
from importlib.metadata import version

TOOL = "fairplay-bench"
_STANDS_ON = ("torch", "numpy", "scipy", "soundfile", "soxr", "av")


def tool_version() -> str:
    """Version of this tool."""
    return version(TOOL)


def environment(device: str) -> dict[str, str]:
    """Versions and platform a result was computed with."""
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "device": device,
        **{package: version(package) for package in _STANDS_ON},
    }


def now() -> str:
    """The present moment, ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
