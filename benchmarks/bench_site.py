"""The site of 200 entries of 10 splits of 187 clips, against reading and validating them alone, one core."""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import tempfile
import time
from pathlib import Path

from bench_leaderboard import read_plainly, write_entries
from timing import one_core

from leaderboard.build import read_board
from leaderboard.page.site import build_site


def main() -> None:
    """Print seconds of the processor, their ratio, and the sizes of the largest pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200)
    entries = parser.parse_args().entries
    one_core()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_entries(root, entries)
        began = time.process_time()
        read_plainly(root)
        plain = time.process_time() - began
        began = time.process_time()
        build_site(read_board(root), root / "site")
        built = time.process_time() - began
        pages = sorted((path.stat().st_size, path.parent.name, path.name) for path in root.glob("site/**/*.html"))
    print(f"reading and validating alone: {plain:.1f} s of the processor")
    print(f"board and site: {built:.1f} s, {len(pages)} pages; ratio to reading alone: {built / plain:.2f}")
    for size, folder, name in pages[-3:]:
        print(f"{size / 1000:.0f} kB {folder}/{name}")


if __name__ == "__main__":
    main()
