"""The site of 200 entries of 10 splits of 187 clips, against reading and validating them alone, one core."""

import os

os.environ["OMP_NUM_THREADS"] = "1"

from bench_leaderboard import many_entries, read_plainly, timed

from leaderboard.build import read_board
from leaderboard.page.site import build_site


def main() -> None:
    """Print seconds of the processor, their ratio, and the sizes of the largest pages."""
    with many_entries(__doc__) as (root, _, _):
        _, (_, plain) = timed(lambda: read_plainly(root))
        _, (_, built) = timed(lambda: build_site(read_board(root), root / "site"))
        pages = sorted((path.stat().st_size, path.parent.name, path.name) for path in root.glob("site/**/*.html"))
    print(f"reading and validating alone: {plain:.1f} s of the processor")
    print(f"board and site: {built:.1f} s, {len(pages)} pages; ratio to reading alone: {built / plain:.2f}")
    for size, folder, name in pages[-3:]:
        print(f"{size / 1000:.0f} kB {folder}/{name}")


if __name__ == "__main__":
    main()
