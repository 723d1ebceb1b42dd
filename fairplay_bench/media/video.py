"""Pictures of a video at a steady rate, taken in one decoding pass.

Frame k, counted from 1, is the last decoded picture before ``(k - 0.5) / 10`` s, in rational time: the choice of
``ffmpeg -vf fps=10`` at any picture rate. A picture exactly at that moment, as at 24 or 60 pictures a second, belongs
to the next frame there, because that filter rounds ties up; so it does here. Times count from the start of the file,
as that program's do. A seek for each frame would be thirty times slower, and skipping undecoded pictures gives wrong
ones.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.errors import MediaError
from fairplay_bench.media.completeness import check_complete
from fairplay_bench.media.files import check_is_content
from fairplay_bench.media.turning import Upright
from fairplay_bench.records import FRAMES_PER_S

_MP4 = "mp4"  # among FFmpeg's names of the format that MOV is, too
EARLY_END_S = Fraction(1, 2)  # sound and picture of one recording may end this far apart


def frame_time(number: int) -> Fraction:
    """Moment, in seconds, before which the last picture is frame ``number`` (counted from 1)."""
    return Fraction(2 * number - 1, 2 * FRAMES_PER_S)


@contextmanager
def open_video(path: Path, purpose: str) -> Iterator[Any]:
    """Open a video that has pictures; what FFmpeg says against it meanwhile becomes one line.

    Args:
        path: the video.
        purpose: what it cannot be where that fails, such as ``"decoded"``.

    Yields:
        The container, with a picture track.

    Raises:
        MediaError: if the file is missing, a git-LFS pointer, truncated, damaged, or without pictures.
    """
    import av

    check_is_content(path)
    check_complete(path)
    try:
        with av.open(f"file:{path}", metadata_errors="replace") as container:
            if not container.streams.video:
                raise MediaError(f"{path}: has no picture track.")
            yield container
    except av.FFmpegError as error:
        reason = error.strerror or "damaged"
        raise MediaError(f"{path}: cannot be {purpose} ({reason}); copy or download it again.") from error


def video_duration_s(path: Path) -> float:
    """Length of a video's picture track, seconds: as the file tells it, else as its packets do.

    Raises:
        MediaError: if it cannot be opened, has no picture track, or its packets tell no time.
    """
    with open_video(path, "opened") as container:
        told = _told_duration(container)
        return float(told or pictures_end(container, path))


def pictures_end(container: Any, path: Path) -> Fraction:
    """Moment, seconds from the start of the file, at which the last picture ends.

    Other files than MP4 and MOV tell a length of the whole alone, if any, and sound may go on after the pictures: there
    the last packets are read. The container is not at its start afterwards.

    Args:
        container: from :func:`open_video`.
        path: the file, for the message.

    Raises:
        MediaError: if neither the file nor its packets tell a time.
    """
    stream = container.streams.video[0]
    origin = _start_of(container, stream)
    if duration := _told_duration(container):
        return (stream.start_time or 0) * Fraction(stream.time_base) + duration - origin
    told = (container.start_time or 0) + (container.duration or 0)  # microseconds
    ends = _packets_end(container, stream, told) or _packets_end(container, stream, container.start_time or 0)
    if ends is None:
        raise MediaError(f"{path}: does not say how long it is; remux it, for example with ffmpeg -c copy.")
    return ends * Fraction(stream.time_base) - origin


def _told_duration(container: Any) -> Fraction | None:
    """Length of the picture track, seconds, where the file tells it; FFmpeg guesses one for some other files."""
    stream = container.streams.video[0]
    tells = _MP4 in container.format.name.split(",") and stream.duration
    return stream.duration * Fraction(stream.time_base) if tells else None


def _packets_end(container: Any, stream: Any, start: int) -> int | None:
    """End of the last packet from the key frame before ``start`` (microseconds) on, in the track's ticks."""
    import av

    with suppress(av.FFmpegError):  # what cannot be searched is read from where it stands
        container.seek(start)
    ends = [packet.pts + (packet.duration or 0) for packet in container.demux(stream) if packet.pts is not None]
    return max(ends, default=None)


def shown_size(path: Path) -> tuple[int, int]:
    """Width and height, in pixels, of a video's pictures as players show them.

    Raises:
        MediaError: if its first picture cannot be decoded.
    """
    with open_video(path, "decoded") as container:
        for picture in container.decode(_picture_track(container, path)):
            shown = Upright()(picture)
            return shown.width, shown.height
    raise MediaError(f"{path}: has a picture track but no picture in it.")


def take_frames(
    path: Path, count: int, width: int, height: int, convert: Callable[[Any], Any] | None = None
) -> Iterator[NDArray[np.uint8]]:
    """Decode a video once and yield its frames at ten a second, turned as players show them, resized (bilinear).

    Args:
        path: the video.
        count: how many frames.
        width: of a frame, pixels.
        height: of a frame, pixels.
        convert: applied to each chosen picture (``av.VideoFrame``), turned, before it is resized.

    Yields:
        ``(height, width, 3)``, RGB.

    Raises:
        MediaError: if the file is missing, a git-LFS pointer, truncated, damaged, without pictures, or its pictures
            end more than half a second before the last frame.
    """
    with open_video(path, "decoded") as container:
        yield from _chosen(container, path, count, _resizer(width, height, convert))


def _resizer(width: int, height: int, convert: Callable[[Any], Any] | None) -> Callable[[Any], NDArray[np.uint8]]:
    from av.video.reformatter import VideoReformatter

    reformatter, upright = VideoReformatter(), Upright()

    def resized(picture: Any) -> Any:
        picture = upright(picture)
        picture = picture if convert is None else convert(picture)
        return reformatter.reformat(picture, width, height, format="rgb24", interpolation="BILINEAR").to_ndarray()

    return resized


def _chosen(
    container: Any, path: Path, count: int, resized: Callable[[Any], NDArray[np.uint8]]
) -> Iterator[NDArray[np.uint8]]:
    stream = _picture_track(container, path)
    origin = _start_of(container, stream)
    number, began, ends = 1, Fraction(0), Fraction(0)  # of the last picture
    current: Any = None
    for picture in container.decode(stream):
        if picture.pts is None:
            continue
        time = picture.pts * picture.time_base - origin
        image = None  # of the picture before this one, converted at most once
        while current is not None and number <= count and frame_time(number) <= time:
            image = resized(current) if image is None else image
            yield image
            number += 1
        if number > count:
            return
        lasts = Fraction((picture.duration or 0) * picture.time_base) or time - began  # FLV tells no durations
        current, began, ends = picture, time, time + lasts
    if current is None:
        raise MediaError(f"{path}: has a picture track but no picture in it.")
    if frame_time(count) - ends > EARLY_END_S:
        raise MediaError(
            f"{path}: its pictures end at {float(ends):.2f} s but {float(frame_time(count)):.2f} s are needed; "
            "copy or download it again."
        )
    image = resized(current)
    for _ in range(number, count + 1):
        yield image


def _picture_track(container: Any, path: Path) -> Any:
    stream = container.streams.video[0]
    if stream.codec_context is None:
        raise MediaError(f"{path}: its picture track is in a format that cannot be decoded; copy or download it again.")
    stream.codec_context.thread_count = 1  # clips are spread over processes instead
    return stream


def _start_of(container: Any, stream: Any) -> Fraction:
    """Start of the file, seconds; it is known in microseconds, so the tick of the stream nearest to it is meant."""
    start = Fraction(container.start_time or 0, 1_000_000)
    tick = Fraction(stream.time_base)
    return round(start / tick) * tick
