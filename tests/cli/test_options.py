"""Options that commands share mean the same everywhere."""

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairplay_bench.cli.binauralize import binauralize_command
from fairplay_bench.cli.options import parse_splits, shared_options
from fairplay_bench.cli.separate import separate_command
from fairplay_bench.errors import OptionError


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (None, None),
        ("1", [1]),
        ("1-10", list(range(1, 11))),
        ("1,3", [1, 3]),
        ("3,1", [1, 3]),
        ("1-3,2-5,9", [1, 2, 3, 4, 5, 9]),
        (" 1 , 2-3 ", [1, 2, 3]),
        ("4-4", [4]),
        ("007", [7]),
    ],
)
def test_splits(text, numbers):
    assert parse_splits(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ",",
        "1,",
        ",1",
        "1,,2",
        "a",
        "-",
        "1-",
        "-1",
        "3-1",
        "1-2-3",
        "1.5",
        "1;2",
        "1 2",
        "²",
        "١",
        "1-99999",
        "9" * 99,
    ],
)
def test_other_splits_are_refused(text):
    with pytest.raises(OptionError, match=r"^--splits .*: give numbers such as 1-10 or 1,3\.$"):
        parse_splits(text)
    assert OptionError.exit_status == 2


@settings(deadline=None, max_examples=50)
@given(st.sets(st.integers(0, 9999), min_size=1))
def test_every_list_of_numbers_is_read(numbers):
    assert parse_splits(",".join(map(str, numbers))) == sorted(numbers)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text):
    try:
        numbers = parse_splits(text)
    except OptionError:
        return
    assert numbers == sorted(set(numbers))
    assert numbers


def test_options_are_added_in_their_order():
    @click.command()
    @shared_options("data", "jobs", "overwrite")
    def command(data, jobs, overwrite):
        raise AssertionError((data, jobs, overwrite))

    assert [option.opts[0] for option in command.params] == ["--data", "--jobs", "--overwrite"]
    assert command.params[2].secondary_opts == ["--no-overwrite"]


def test_an_option_that_is_not_shared():
    with pytest.raises(KeyError):
        shared_options("colour")(lambda: None)


@pytest.mark.parametrize("command", [binauralize_command, separate_command])
def test_commands_without_splits_or_a_folder_of_predictions_do_not_offer_them(command):
    helps = {option.name: option.help for option in command.params if isinstance(option, click.Option)}
    assert "{split}" not in helps["weights"]
    assert "predictions:" not in helps["model"]
