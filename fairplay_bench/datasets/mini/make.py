"""From nothing to a prepared mini: write its source, then prepare that like any other."""

import shutil
from concurrent.futures import Executor
from pathlib import Path

from fairplay_bench.datasets.mini.source import write_source
from fairplay_bench.datasets.plan import PrepareOutcome
from fairplay_bench.datasets.prepare import prepare
from fairplay_bench.datasets.recipes import mini_plan
from fairplay_bench.datasets.spec import MINI
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.files import written_whole

SOURCE_FOLDER = "mini-source"
TRUTH_FOLDER = "truth"


def make_mini(
    out: Path, clips: int, seed: int, pool: Executor, reporter: Reporter, *, workers: int = 1, overwrite: bool = False
) -> PrepareOutcome:
    """Make and prepare mini: the source in ``out/mini-source``, the data set in ``out/mini``.

    The truth (positions, boxes, instruments) lies as CSV in ``truth/`` of both.

    Args:
        out: the folder for both.
        clips: how many clips.
        seed: another one gives other scenes and splits.
        pool: where the work is done.
        reporter: hears how far it is.
        workers: number of workers of the pool.
        overwrite: whether to do everything again.

    Returns:
        What came of it.

    Raises:
        OptionError: if the number of clips or the seed cannot be.
        OutputError: if a folder holds something else, or cannot be written.
    """
    source, folder = out / SOURCE_FOLDER, out / MINI.name
    write_source(source, clips, seed, executor=pool, reporter=reporter, overwrite=overwrite)
    outcome = prepare(mini_plan(source), folder, pool, reporter, workers=workers, overwrite=overwrite)
    copy_truth(source, folder)
    return outcome


def copy_truth(source: Path, folder: Path) -> None:
    """Put the truth of an embedded data set's source beside what was prepared from it, whole or not at all.

    Raises:
        OutputError: if it cannot be written.
    """
    with written_whole(folder / TRUTH_FOLDER, folder=True) as temporary:
        shutil.copytree(source / TRUTH_FOLDER, temporary, dirs_exist_ok=True)
