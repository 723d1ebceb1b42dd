"""Whether a WAV file is all there, judged by the length its chunk ``data`` announces.

A file cut short still opens, and libsndfile reads what is left of it without a word.
"""

from pathlib import Path
from typing import Literal

from fairplay_bench.errors import MediaError

_HEADER = 8
_UNKNOWN = 0x7FFFF000  # and above: what programs that write into a pipe put for a length they do not know


def check_complete(path: Path) -> None:
    """Refuse a WAV file that ends before its samples do; other formats pass.

    Raises:
        MediaError: if the file is truncated.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] not in (b"RIFF", b"RIFX") or head[8:] != b"WAVE":
            return
        order: Literal["little", "big"] = "little" if head[:4] == b"RIFF" else "big"
        start = len(head)
        while start + _HEADER <= size:
            file.seek(start)
            header = file.read(_HEADER)
            length = int.from_bytes(header[4:], order)
            end = start + _HEADER + length
            if header[:4] == b"data":
                if length < _UNKNOWN and end > size:
                    raise MediaError(f"{path}: truncated: {size} bytes of at least {end}; copy or download it again.")
                return
            start = end + length % 2  # chunks start at even bytes
