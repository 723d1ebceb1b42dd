import inspect

import pytest

from fairplay_bench import errors
from fairplay_bench.errors import BenchError, OptionError, UnknownNameError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, BenchError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_ours_and_has_an_exit_status(kind):
    assert kind.exit_status == (2 if issubclass(kind, OptionError) else 1)
    assert kind.__doc__


def test_an_unknown_name_comes_with_the_nearest_and_all():
    error = UnknownNameError("model", "mono-mini", ["swap", "mono-mono"])
    assert str(error) == "unknown model 'mono-mini'. Did you mean 'mono-mono'? Known: mono-mono, swap."
    assert (error.kind, error.name, error.known) == ("model", "mono-mini", ["mono-mono", "swap"])


def test_a_name_like_no_other_comes_without_a_guess():
    assert str(UnknownNameError("model", "xyz", ["mono-mono"])) == "unknown model 'xyz'. Known: mono-mono."


def test_a_name_where_none_is_known():
    assert str(UnknownNameError("model", "xyz", [])) == "unknown model 'xyz'. Known: none."
