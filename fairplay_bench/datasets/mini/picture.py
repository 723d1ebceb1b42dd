"""The picture track of a scene: sprites pasted on the room, encoded as H.264."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from io import BytesIO

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image, ImageDraw, ImageFilter

from fairplay_bench.datasets.mini.figures import HEAD_ROOM, figure_size, lower_sprite, upper_sprite
from fairplay_bench.datasets.mini.motion import Pose, pose_at
from fairplay_bench.datasets.mini.phrases import DURATION_S
from fairplay_bench.datasets.mini.room import HEIGHT, WIDTH, paint_room
from fairplay_bench.datasets.mini.scene import Scene

RATE = 30  # pictures a second
N_PICTURES = round(DURATION_S * RATE)
FEET_Y = 231  # the row below the feet
X264 = {
    "preset": "veryfast",
    "crf": "23",
    "flags": "+bitexact",
    # more threads, other bytes; and the macroblock tree of x264 reads memory that it has not written
    "x264-params": "threads=1:lookahead-threads=1:keyint=60:mbtree=0",
}


def poses(scene: Scene, picture: int) -> tuple[Pose, ...]:
    """The poses of all players in one picture.

    Args:
        scene: its record.
        picture: counted from 0, ``RATE`` a second.

    Returns:
        One a player, in their order.
    """
    return tuple(
        pose_at(player, figure_size(player.instrument, player.look)[0], scene.key.beat_s, picture / RATE)
        for player in scene.players
    )


def compose(scene: Scene, room: Image.Image, stand: tuple[Pose, ...]) -> Image.Image:
    """One picture of a scene.

    Args:
        scene: its record.
        room: as ``paint_room`` gives it; left as it is.
        stand: the poses of the players.

    Returns:
        RGB, 480 x 240.
    """
    picture = room.copy()
    for player, pose in zip(scene.players, stand, strict=True):
        name, look, facing = player.instrument, player.look, player.facing
        width, height = figure_size(name, look)
        shadow = _shadow(width)
        picture.paste(shadow, (pose.left + (width - shadow.width) // 2, FEET_Y - shadow.height // 2 - 2), shadow)
        lower = lower_sprite(name, look, pose.step, facing)
        upper = upper_sprite(name, look, pose.arms, pose.sounding, facing)
        top = FEET_Y - height - HEAD_ROOM
        picture.paste(lower, (pose.left, top), lower)
        picture.paste(upper, (pose.left, top + pose.bob), upper)
    return picture


@lru_cache(maxsize=64)
def _shadow(width: int) -> Image.Image:
    """A soft shadow under a figure of this width: black with an alpha channel."""
    sheet = Image.new("L", (width + 24, 22), 0)
    ImageDraw.Draw(sheet).ellipse((14, 5, width + 9, 16), fill=120)
    black = Image.new("RGBA", sheet.size, (0, 0, 0, 0))
    black.putalpha(sheet.filter(ImageFilter.GaussianBlur(3)))
    return black


def pictures(scene: Scene) -> Iterator[Image.Image]:
    """All pictures of a scene in order; the same object again where nothing moved."""
    room = paint_room(scene.room)
    before: tuple[Pose, ...] | None = None
    picture = room
    for number in range(N_PICTURES):
        stand = poses(scene, number)
        if stand != before:
            picture, before = compose(scene, room, stand), stand
        yield picture


def encode(scene: Scene) -> bytes:
    """The picture track of a scene as an MP4 file; see :func:`encode_pictures`."""
    return encode_pictures(pictures(scene))


def encode_pictures(shown: Iterable[Image.Image]) -> bytes:
    """Pictures as an MP4 file: H.264, yuv420p, 480 x 240, 30 pictures a second, no sound.

    Args:
        shown: RGB; the same object again where nothing moved.

    Returns:
        The file, the same bytes every time for one version of the encoder.
    """
    sheet = BytesIO()
    with av.open(sheet, "w", format="mp4", container_options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options=X264)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.thread_count = 1
        before: Image.Image | None = None
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        planes = VideoReformatter()  # one, for it keeps what it has prepared
        for number, picture in enumerate(shown):
            if picture is not before:
                colours = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
                frame = planes.reformat(colours, format="yuv420p", interpolation=Interpolation.BILINEAR, threads=1)
                before = picture
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return sheet.getvalue()
