"""Numbers as the tables write them."""

import pytest

from leaderboard.text import standard_error


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.0123, "0.012"), (5.44, "5.4"), (99.4, "99"), (99.6, "100"), (123.4, "123")],
)
def test_a_standard_error_is_never_a_power_of_ten(value, text):
    assert standard_error(value) == text
