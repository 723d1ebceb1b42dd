"""From nothing to a prepared mini-360: write its source, then prepare that like any other 360° set."""

from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from fairplay_bench.datasets.long_recipes import mini_360_plan
from fairplay_bench.datasets.mini.make import copy_truth
from fairplay_bench.datasets.mini_360.source import RECORDINGS, write_source
from fairplay_bench.datasets.plan import PrepareOutcome
from fairplay_bench.datasets.prepare import prepare
from fairplay_bench.datasets.spec import MINI_360
from fairplay_bench.jobs import Reporter

if TYPE_CHECKING:
    from fairplay_bench.datasets.decoding import ChosenDecoder

SOURCE_FOLDER = "mini-360-source"


def make_mini_360(
    out: Path,
    clips: int,
    seed: int,
    decoder: "ChosenDecoder",
    pool: Executor,
    reporter: Reporter,
    *,
    workers: int = 1,
    overwrite: bool = False,
) -> PrepareOutcome:
    """Make and prepare mini-360: the source in ``out/mini-360-source``, the data set in ``out/mini-360``.

    The truth (directions, boxes, instruments) lies as CSV in ``truth/`` of both.

    Args:
        out: the folder for both.
        clips: how many clips.
        seed: another one gives other scenes and splits.
        decoder: from the first-order sound to two ears, at 48 kHz.
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
    source, folder = out / SOURCE_FOLDER, out / MINI_360.name
    write_source(source, clips, seed, executor=pool, reporter=reporter, overwrite=overwrite)
    plan = mini_360_plan(source / RECORDINGS, decoder.decoder, decoder.hrtf, seed)
    outcome = prepare(plan, folder, pool, reporter, workers=workers, overwrite=overwrite)
    copy_truth(source, folder)
    return outcome
