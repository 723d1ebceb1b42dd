"""What a spherical map is made of: the pictures and the first-order sound of a recording, found and checked."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fairplay_bench.errors import OptionError
from fairplay_bench.media.ambisonic import check_first_order
from fairplay_bench.media.projection import projection_of
from fairplay_bench.media.sound_stream import SOUND_SUFFIXES, sound_info
from hrtf.ambisonics import AMBIX

if TYPE_CHECKING:
    from hrtf.ambisonics import AmbisonicFormat


@dataclass(frozen=True)
class MapSource:
    """What is to be mapped.

    Attributes:
        video: whose pictures are shown; None for a recording without.
        sound: a file or the sound of a video.
        stored: channel order and weights of the sound.
        has_height: False where Z was not recorded: three channels W, Y, X, or a fourth that is ignored.
        projection: of the video; found out by default.
    """

    video: Path | None
    sound: Path
    stored: "AmbisonicFormat"
    has_height: bool = True
    projection: str | None = None


def map_source(
    recording: Path,
    sound: Path | None,
    stored: "AmbisonicFormat",
    has_height: bool = True,
    projection: str | None = None,
) -> MapSource:
    """Find the sound and the pictures of a recording, and refuse what cannot be mapped before anything is decoded.

    Args:
        recording: a video; or a sound file, which is mapped without pictures.
        sound: the channels to map, recorded or predicted; by default the WAV of the video's name beside it, else the
            video's own sound.
        stored: channel order and weights of the sound.
        has_height: see :class:`MapSource`.
        projection: of the video; found out by default.

    Raises:
        MediaError: if the sound is no first-order ambisonics, or the pictures are not equirectangular nor said to be
            anything else.
        OptionError: if the options contradict each other.
    """
    if not has_height and stored != AMBIX:
        raise OptionError("--no-height: W, Y, X is ACN order; leave out --order and --norm.")
    if recording.suffix.lower() in SOUND_SUFFIXES:
        if sound is not None or projection is not None:
            raise OptionError(f"{recording}: has no pictures; leave out --sound and --projection, or give the video.")
        found = MapSource(None, recording, stored, has_height)
    else:
        beside = recording.with_suffix(".wav")
        found = MapSource(
            recording, sound or (beside if beside.is_file() else recording), stored, has_height, projection
        )
        projection_of(recording, projection)
    check_first_order(sound_info(found.sound), found.sound, has_height)
    return found
