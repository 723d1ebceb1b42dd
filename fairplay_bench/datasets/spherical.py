"""The 360° sets: finding recordings in three source layouts, and preparing one.

(a) downloads, ``<id>.{mp4,webm,mkv}`` with four-channel sound; (b) ``<id>.wav`` beside ``<id>.mp4``; (c) the published
preprocessing, ``<id>/ambix/%06d.wav`` of a second each and ``<id>/video/%06d.jpg`` at ten a second, counted from 0.
Each recording's layout is recognised by itself. Its first-order sound is decoded to two ears with the suite's
standard decoder and the head of the user's choice, and kept beside them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fairplay_bench.datasets.recordings import CLIP_FRAMES, CLIP_S, Image, Recording, write_clips
from fairplay_bench.datasets.units import PreparedUnit, Unit
from fairplay_bench.errors import DatasetError, MediaError
from fairplay_bench.media.ambisonic import (
    AMBISONIC_RATE,
    WITH_HEIGHT,
    WITHOUT_HEIGHT,
    check_first_order,
    first_order,
    with_omni,
)
from fairplay_bench.media.frames import read_image
from fairplay_bench.media.projection import projection_of, to_equirectangular
from fairplay_bench.media.sound_stream import Block, SoundInfo, resampled, sound_blocks, sound_info
from fairplay_bench.media.video import EARLY_END_S, take_frames, video_duration_s
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, FRAMES_PER_S, SAMPLE_RATE, check_clip_id

if TYPE_CHECKING:
    from hrtf.decoder import Decoder

VIDEO_SUFFIXES = (".mp4", ".webm", ".mkv")

_AMBIX, _PICTURES = "ambix", "video"
_EARLY_END_FRAMES = int(EARLY_END_S * FRAMES_PER_S)


@dataclass(frozen=True)
class SphericalWork:
    """Prepares recordings of a 360° set; a value, so that it travels to workers.

    Attributes:
        decoder: from first-order ambisonics at 48 kHz to two ears.
        without_height: recordings that lack the Z channel.
        projection: of all the videos; None finds it out for each.
    """

    decoder: "Decoder"
    without_height: frozenset[str] = frozenset()
    projection: str | None = None

    def __call__(self, unit: Unit, out: Path, scratch: Path) -> PreparedUnit:
        """Prepare one recording; see :func:`fairplay_bench.datasets.recordings.write_clips`."""
        has_height = unit.name not in self.without_height
        sounds = [path for path in unit.sources if path.parent.name == _AMBIX] or [unit.sources[0]]
        info = sound_info(sounds[0])
        check_first_order(info, sounds[0], has_height)
        ambisonic = with_omni(first_order(_joined(sounds, info), has_height), sounds[0])
        kept, heard = tee(resampled(ambisonic, info.rate, AMBISONIC_RATE))  # in step: a clip's length is held, no more
        recording = Recording(
            unit,
            info.rate,
            resampled(self._decoded(heard), AMBISONIC_RATE, SAMPLE_RATE),
            self._frames(unit),
            ambisonics=kept,
            channels=WITH_HEIGHT if has_height else WITHOUT_HEIGHT,
        )
        return write_clips(recording, out, scratch, _picture_clips(unit))

    def _decoded(self, blocks: Iterator[Block]) -> Iterator[Block]:
        from hrtf.decoder import StreamDecoder

        stream = StreamDecoder(self.decoder, AMBISONIC_RATE)
        for block in blocks:
            yield stream.process(block).astype(np.float32)

    def _frames(self, unit: Unit) -> Callable[[int], Iterator[Image]]:
        if _is_preprocessed(unit):
            return partial(_picture_frames, [path for path in unit.sources if path.suffix == ".jpg"])
        return partial(_video_frames, unit.sources[-1], self.projection)


def find_recordings(root: Path) -> tuple[list[Unit], list[str]]:
    """Find every recording of a source folder, whichever layout it has.

    Args:
        root: the folder.

    Returns:
        The recordings by name, and a line for each thing that looks like one and is not.

    Raises:
        DatasetError: if the folder is missing or holds no recording.
    """
    if not root.is_dir():
        raise DatasetError(f"{root}: no such folder; give the folder of the recordings with --source.")
    units: dict[str, Unit] = {}
    problems: list[str] = []
    for path in sorted(root.iterdir()):
        name = path.name if path.is_dir() else path.stem
        if path.name.startswith("."):  # such as the ._abc.mp4 that a Mac leaves in archives
            continue
        sources = _sources(path, problems)
        if not sources:
            continue
        try:
            check_clip_id(name, str(root))
        except DatasetError as error:
            problems.append(str(error))
            continue
        if name in units:
            problems.append(f"{path.name}: recording {name} is there twice; {units[name].sources[0].name} is used")
            continue
        units[name] = Unit(name, sources)
    if not units:
        raise DatasetError(
            f"{root}: no <id>.mp4, .webm or .mkv and no <id>/ambix/*.wav in it; give the folder of the recordings."
        )
    return [units[name] for name in sorted(units)], problems


def _sources(path: Path, problems: list[str]) -> tuple[Path, ...]:
    """Files of the recording that this entry of the source folder is; half a recording is named in ``problems``."""
    if path.is_dir():
        sounds, pictures = sorted((path / _AMBIX).glob("*.wav")), sorted((path / _PICTURES).glob("*.jpg"))
        if bool(sounds) != bool(pictures):
            there, absent = (f"{_AMBIX}/*.wav", f"{_PICTURES}/*.jpg")[:: 1 if sounds else -1]
            problems.append(f"{path.name}: {there} but no {absent}; copy the recording again")
        return (*sounds, *pictures) if sounds and pictures else ()
    if path.suffix.lower() in VIDEO_SUFFIXES:
        sound = path.with_suffix(".wav")
        return (sound, path) if sound.is_file() else (path,)
    if path.suffix == ".wav" and not any(path.with_suffix(suffix).is_file() for suffix in VIDEO_SUFFIXES):
        problems.append(f"{path.name}: no video {path.stem}.mp4 beside it; copy it there")
    return ()


def _is_preprocessed(unit: Unit) -> bool:
    return unit.sources[0].parent.name == _AMBIX


def _joined(sounds: list[Path], info: SoundInfo) -> Iterator[Block]:
    """Sound of files that follow one another; a second that is missing or differs is named."""
    for number, path in enumerate(sounds):
        if len(sounds) > 1 and path.stem != f"{number:06d}":
            raise MediaError(f"{path.parent}: {number:06d}.wav is missing; copy the recording again.")
        here = sound_info(path)
        if (here.rate, here.channels) != (info.rate, info.channels):
            raise MediaError(f"{path}: {here.channels} channels at {here.rate} Hz, unlike the seconds before it.")
        yield from sound_blocks(path)


def _picture_clips(unit: Unit) -> int:
    """How many whole clips the pictures last."""
    if _is_preprocessed(unit):
        pictures = [path for path in unit.sources if path.suffix == ".jpg"]
        for number, path in enumerate(pictures):
            if path.stem != f"{number:06d}":
                raise MediaError(f"{path.parent}: {number:06d}.jpg is missing; copy the recording again.")
        return (len(pictures) + _EARLY_END_FRAMES) // CLIP_FRAMES
    return int((video_duration_s(unit.sources[-1]) + float(EARLY_END_S)) // CLIP_S)


def _video_frames(path: Path, projection: str | None, count: int) -> Iterator[Image]:
    convert = to_equirectangular(projection_of(path, projection))
    return take_frames(path, count, FRAME_WIDTH, FRAME_HEIGHT, convert)


def _picture_frames(paths: list[Path], count: int) -> Iterator[Image]:
    """Frames of the published preprocessing: file k - 1 is frame k, scaled; the last one stays to the clip's end."""
    from PIL import Image as Pillow

    for number in range(count):
        picture = Pillow.fromarray(read_image(paths[min(number, len(paths) - 1)]))
        yield np.array(picture.resize((FRAME_WIDTH, FRAME_HEIGHT), Pillow.Resampling.BILINEAR))
