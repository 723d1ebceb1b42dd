"""From a source folder and options to a plan of preparing, for everything in FAIR-Play's layout."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from fairplay_bench.datasets.fair_play import FairPlaySource, find_clips, prepare_clip
from fairplay_bench.datasets.manifest import check_manifest, read_manifest
from fairplay_bench.datasets.plan import PreparePlan
from fairplay_bench.datasets.separation import chosen_mixtures, mixtures_of, read_solos
from fairplay_bench.datasets.spec import FAIR_PLAY, MINI, DatasetSpec
from fairplay_bench.datasets.split_sets import SplitSet, draw_seeded, read_gao2019, read_xu2021
from fairplay_bench.datasets.units import Failure
from fairplay_bench.dsp.resample import QUALITY
from fairplay_bench.errors import OptionError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.frames import JPEG_QUALITY
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, FRAMES_PER_S, SAMPLE_RATE

SEED = 0  # of the splits drawn for a source without published ones

PARAMETERS = {
    "sample_rate_hz": SAMPLE_RATE,
    "resampler": f"soxr {QUALITY}",
    "audio": "WAV, 32-bit float, two ears, left first",
    "frames_per_s": FRAMES_PER_S,
    "frame_width": FRAME_WIDTH,
    "frame_height": FRAME_HEIGHT,
    "frame_scaling": "bilinear",
    "jpeg_quality": JPEG_QUALITY,
}


@dataclass(frozen=True, slots=True)
class FairPlayOptions:
    """What a user says about a source in FAIR-Play's layout.

    Attributes:
        source: the source folder.
        manifest: a CSV to check the sources against.
        xu2021_splits: the folder of PseudoBinaural's splits.
        limit: prepare only that many clips, the first by name.
        solos: a CSV of solo clips and their instruments, for the test set of separation.
    """

    source: Path
    manifest: Path | None = None
    xu2021_splits: Path | None = None
    limit: int | None = None
    solos: Path | None = None


def fair_play_plan(options: FairPlayOptions, pool: Executor, reporter: Reporter, workers: int) -> PreparePlan:
    """Plan preparing FAIR-Play; sources are checked against the manifest here, if one is given.

    Raises:
        DatasetError: if the folder, the splits or the manifest are not what they should be.
        OptionError: if ``limit`` is less than one, or there is no such manifest.
    """
    if options.limit is not None and options.limit < 1:
        raise OptionError(f"--limit {options.limit}: at least one clip is needed.")
    source = find_clips(options.source)
    split_sets = _fair_play_split_sets(options, source)
    refused, problems = _manifest_findings(options, source, pool, reporter, workers)
    plan = _plan(FAIR_PLAY, source, split_sets, options.limit, refused, problems)
    if options.solos is None:
        return plan
    mixtures = mixtures_of(options.solos)
    mixtures(source.clip_ids, [row for one in split_sets for row in one.rows])  # says now what is amiss with the list
    return replace(plan, mixtures=mixtures)


def mini_plan(root: Path) -> PreparePlan:
    """Plan preparing the embedded data set from the source it wrote itself."""
    split_set = read_gao2019(root / "splits", name="seeded", published=False)
    plan = _plan(MINI, find_clips(root), [split_set], None, [], [])
    solos = read_solos(root / "truth" / "solos.csv")
    return replace(plan, mixtures=lambda _, rows: chosen_mixtures(solos, rows))


def _plan(
    spec: DatasetSpec,
    source: FairPlaySource,
    split_sets: Sequence[SplitSet],
    limit: int | None,
    refused: Sequence[Failure],
    problems: Sequence[str],
) -> PreparePlan:
    chosen = source.clip_ids[:limit]
    unusable = {failure.clip_id for failure in refused}
    return PreparePlan(
        spec=spec,
        units=source.units(clip for clip in chosen if clip not in unusable),
        worker=prepare_clip,
        split_sets=split_sets,
        parameters=PARAMETERS,
        root=source.root,
        limited=len(chosen) < len(source.clip_ids),
        refused=[failure for failure in refused if failure.clip_id in chosen],
        problems=problems,
    )


def _fair_play_split_sets(options: FairPlayOptions, source: FairPlaySource) -> list[SplitSet]:
    published = source.root / "splits"
    split_sets = [read_gao2019(published)] if published.is_dir() else []
    if options.xu2021_splits is not None:
        split_sets.append(read_xu2021(options.xu2021_splits))
    return split_sets or [draw_seeded(source.clip_ids, source.clip_ids, SEED)]


def _manifest_findings(
    options: FairPlayOptions, source: FairPlaySource, pool: Executor, reporter: Reporter, workers: int
) -> tuple[list[Failure], list[str]]:
    """Return clips whose media differ from the manifest, and a line for every other file that does."""
    if options.manifest is None:
        return [], []
    if not options.manifest.is_file():
        raise OptionError(f"--manifest {options.manifest}: no such file.")
    entries = read_manifest(options.manifest, source.root, source.audio_folder)
    differences = check_manifest(entries, pool, reporter, workers)
    refused = []
    for clip in source.clip_ids:
        media = (source.audio(clip), source.video(clip))
        reasons = [differences.pop(path) for path in media if path in differences]
        if reasons:
            refused.append(Failure(clip, " ".join(reasons)))
    listed = {entry.path for entry in entries}
    media_files = [path for clip in source.clip_ids for path in (source.audio(clip), source.video(clip))]
    unlisted = [
        f"{path.relative_to(source.root)}: not in the manifest"
        for path in media_files
        if path.is_file() and path not in listed
    ]
    return refused, [*differences.values(), *unlisted]
