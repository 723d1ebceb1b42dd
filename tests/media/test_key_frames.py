"""Key frames, and the distances that are refused."""

import pytest

from fairplay_bench.errors import OptionError
from fairplay_bench.media.key_frames import check_every, key_frames


def test_key_frames_lie_in_the_middle_of_their_span():
    assert key_frames(100, 1.0) == [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]
    assert key_frames(3, 0.1) == [1, 2, 3]
    assert key_frames(3, 10.0) == [3]


@pytest.mark.parametrize("every_s", [0.0, -1.0, 0.05, float("nan"), float("inf")])
def test_a_distance_that_is_none_is_refused(every_s):
    with pytest.raises(OptionError, match=rf"^--every {every_s:g}: frames are 0\.1 s apart; give that or more\.$"):
        check_every(every_s)
    check_every(0.1)
