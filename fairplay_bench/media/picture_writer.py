"""A video written picture by picture, with sound beside it if there is any."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairplay_bench.errors import OutputError
from fairplay_bench.media.files import written_whole
from fairplay_bench.media.sound_stream import Block, resampled
from fairplay_bench.media.sound_writer import EARS, VIDEO_RATE, audio_frame

_ENCODING = {"crf": "18", "preset": "medium"}


def write_pictures(
    path: Path,
    pictures: Iterable[NDArray[np.uint8]],
    rate: int,
    sound: Iterable[Block] | None = None,
    sound_rate: int = VIDEO_RATE,
) -> None:
    """Write an MP4 of pictures (H.264) and, if given, their sound (AAC at 48 kHz), whole or not at all.

    Args:
        path: the file.
        pictures: ``(height, width, 3)`` each, RGB, of one size, even in height and width; drawn as they are written.
        rate: pictures a second.
        sound: ``(n, 1)`` or ``(n, 2)`` each; one channel goes to both ears. Cut where the pictures end.
        sound_rate: its rate, Hz.

    Raises:
        OutputError: if it cannot be written.
    """
    import av

    try:
        with written_whole(path) as temporary, av.open(f"file:{temporary}", "w", format="mp4") as container:
            track = container.add_stream("libx264", rate=rate, options=_ENCODING)
            heard = None if sound is None else container.add_stream("aac", rate=VIDEO_RATE, layout="stereo")
            blocks = _Ears(sound or (), sound_rate)
            for number, picture in enumerate(pictures):
                if number == 0:
                    track.height, track.width, track.pix_fmt = *picture.shape[:2], "yuv420p"
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, rate)
                container.mux(track.encode(frame))
                if heard is not None:
                    for piece in blocks.until((number + 1) / rate):
                        container.mux(heard.encode(piece))
            container.mux(track.encode(None))
            if heard is not None:
                container.mux(heard.encode(None))
    except (av.FFmpegError, ValueError) as error:
        raise OutputError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}.") from error


class _Ears:
    """Sound cut into frames of the encoder, up to the moments that are asked for."""

    def __init__(self, blocks: Iterable[Block], rate: int) -> None:
        ears = (np.broadcast_to(block.T, (EARS, len(block))) for block in blocks)
        self._source: Iterator[Block] = resampled(ears, rate, VIDEO_RATE)
        self._held, self._done, self._ended = np.zeros((EARS, 0), np.float32), 0, False

    def until(self, time_s: float) -> list[Any]:
        wanted = round(time_s * VIDEO_RATE) - self._done
        while self._held.shape[1] < wanted and not self._ended:
            block = next(self._source, None)
            self._ended = block is None
            if block is not None:
                self._held = np.concatenate([self._held, block], axis=1)
        piece, self._held = self._held[:, :wanted], self._held[:, wanted:]
        if not piece.shape[1]:
            return []
        frame = audio_frame(piece.T, self._done)
        self._done += piece.shape[1]
        return [frame]
