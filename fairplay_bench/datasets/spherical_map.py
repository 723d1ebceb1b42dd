"""The energy of an ambisonic recording over the sphere, laid over its equirectangular picture: a PNG, or an MP4."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.datasets.map_source import MapSource
from fairplay_bench.errors import MediaError, OptionError
from fairplay_bench.media.ambisonic import AMBISONIC_RATE, first_order, with_omni
from fairplay_bench.media.picture_writer import write_pictures
from fairplay_bench.media.projection import projection_of, to_equirectangular
from fairplay_bench.media.sound_stream import Block, regrouped, resampled, sound_blocks, sound_info
from fairplay_bench.media.video import take_frames, video_duration_s
from fairplay_bench.records import FRAMES_PER_S
from hrtf.ambisonics import AMBIX, convert
from hrtf.energy_map import beam_power, covariances

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 960, 480  # of what is drawn
GRID_WIDTH, GRID_HEIGHT = 240, 120  # of the map: first-order beams are wide
FRAME_SAMPLES = AMBISONIC_RATE // FRAMES_PER_S
AT_S = 0.5  # how long a moment is
RANGE_DB = 8.0  # below the loudest direction; what is softer is not coloured
FAINTEST_DB = -30.0  # of a moment against the loudest one, in a video
GROUND, LINE = (44, 46, 52), (66, 69, 77)
LINE_DEG = 30


@dataclass(frozen=True, slots=True)
class Loudest:
    """Where most energy comes from, degrees, and how much of the recording was looked at, seconds."""

    azimuth_deg: float
    elevation_deg: float
    seconds: float


def draw_map(source: MapSource, out: Path, at_s: float | None = None) -> Loudest:
    """Draw the energy over the sphere as a PNG, over the picture in the middle.

    Args:
        source: what to map.
        out: the PNG.
        at_s: look at the half second around this moment, and show its picture; at all of the recording by default.

    Returns:
        Where most energy comes from.

    Raises:
        MediaError: if the sound or the pictures cannot be read, or the sound is silent.
        OptionError: if the moment lies outside the recording.
        OutputError: if the PNG cannot be written.
    """
    from fairplay_bench.media.files import written_whole
    from hrtf.plots import plot_energy_map

    frames = _energies(source)
    first, last = _span(len(frames), at_s)
    power = _power(frames[first:last].mean(axis=0))
    if not power.any():
        raise MediaError(f"{source.sound}: silent there; give another --at, or none.")
    level_db = 10 * np.log10(np.maximum(power / power.max(), 1e-12))
    picture = _picture_at(source, (first + last) // 2)
    span = "" if at_s is None else f", {first / FRAMES_PER_S:.1f} to {last / FRAMES_PER_S:.1f} s"
    with written_whole(out) as temporary:
        plot_energy_map(picture, level_db, RANGE_DB, temporary, f"{source.sound.name}{span}")
    return _loudest(power, (last - first) / FRAMES_PER_S)


def film_map(source: MapSource, out: Path) -> Loudest:
    """Draw the energy over the sphere over time, ten pictures a second, with the sound of two opposite cardioids.

    Args:
        source: what to map.
        out: the MP4.

    Returns:
        Where most energy comes from in all.

    Raises:
        MediaError: if the sound or the pictures cannot be read, or the sound is silent.
        OutputError: if the MP4 cannot be written.
    """
    frames = _energies(source)
    count = len(frames)
    if source.video is not None:
        count = max(1, min(count, int(video_duration_s(source.video) * FRAMES_PER_S)))
    ears = (_opposite_cardioids(block) for block in _field(source))
    write_pictures(out, _film(source, frames[:count]), FRAMES_PER_S, ears, AMBISONIC_RATE)
    return _loudest(_power(frames[:count].mean(axis=0)), count / FRAMES_PER_S)


def _field(source: MapSource) -> Iterator[Block]:
    """W, Y, Z, X at 48 kHz."""
    rate = sound_info(source.sound).rate
    blocks = first_order(sound_blocks(source.sound), source.has_height)
    ambix = (convert(block, source.stored, AMBIX).astype(np.float32) for block in blocks)
    return resampled(with_omni(ambix, source.sound), rate, AMBISONIC_RATE)


def _opposite_cardioids(field: Block) -> Block:
    """Left and right, ``(samples, 2)``."""
    w, y = field[:2]
    return np.stack([(w + y) / 2, (w - y) / 2], axis=-1)


def _energies(source: MapSource) -> Floats:
    """Covariances of the channels, ``(frames, 4, 4)``, ten a second."""
    groups = regrouped(_field(source), 10 * FRAME_SAMPLES)
    parts = [covariances(group, FRAME_SAMPLES) for group in groups if group.shape[-1] >= FRAME_SAMPLES]
    if not parts:
        raise MediaError(f"{source.sound}: lasts less than 0.1 s; there is nothing to map.")
    frames = np.concatenate(parts)
    if not frames.any():
        raise MediaError(f"{source.sound}: silent throughout; there is nothing to map.")
    return frames


def _span(count: int, at_s: float | None) -> tuple[int, int]:
    if at_s is None:
        return 0, count
    if not 0 <= at_s <= count / FRAMES_PER_S:
        raise OptionError(f"--at {at_s:g}: the recording lasts {count / FRAMES_PER_S:.1f} s.")
    first = min(max(0, round((at_s - AT_S / 2) * FRAMES_PER_S)), count - 1)
    return first, min(count, first + round(AT_S * FRAMES_PER_S))


@lru_cache(maxsize=1)
def _grid() -> tuple[Floats, Floats]:
    azimuth = 180.0 - (np.arange(GRID_WIDTH) + 0.5) * 360.0 / GRID_WIDTH
    elevation = 90.0 - (np.arange(GRID_HEIGHT) + 0.5) * 180.0 / GRID_HEIGHT
    across, up = np.meshgrid(azimuth, elevation)
    return across, up


def _power(covariance: Floats) -> Floats:
    """``(120, 240)``, as the picture lies: left of the front at the left, up above."""
    return beam_power(covariance, *_grid())


def _loudest(power: Floats, seconds: float) -> Loudest:
    place = np.unravel_index(int(power.argmax()), power.shape)
    azimuth, elevation = (float(part[place]) for part in _grid())
    return Loudest(azimuth, elevation, seconds)


def _pictures(source: MapSource, count: int) -> Iterator[Picture]:
    if source.video is None:
        plain = _graticule()
        return (plain for _ in range(count))
    convert_picture = to_equirectangular(projection_of(source.video, source.projection))
    return take_frames(source.video, count, WIDTH, HEIGHT, convert_picture)


def _picture_at(source: MapSource, frame: int) -> Picture:
    if source.video is not None:
        frame = max(0, min(frame, int(video_duration_s(source.video) * FRAMES_PER_S) - 1))
    return deque(_pictures(source, frame + 1), maxlen=1)[0]


def _graticule() -> Picture:
    """A dark ground with a line every 30°."""
    picture = np.full((HEIGHT, WIDTH, 3), GROUND, np.uint8)
    step = WIDTH * LINE_DEG // 360
    picture[::step] = picture[:, ::step] = LINE
    return picture


def _film(source: MapSource, frames: Floats) -> Iterator[Picture]:
    """Pictures with the map over them; each map is the mean of three frames."""
    padded = np.pad(frames, ((1, 1), (0, 0), (0, 0)), mode="edge")
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    level_db = 10 * np.log10(np.maximum(smooth[:, 0, 0] / smooth[:, 0, 0].max(), 1e-12))
    loudness = np.clip(1 - level_db / FAINTEST_DB, 0.0, 1.0)
    for picture, covariance, loud in zip(_pictures(source, len(frames)), smooth, loudness, strict=True):
        yield _overlaid(picture, _power(covariance), float(loud))


def _overlaid(picture: Picture, power: Floats, loudness: float) -> Picture:
    from matplotlib import colormaps
    from PIL import Image

    if not loudness:
        return picture
    heat = np.clip(1 + 10 * np.log10(np.maximum(power / power.max(), 1e-12)) / RANGE_DB, 0.0, 1.0)
    large = np.asarray(Image.fromarray(heat.astype(np.float32)).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR))
    colours = colormaps["inferno"](0.25 + 0.75 * large)[..., :3] * 255
    cover = 0.75 * loudness * large[..., None]
    return np.asarray(np.rint(picture * (1 - cover) + colours * cover), dtype=np.uint8)
