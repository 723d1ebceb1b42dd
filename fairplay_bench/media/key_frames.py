"""Which frames of a video or clip are looked at, so many seconds apart."""

import math

from fairplay_bench.errors import OptionError
from fairplay_bench.records import FRAMES_PER_S


def check_every(every_s: float) -> None:
    """Refuse a distance of frames that is none.

    Raises:
        OptionError: saying so.
    """
    if not 1 <= every_s * FRAMES_PER_S < math.inf:
        raise OptionError(f"--every {every_s:g}: frames are {1 / FRAMES_PER_S:g} s apart; give that or more.")


def key_frames(count: int, every_s: float) -> list[int]:
    """Numbers of the frames, of ``count``, in the middle of each span of ``every_s`` seconds; at least one."""
    step = max(1, round(every_s * FRAMES_PER_S))
    return list(range((step + 1) // 2, count + 1, step)) or [count]
