"""FAIR-Play as published: finding its clips, and preparing one.

``binaural_audios/NNNNNN.wav`` (``audios/`` in the tar archives), ``videos/NNNNNN.mp4``, ``splits/split*/*.h5``.
Whatever has this layout is prepared by this code, the embedded data set too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.units import PreparedUnit, Unit
from fairplay_bench.dsp.resample import resample
from fairplay_bench.errors import DatasetError, MediaError
from fairplay_bench.media.audio import read_sound, write_wav
from fairplay_bench.media.files import sha256_of
from fairplay_bench.media.frames import write_frames
from fairplay_bench.media.video import take_frames
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, FRAMES_PER_S, SAMPLE_RATE, ClipId, check_clip_id

AUDIO_FOLDERS = ("binaural_audios", "audios")
VIDEO_FOLDER = "videos"
SOURCE_RATE = 48_000
EARS = 2


@dataclass(frozen=True, slots=True)
class FairPlaySource:
    """A source folder and what was found in it.

    Attributes:
        root: the folder.
        audio_folder: the one of :data:`AUDIO_FOLDERS` that is there.
        clip_ids: every clip with a sound or a video, ascending.
    """

    root: Path
    audio_folder: str
    clip_ids: tuple[ClipId, ...]

    def units(self, clip_ids: Iterable[ClipId]) -> list[Unit]:
        """Work to be done for these clips, in order."""
        return [Unit(clip, (self.audio(clip), self.video(clip))) for clip in clip_ids]

    def audio(self, clip: ClipId) -> Path:
        """Sound file of a clip."""
        return self.root / self.audio_folder / f"{clip}.wav"

    def video(self, clip: ClipId) -> Path:
        """Video file of a clip."""
        return self.root / VIDEO_FOLDER / f"{clip}.mp4"


def find_clips(root: Path) -> FairPlaySource:
    """Look through a source folder.

    Args:
        root: the folder that holds ``binaural_audios`` (or ``audios``) and ``videos``.

    Returns:
        What is there.

    Raises:
        DatasetError: if the folder is missing or has no clips in this layout.
    """
    if not root.is_dir():
        raise DatasetError(f"{root}: no such folder; give the folder of the FAIR-Play clone with --source.")
    in_folders = {name: _stems(root / name, "*.wav") for name in AUDIO_FOLDERS}
    audio_folder = next((name for name, found in in_folders.items() if found), AUDIO_FOLDERS[0])
    sounds, videos = in_folders[audio_folder], _stems(root / VIDEO_FOLDER, "*.mp4")
    if not sounds | videos:
        raise DatasetError(
            f"{root}: no binaural_audios/*.wav (or audios/*.wav) and videos/*.mp4 in it; give the folder of the "
            "FAIR-Play clone with --source."
        )
    clip_ids = sorted(check_clip_id(name, str(root)) for name in sounds | videos)
    return FairPlaySource(root, audio_folder, tuple(clip_ids))


def _stems(folder: Path, pattern: str) -> set[str]:
    hidden = "."  # such as the ._000001.wav that a Mac leaves in archives
    return {path.stem for path in folder.glob(pattern) if not path.name.startswith(hidden)}


def prepare_clip(unit: Unit, out: Path, scratch: Path) -> PreparedUnit:
    """Resample a clip's sound, take its frames and write both.

    Args:
        unit: the clip, with its sound and its video.
        out: the prepared data set.
        scratch: folder for temporary names on the same disk.

    Returns:
        Its row of the index.

    Raises:
        MediaError: if a file is missing, damaged or not of two channels.
        OutputError: if the output cannot be written.
    """
    audio, video = unit.sources
    sound = read_sound(audio)
    if sound.channels != EARS:
        raise MediaError(f"{audio}: {sound.channels} channel(s) where two ears are needed; copy the binaural file.")
    samples = resample(sound.samples, sound.rate, SAMPLE_RATE)
    duration_s = len(samples) / SAMPLE_RATE
    n_frames = round(FRAMES_PER_S * duration_s)
    if not n_frames:
        raise MediaError(f"{audio}: lasts only {duration_s:.3f} s; copy or download it again.")
    frames = out / "frames" / unit.name
    target = out / "audio" / f"{unit.name}.wav"
    frames_sha256 = write_frames(frames, take_frames(video, n_frames, FRAME_WIDTH, FRAME_HEIGHT), scratch)
    write_wav(target, samples, SAMPLE_RATE, scratch)
    row = IndexRow(
        clip_id=unit.name,
        video_id=unit.name,
        start_s=0.0,
        duration_s=duration_s,
        n_samples=len(samples),
        n_frames=n_frames,
        audio=target.relative_to(out).as_posix(),
        frames=frames.relative_to(out).as_posix(),
        source_sha256=sha256_of(unit.sources),
        audio_sha256=sha256_of([target]),
        frames_sha256=frames_sha256,
    )
    return PreparedUnit(unit.name, sound.rate, (row,), row.source_sha256)
