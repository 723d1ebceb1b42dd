"""Whether a video is all there, for the formats that tell how long their files are."""

from pathlib import Path

from fairplay_bench.media import matroska, mp4


def check_complete(path: Path) -> None:
    """Refuse an MP4, MOV, MKV or WebM file that was cut short; other formats pass.

    Raises:
        MediaError: if the file is truncated.
    """
    mp4.check_complete(path)
    matroska.check_complete(path)
