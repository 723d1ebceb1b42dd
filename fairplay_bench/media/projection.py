"""Pictures of 360° videos brought to one equirectangular picture, by FFmpeg's own filters.

Equi-angular cubemaps (as nearly all downloads of the 360° sets are) and plain cubemaps are remapped; of stereo pairs
the top (or left) half is taken. The cubemap is first reduced, so that what is left out is averaged, not skipped.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fairplay_bench.errors import MediaError, UnknownNameError
from fairplay_bench.media.filters import FilterChain
from fairplay_bench.media.spherical_metadata import SphericalMetadata, read_spherical_metadata
from fairplay_bench.media.video import shown_size

PROJECTIONS = ("equirectangular", "eac", "cubemap")
_NAMES = "|".join(PROJECTIONS)
_FACE = 240  # pixels of a reduced face: twice the detail of the frames
_V360 = {"eac": "eac", "cubemap": "c3x2"}
_HALVES = {"top-bottom": "crop=iw:ih/2:0:0", "left-right": "crop=iw/2:ih:0:0"}


def check_projection(wanted: str | None) -> None:
    """Refuse a projection that is not known.

    Raises:
        UnknownNameError: if it is none of :data:`PROJECTIONS` and not None.
    """
    if wanted is not None and wanted not in PROJECTIONS:
        raise UnknownNameError("projection", wanted, PROJECTIONS)


def projection_of(path: Path, wanted: str | None = None) -> SphericalMetadata:
    """Decide how a video's pictures are to be read.

    What is asked for comes first, then the file's metadata, then the picture's shape: 2:1 is equirectangular. Without
    metadata an equirectangular picture of 1:1 is a stereo pair.

    Args:
        path: the video.
        wanted: one of :data:`PROJECTIONS`, or None to find out.

    Returns:
        A projection of :data:`PROJECTIONS` and the kind of stereo pair.

    Raises:
        UnknownNameError: if ``wanted`` is none of them.
        MediaError: if the projection cannot be found out or is not known here.
    """
    check_projection(wanted)
    said = read_spherical_metadata(path)
    if said.stereo not in (None, *_HALVES):
        raise MediaError(f"{path}: stereo pairs as {said.stereo} are unknown, only {', '.join(_HALVES)}; leave it out.")
    projection = wanted or {"mesh": "eac"}.get(said.projection or "", said.projection)
    stereo = said.stereo
    if said == SphericalMetadata() and projection in (None, "equirectangular"):
        width, height = shown_size(path)
        stereo = "top-bottom" if width == height else None
    if projection is None:
        width, height = shown_size(path)
        across, down = width // (2 if stereo == "left-right" else 1), height // (2 if stereo == "top-bottom" else 1)
        if abs(across / down - 2) > 0.02:
            raise MediaError(
                f"{path}: says nothing of its projection and is {width} x {height}, not 2:1; "
                f"name it with --projection {_NAMES}."
            )
        projection = "equirectangular"
    if projection not in PROJECTIONS:
        raise MediaError(
            f"{path}: its projection, {projection}, is not known; if that is wrong, say --projection {_NAMES}."
        )
    return SphericalMetadata(projection, stereo)


def to_equirectangular(found: SphericalMetadata) -> Callable[[Any], Any] | None:
    """Return what turns a decoded picture into an equirectangular one; None where it is one already."""
    steps = [_HALVES[found.stereo]] if found.stereo else []
    if found.projection in _V360:
        steps.append(f"scale={3 * _FACE}:{2 * _FACE}:flags=area")
        steps.append(f"v360=input={_V360[found.projection]}:output=e:w={4 * _FACE}:h={2 * _FACE}:interp=linear")
    return FilterChain(steps) if steps else None
