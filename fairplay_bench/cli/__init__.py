"""The command line: one module a command, which parses, calls and prints.

Commands are loaded when they are called, so that help appears at once.
"""

import sys
from importlib import import_module
from importlib.metadata import entry_points, version
from typing import Any

import click

from fairplay_bench.cli.terminating import Terminated, ended_in_order
from fairplay_bench.errors import TERMINATED, BenchError, UnknownNameError
from hrtf.errors import HrtfError
from hrtf.errors import UnknownNameError as UnknownHrtfNameError

COMMANDS = {
    "binauralize": "fairplay_bench.cli.binauralize:binauralize_command",
    "decode": "fairplay_bench.cli.decode:decode_command",
    "eval": "fairplay_bench.cli.eval:eval_command",
    "hrtf": "fairplay_bench.cli.hrtf:hrtf_command",
    "leaderboard": "fairplay_bench.cli.leaderboard:leaderboard_command",
    "models": "fairplay_bench.cli.models:models_command",
    "predict": "fairplay_bench.cli.predict:predict_command",
    "prepare": "fairplay_bench.cli.prepare:prepare_command",
    "quickstart": "fairplay_bench.cli.quickstart:quickstart_command",
    "score": "fairplay_bench.cli.score:score_command",
    "separate": "fairplay_bench.cli.separate:separate_command",
    "spherical-map": "fairplay_bench.cli.spherical_map:spherical_map_command",
    "study": "fairplay_bench.cli.study:study_command",
    "train": "fairplay_bench.cli.train:train_command",
    "verify": "fairplay_bench.cli.verify:verify_command",
}
INTERRUPTED = 130
_SAVES_WHEN_TERMINATED = "train"  # Lightning handles SIGTERM there, and would call another's handler, too


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of our commands and of those that baselines bring."""
        del ctx
        return sorted({*COMMANDS, *(entry.name for entry in entry_points(group="fairplay_bench.commands"))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; an unknown name comes with the known ones."""
        if cmd_name in COMMANDS:
            module, _, attribute = COMMANDS[cmd_name].partition(":")
            command: click.Command = getattr(import_module(module), attribute)
            return command
        for entry in entry_points(group="fairplay_bench.commands", name=cmd_name):
            brought: click.Command = entry.load()
            return brought
        raise UnknownNameError("command", cmd_name, self.list_commands(ctx))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("fairplay-bench"), prog_name="fairplay-bench")
@click.option("--debug", is_flag=True, help="Show a traceback where an error would be one line.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Datasets, baselines, metrics and a leaderboard for 2.5D visual sound."""
    del debug  # read by main from the context
    from fairplay_bench.cli.console import ConsoleReporter

    if ctx.invoked_subcommand != _SAVES_WHEN_TERMINATED:
        ctx.with_resource(ended_in_order())
    ctx.obj = ConsoleReporter()  # for the commands that baselines bring, which do not import this package


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; expected errors are one line and the exit status says what kind."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        outcome: Any = cli.main(arguments, prog_name="fairplay-bench", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _leave("interrupted; run the same command again.", INTERRUPTED)
    except Terminated:
        _leave("terminated; run the same command again.", TERMINATED)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except click.ClickException as error:
        _leave(_usage(error), error.exit_code)
    except (BenchError, HrtfError) as error:
        if "--debug" in arguments:
            raise
        _leave(str(error), _status_of(error))
    raise SystemExit(outcome if isinstance(outcome, int) else 0)


def _usage(error: click.ClickException) -> str:
    """What click says in several lines, as one."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = "fairplay-bench" if context is None else context.command_path
    said = " ".join(error.format_message().split())
    return f"{said}{'' if said.endswith(('.', '?', ')')) else '.'} See '{command} --help'."


def _status_of(error: BenchError | HrtfError) -> int:
    if isinstance(error, BenchError):
        return error.exit_status
    return 2 if isinstance(error, UnknownHrtfNameError) else 1  # the others are about the content of a file


def _leave(message: str, status: int) -> None:
    click.echo(f"fairplay-bench: {message}", err=True)
    raise SystemExit(status) from None
