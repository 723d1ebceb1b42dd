"""Any folder of videos with two-channel sound, such as MUSIC-Stereo or YouTube-ASMR."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from fairplay_bench.datasets.recordings import CLIP_S, Recording, write_clips
from fairplay_bench.datasets.spherical import VIDEO_SUFFIXES
from fairplay_bench.datasets.units import PreparedUnit, Unit
from fairplay_bench.errors import DatasetError, MediaError
from fairplay_bench.media.sound_stream import Block, resampled, sound_blocks, sound_info
from fairplay_bench.media.video import EARLY_END_S, take_frames, video_duration_s
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, SAMPLE_RATE, check_clip_id

NEAR_MONO_DB = -30.0  # energy of L-R against that of L+R: below it the two channels are one
EARS = 2


@dataclass(frozen=True, slots=True)
class StereoWork:
    """Prepares stereo recordings; a value, so that it travels to workers.

    Attributes:
        near_mono_db: clips whose L-R lies further below L+R are dropped and counted, dB.
    """

    near_mono_db: float = NEAR_MONO_DB

    def __call__(self, unit: Unit, out: Path, scratch: Path) -> PreparedUnit:
        """Prepare one recording; see :func:`fairplay_bench.datasets.recordings.write_clips`."""
        path = unit.sources[0]
        info = sound_info(path)
        if info.channels != EARS:
            raise MediaError(f"{path}: {info.channels} channel(s) where two are needed; leave it out.")
        recording = Recording(
            unit,
            info.rate,
            resampled(sound_blocks(path), info.rate, SAMPLE_RATE),
            partial(take_frames, path, width=FRAME_WIDTH, height=FRAME_HEIGHT),
            self._is_stereo,
        )
        return write_clips(recording, out, scratch, int((video_duration_s(path) + float(EARLY_END_S)) // CLIP_S))

    def _is_stereo(self, ears: Block) -> bool:
        left, right = ears.astype(np.float64)
        difference, total = np.square(left - right).mean(), np.square(left + right).mean()
        return bool(difference > total * 10 ** (self.near_mono_db / 10))


def find_videos(root: Path) -> tuple[list[Unit], list[str]]:
    """Find every video of a folder and the folders in it.

    Args:
        root: the folder.

    Returns:
        The recordings by name (of the file), and a line for each that cannot be used.

    Raises:
        DatasetError: if the folder is missing or holds no video.
    """
    if not root.is_dir():
        raise DatasetError(f"{root}: no such folder; give the folder of the videos with --source.")
    units: dict[str, Unit] = {}
    problems: list[str] = []
    for path in sorted(root.rglob("*")):
        if path.suffix.lower() not in (*VIDEO_SUFFIXES, ".mov") or path.name.startswith(".") or not path.is_file():
            continue
        try:
            name = check_clip_id(path.stem, str(root))
        except DatasetError as error:
            problems.append(str(error))
            continue
        if name in units:
            problems.append(f"{path.relative_to(root)}: a video named {name} is there already; rename one of them")
            continue
        units[name] = Unit(name, (path,))
    if not units:
        raise DatasetError(f"{root}: no .mp4, .webm, .mkv or .mov in it; give the folder of the videos.")
    return [units[name] for name in sorted(units)], problems
