import json
import subprocess
import sys
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from fairplay_bench import cli
from fairplay_bench.errors import MediaError, OptionError
from hrtf.errors import HrtfError

MISSING = "Missing argument 'X'. Choose from: a, b. See 'fairplay-bench fail --help'."


@pytest.fixture
def failing(monkeypatch, tmp_path):
    """A command ``fail`` that raises what is put into ``failing.error``."""
    (tmp_path / "failing_command.py").write_text(
        "import click\n\n\n@click.command()\ndef command():\n    if error is not None:\n        raise error\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(cli.COMMANDS, "fail", "failing_command:command")
    import failing_command

    yield failing_command
    del sys.modules["failing_command"]


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (MediaError("a.wav: bad; copy it."), 1, "a.wav: bad; copy it."),
        (OptionError("--x: wrong."), 2, "--x: wrong."),
        (HrtfError("no head."), 1, "no head."),
        (click.UsageError("Missing argument 'X'. Choose from:\n\ta,\n\tb"), 2, MISSING),
    ],
)
def test_expected_errors_are_one_line(call, failing, error, status, text):
    failing.error = error
    ran = call("fail")
    assert (ran.status, ran.message) == (status, text)


def test_an_interrupt_leaves_with_130(call, failing):
    failing.error = KeyboardInterrupt()
    ran = call("fail")
    assert ran.status == 130
    assert ran.err.strip() == "fairplay-bench: interrupted; run the same command again."


def test_a_command_that_ends_well_leaves_with_0(call, failing):
    failing.error = None
    assert call("fail").status == 0


def test_faults_of_the_program_show_a_traceback(failing):
    failing.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        cli.main(["fail"])


def test_debug_shows_the_traceback_of_an_expected_error(failing):
    failing.error = MediaError("a.wav: bad; copy it.")
    with pytest.raises(MediaError):
        cli.main(["--debug", "fail"])


def test_an_unknown_command_comes_with_the_known_ones(call):
    ran = call("prepaer")
    assert ran.status == 2
    assert ran.message.startswith("unknown command 'prepaer'. Did you mean 'prepare'? Known: ")


def test_an_unknown_option_is_a_usage_error(call):
    ran = call("verify", "--nothing")
    assert ran.status == 2
    assert ran.message == "No such option '--nothing'. See 'fairplay-bench verify --help'."


def test_the_version(call):
    assert call("--version").out == f"fairplay-bench, version {version('fairplay-bench')}\n"


@pytest.mark.parametrize("command", sorted(cli.COMMANDS))
def test_every_command_has_help(command):
    result = CliRunner().invoke(cli.cli, [command, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage: ")


def test_help_names_every_command_and_loads_no_heavy_library():
    script = (
        "import json, sys\n"
        "from click.testing import CliRunner\n"
        "from fairplay_bench.cli import cli\n"
        "result = CliRunner().invoke(cli, ['--help'])\n"
        "heavy = {'torch', 'datasets', 'pandas', 'matplotlib', 'sofar', 'scipy', 'lightning', 'h5py'}\n"
        "print(json.dumps([result.exit_code, result.output, sorted(heavy & sys.modules.keys())]))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    status, output, heavy = json.loads(ran.stdout)
    assert (status, heavy) == (0, [])
    assert all(f"\n  {command} " in output for command in cli.COMMANDS)
