"""Heat over the pictures of a whole video, as PNG and as MP4."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from baselines.explain.drawing import overlaid
from baselines.explain.heat import Heat, Shot
from baselines.explain.methods import Explanation
from fairplay_bench.dsp.windows import WINDOW_SAMPLES
from fairplay_bench.errors import MediaError, MethodError, OptionError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.block_reader import SoundSource, open_sound
from fairplay_bench.media.files import folders_made_for, written_whole
from fairplay_bench.media.frames import frame_name
from fairplay_bench.media.key_frames import check_every, key_frames
from fairplay_bench.media.outputs import check_folder_is_free
from fairplay_bench.media.picture_writer import write_pictures
from fairplay_bench.media.pictures import VideoPictures
from fairplay_bench.media.video import EARLY_END_S, frame_time, open_video, shown_size, take_frames, video_duration_s
from fairplay_bench.models.window_pictures import resized
from fairplay_bench.models.windowed import WindowedBinauralizer
from fairplay_bench.records import FRAMES_PER_S, SAMPLE_RATE, Protocol

_AT_ONCE = 16  # shots in memory


@dataclass(frozen=True, slots=True)
class ExplainPlan:
    """What is explained, how, and where it goes.

    Attributes:
        video: the video.
        explanation: the method of explanation.
        out: gets a folder named after it, with a PNG for each key frame and an MP4 of the whole video.
        protocol: gives the level that a network hears.
        target: the recording that belongs to the video; the video's own sound by default, if it has any.
        every_s: seconds between key frames.
        batch: pictures at once.
        overwrite: replace that folder.
    """

    video: Path
    explanation: Explanation
    out: Path
    protocol: Protocol
    target: Path | None = None
    every_s: float = 1.0
    batch: int = 16
    overwrite: bool = False

    @property
    def folder(self) -> Path:
        """Where everything is written."""
        return self.out / self.explanation.name


def explain(plan: ExplainPlan, method: WindowedBinauralizer, reporter: Reporter | None = None) -> list[Heat]:
    """Explain a method on a video; what is written appears whole or not at all.

    Args:
        plan: what and how.
        method: looks at pictures.
        reporter: hears how far it is; silent by default.

    Returns:
        The heat over each key frame, ascending.

    Raises:
        OptionError: if an option is wrong, or the sound does not have the channels that are needed.
        MethodError: if the method looks at no pictures, or cannot be explained so.
        MediaError: if the video or the sound cannot be read, or they differ in length.
        OutputError: if the folder is there already or cannot be written.
    """
    check_every(plan.every_s)
    check_folder_is_free(plan.folder, plan.overwrite)
    size = method.network.picture_size
    if size is None:
        raise MethodError(f"{method.card.name}: looks at no pictures, so there is nothing to show.")
    source = _sound_of(plan)
    explainer = plan.explanation.explainer(method, plan.protocol, plan.batch)
    pictures = VideoPictures(plan.video)
    keys = key_frames(pictures.count, plan.every_s)
    numbers = list(range(1, pictures.count + 1)) if plan.explanation.every_frame else keys
    needed = source if plan.explanation.channels else None
    label = "frames" if plan.explanation.every_frame else "key frames"
    shots = (reporter or Reporter()).track(_shots(numbers, pictures, size, needed), len(numbers), label)
    heats: dict[int, Heat] = {}
    while some := list(islice(shots, _AT_ONCE if plan.explanation.every_frame else 1)):
        heats |= {heat.number: heat for heat in explainer.heats(some)}
    _write(plan, heats, set(keys), pictures.count, source)
    return [heats[number] for number in keys]


def window_around(sound: Tensor, time_s: float) -> Tensor:
    """Window whose centre is nearest to a moment.

    Args:
        sound: ``(channels, samples)``, 16 kHz.
        time_s: the moment.

    Returns:
        ``(channels, 10080)``; zeros beyond the end of a shorter sound.
    """
    start = round(time_s * SAMPLE_RATE) - WINDOW_SAMPLES // 2
    start = max(0, min(start, sound.shape[1] - WINDOW_SAMPLES))
    window = sound[:, start : start + WINDOW_SAMPLES]
    return pad(window, (0, WINDOW_SAMPLES - window.shape[1]))


def _sound_of(plan: ExplainPlan) -> SoundSource | None:
    needed, path = plan.explanation.channels, plan.target or plan.video
    with open_video(plan.video, "read as a video") as container:
        heard = plan.target is not None or bool(container.streams.audio)
    source = open_sound(path) if heard else None
    if source is None and needed:
        raise OptionError(f"{plan.video}: has no sound, which {plan.explanation.name} needs; give it by --target.")
    if source is not None and source.channels < needed:
        raise OptionError(f"{path}: one channel; {plan.explanation.name} compares with true ears: give --target EARS.")
    if source is not None and plan.target is not None:
        length_s = video_duration_s(plan.video)
        if abs(length_s - source.duration_s) > EARLY_END_S:
            raise MediaError(
                f"{path}: lasts {source.duration_s:.2f} s and {plan.video} {length_s:.2f} s; give its own recording."
            )
    return source


def _shots(
    numbers: list[int], pictures: VideoPictures, size: tuple[int, int], source: SoundSource | None
) -> Iterator[Shot]:
    sound = None
    if source is not None:
        blocks = list(source.blocks(SAMPLE_RATE, keep_ears=source.channels > 1))
        sound = torch.from_numpy(np.concatenate(blocks)).T
    for number in numbers:
        time_s = float(frame_time(number))
        picture = resized(pictures.at(time_s), size)
        yield Shot(number, time_s, picture, None if sound is None else window_around(sound, time_s))


def _write(plan: ExplainPlan, heats: dict[int, Heat], keys: set[int], count: int, source: SoundSource | None) -> None:
    from PIL import Image

    known = np.array(sorted(heats))
    with folders_made_for(plan.out), written_whole(plan.folder, folder=True) as folder:

        def drawn() -> Iterator[NDArray[np.uint8]]:
            frames = take_frames(plan.video, count, *_even_size(plan.video))
            for number, picture in enumerate(frames, start=1):
                nearest = int(known[np.abs(known - number).argmin()])
                shown = overlaid(picture, heats[nearest].values)
                if number in keys:
                    Image.fromarray(shown).save(folder / Path(frame_name(number)).with_suffix(".png"))
                yield shown

        file = folder / f"{plan.explanation.name}.mp4"
        if source is None:
            write_pictures(file, drawn(), FRAMES_PER_S)
        else:
            blocks = source.blocks(source.rate, keep_ears=source.channels > 1)
            write_pictures(file, drawn(), FRAMES_PER_S, blocks, source.rate)


def _even_size(video: Path) -> tuple[int, int]:
    """Width and height of a video as it is shown, made even."""
    width, height = shown_size(video)
    return width + width % 2, height + height % 2
