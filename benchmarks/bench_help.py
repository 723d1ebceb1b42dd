"""How long `fairplay-bench --help` takes, against starting Python alone."""

import subprocess
import sys
from pathlib import Path

from timing import seconds

SCRIPT = Path(sys.executable).with_name("fairplay-bench")


def main() -> None:
    """Print both times."""
    ours, bare = seconds(
        lambda: subprocess.run([SCRIPT, "--help"], check=True, capture_output=True),
        lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        rounds=9,
    )
    print(f"--help: {ours:.3f} s; Python alone: {bare:.3f} s (wanted: under 0.5 s)")


if __name__ == "__main__":
    main()
