"""Pictures as players show them: turned and mirrored as the video's display matrix says (ISO/IEC 14496-12, 6.2.2).

A telephone held upright stores lying pictures and the matrix that turns them. Only multiples of 90 degrees occur; of
any other angle the nearest one is taken.
"""

from typing import Any

import numpy as np

from fairplay_bench.media.filters import FilterChain

_TRANSPOSE = "transpose=dir=cclock_flip"  # rows become columns; by FFmpeg's own filters, as that program turns


class Upright:
    """Turns the decoded pictures of a video as they are to be shown."""

    def __init__(self) -> None:
        self._chains: dict[tuple[str, ...], FilterChain] = {}

    def __call__(self, picture: Any) -> Any:
        """Turn a picture (``av.VideoFrame``); the same one where nothing is to be done."""
        steps = _steps(picture)
        return self._chains.setdefault(steps, FilterChain(steps))(picture) if steps else picture


def _steps(picture: Any) -> tuple[str, ...]:
    stored = picture.side_data.get("DISPLAYMATRIX")
    if stored is None:
        return ()
    a, b, _, c, d, *_ = np.frombuffer(bytes(stored), np.int32).tolist()  # x' = a x + c y, y' = b x + d y, y downwards
    transposed = abs(b) > abs(a)
    across, down = (c, b) if transposed else (a, d)
    wanted = ((_TRANSPOSE, transposed), ("hflip", across < 0), ("vflip", down < 0))
    return tuple(step for step, needed in wanted if needed)
