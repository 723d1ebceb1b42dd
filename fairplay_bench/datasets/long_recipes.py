"""Plans of preparing for data sets whose recordings are cut into clips: the 360° sets, and stereo videos."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fairplay_bench.datasets.lists import LIST_NAMES, read_ids, read_morgado2018, read_without_height
from fairplay_bench.datasets.plan import PreparePlan
from fairplay_bench.datasets.recipes import PARAMETERS, SEED
from fairplay_bench.datasets.recordings import CLIP_S, SILENT_DBFS
from fairplay_bench.datasets.spec import MINI_360, STEREO, dataset_spec
from fairplay_bench.datasets.spherical import SphericalWork, find_recordings
from fairplay_bench.datasets.split_sets import SplitSet, draw_seeded
from fairplay_bench.datasets.stereo import NEAR_MONO_DB, StereoWork, find_videos
from fairplay_bench.datasets.units import Unit
from fairplay_bench.errors import DatasetError, MediaError, OptionError
from fairplay_bench.media.projection import check_projection
from fairplay_bench.media.video import video_duration_s

if TYPE_CHECKING:
    from hrtf.decoder import Decoder

AMBISONICS = "WAV, 48 kHz, 32-bit float, W Y Z X (ACN, SN3D)"
BYTES_PER_CLIP_S = 1_500_000  # two ears, frames, and four channels at three times the rate


@dataclass(frozen=True)
class SphericalOptions:
    """What a user says about a 360° source.

    Attributes:
        dataset: ``"rec-street"``, ``"yt-clean"``, ``"yt-music"`` or ``"mini-360"``.
        source: the source folder.
        decoder: to two ears, at 48 kHz.
        hrtf: what the decoder's head is, for the record.
        lists: the folder of the published lists.
        projection: of all the videos; found out for each by default.
        limit: only that many recordings, the first by name.
    """

    dataset: str
    source: Path
    decoder: "Decoder"
    hrtf: dict[str, str]
    lists: Path | None = None
    projection: str | None = None
    limit: int | None = None


def spherical_plan(options: SphericalOptions) -> PreparePlan:
    """Plan preparing a 360° set.

    With lists, the recordings of the set are prepared and others left alone; without, all that are there, with splits
    drawn by us.

    Raises:
        DatasetError: if the source or the lists are not what they should be, or have no recording in common.
        OptionError: if ``limit`` is less than one or the projection is not known.
    """
    check_projection(options.projection)
    units, problems = find_recordings(options.source)
    without_height: frozenset[str] = frozenset()
    if options.lists is not None:
        file = options.lists / f"{LIST_NAMES[options.dataset]}.lst"
        listed = set(read_ids(file))
        units = [unit for unit in units if unit.name in listed]
        if not units:
            raise DatasetError(
                f"{options.source}: none of the {len(listed)} recordings of {file} is in it; see --source."
            )
        split_sets = [_with_all(read_morgado2018(options.lists, options.dataset), listed)]
        without_height = read_without_height(options.lists)
    else:
        split_sets = _seeded(units)
    return _spherical(options, units, split_sets, without_height, problems)


def mini_360_plan(recordings: Path, decoder: "Decoder", hrtf: dict[str, str], seed: int) -> PreparePlan:
    """Plan preparing the embedded 360° set from the recordings it wrote itself, with splits of its own seed.

    Args:
        recordings: the folder of the recordings and of ``audio_layouts.txt``.
        decoder: to two ears, at 48 kHz.
        hrtf: what the decoder's head is, for the record.
        seed: of the splits.

    Raises:
        DatasetError: if the folder is not what it should be.
    """
    options = SphericalOptions(MINI_360.name, recordings, decoder, hrtf, projection="equirectangular")
    units, problems = find_recordings(recordings)
    return _spherical(options, units, _seeded(units, seed), read_without_height(recordings), problems)


def _spherical(
    options: SphericalOptions,
    units: list[Unit],
    split_sets: list[SplitSet],
    without_height: frozenset[str],
    problems: list[str],
) -> PreparePlan:
    chosen = _limited(units, options.limit)
    parameters = {
        **PARAMETERS,
        "clip_s": CLIP_S,
        "silent_dbfs": SILENT_DBFS,
        "projection": options.projection or "found out for each",
        "ambisonics": AMBISONICS,
        "hrtf": options.hrtf,
        "decoder": {"name": options.decoder.name, **options.decoder.provenance},
    }
    return PreparePlan(
        spec=dataset_spec(options.dataset),
        units=chosen,
        worker=SphericalWork(options.decoder, without_height, options.projection),
        split_sets=split_sets,
        parameters=parameters,
        root=options.source,
        limited=len(chosen) < len(units),
        problems=problems,
        lengths_s=_lengths_s(chosen),
        hrtf=dict(options.hrtf),
        decoder={"name": options.decoder.name, **options.decoder.provenance},
        filters=options.decoder.responses,
        bytes_per_clip_s=BYTES_PER_CLIP_S,
    )


def stereo_plan(source: Path, near_mono_db: float = NEAR_MONO_DB, limit: int | None = None) -> PreparePlan:
    """Plan preparing any folder of stereo videos.

    Raises:
        DatasetError: if the folder holds no video.
        OptionError: if ``limit`` is less than one.
    """
    units, problems = find_videos(source)
    chosen = _limited(units, limit)
    return PreparePlan(
        spec=STEREO,
        units=chosen,
        worker=StereoWork(near_mono_db),
        split_sets=_seeded(units),
        parameters={**PARAMETERS, "clip_s": CLIP_S, "silent_dbfs": SILENT_DBFS, "near_mono_db": near_mono_db},
        root=source,
        limited=len(chosen) < len(units),
        problems=problems,
        lengths_s=_lengths_s(chosen),
    )


def _limited(units: list[Unit], limit: int | None) -> list[Unit]:
    if limit is not None and limit < 1:
        raise OptionError(f"--limit {limit}: at least one recording is needed.")
    return units[:limit]


def _seeded(units: list[Unit], seed: int = SEED) -> list[SplitSet]:
    names = [unit.name for unit in units]
    return [draw_seeded(names, names, seed, by_recording=True)]


def _with_all(split_set: SplitSet, listed: set[str]) -> SplitSet:
    """Name recordings that a split lists and the set does not, and those of the set that no split lists."""
    split = {row.clip_id for row in split_set.rows}
    problems = (
        *(f"{split_set.name}: {one} is in a split but not in the list of the set" for one in sorted(split - listed)),
        *(f"{split_set.name}: {one} is in the list of the set but in no split" for one in sorted(listed - split)),
    )
    return replace(split_set, problems=(*split_set.problems, *problems))


def _lengths_s(units: list[Unit]) -> dict[str, float]:
    """About how long each recording is; one that cannot be opened is named when it is its turn."""
    lengths = {}
    for unit in units:
        if unit.sources[-1].suffix == ".jpg":
            lengths[unit.name] = float(sum(path.suffix == ".wav" for path in unit.sources))
            continue
        with suppress(MediaError):
            lengths[unit.name] = video_duration_s(unit.sources[-1])
    return lengths
