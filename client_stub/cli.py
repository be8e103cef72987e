"""The command ``client-stub``: finds its subcommands, and turns every end into a sentence and an exit code."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import Final

import click

from client_stub import commands
from client_stub.errors import LocalCode
from client_stub.signals import Terminated
from client_stub.terminal.catalog import Catalog
from client_stub.terminal.exit_codes import Exit
from client_stub.terminal.options import language_parameter
from scan_to_login.terminal.click_words import speak, translate
from scan_to_login.terminal.language import choose_language, language_option

PROGRAM: Final = "client-stub"


def speaking(command: click.Command, say: Catalog) -> click.Command:
    """The command with its ``--help`` in the language of the call."""
    command.params.append(help_parameter(say))
    if say.language == "zh":
        translate(command, {})
    return command


class _Commands(click.Group):
    """The modules of ``client_stub.commands``, imported when they are called for: a new file is a new command.

    Each has ``build(say)``, which makes its click command in the language of the call.
    """

    def __init__(self, say: Catalog) -> None:
        super().__init__(
            PROGRAM,
            help=say("help.program"),
            callback=click.pass_context(_help_alone),
            invoke_without_command=True,
            params=[language_parameter(say), version_parameter(say)],
            add_help_option=False,
        )
        self._say = say

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            raise click.UsageError(self._say("usage.no_such_command", command=args[0]), ctx)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        return speaking(module.build(self._say), self._say)


def _help_alone(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(Exit.USAGE)


def help_parameter(say: Catalog) -> click.Option:
    """``--help`` in the language of the call."""

    def show(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit()

    return click.Option(
        ["--help"], is_flag=True, is_eager=True, expose_value=False, callback=show, help=say("help.help")
    )


def version_parameter(say: Catalog) -> click.Option:
    """``--version``."""

    def show(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            from client_stub.client import own_version

            click.echo(f"{PROGRAM} {own_version()}")
            ctx.exit()

    return click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=show, help=say("help.version")
    )


def run(arguments: Sequence[str]) -> int:
    """Run one command line and answer its exit code; says what went wrong in one sentence, never by a traceback."""
    say = Catalog(choose_language(language_option(arguments), os.environ))
    speak(say.language)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a locale without Chinese shows a question mark, and goes on
    try:
        result = speaking(_Commands(say), say).main(list(arguments), prog_name=PROGRAM, standalone_mode=False)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else PROGRAM
        _complain(say("usage", problem=_usage_problem(error, say), command=command))
        return Exit.USAGE
    except click.ClickException as error:
        _complain(error.format_message())
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        _complain(say(f"error.{LocalCode.INTERRUPTED}"))
        return Exit.INTERRUPTED
    except Terminated:
        return Terminated.EXIT_CODE
    except BrokenPipeError:
        # Whoever read the output has gone; nothing more can be said, not even by the interpreter at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAULT
    except Exception:  # noqa: BLE001 - the last door: a user gets a sentence, whoever repairs this the traceback
        with tempfile.NamedTemporaryFile("w", prefix=f"{PROGRAM}-", suffix=".txt", delete=False) as report:
            traceback.print_exc(file=report)
        _complain(say("fault", path=report.name))
        return Exit.FAULT
    return int(result or 0)


def _usage_problem(error: click.UsageError, say: Catalog) -> str:
    if isinstance(error, click.NoSuchOption):
        return say("usage.no_such_option", option=error.option_name)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return say("usage.bad_value", option=error.param.opts[-1], reason=error.message.rstrip(".。"))
    if isinstance(error, click.BadOptionUsage):
        return say("usage.no_value", option=error.option_name)
    sentence = error.format_message()
    return sentence if sentence.endswith((".", "。", "!", "?")) else f"{sentence}."


def _complain(sentence: str) -> None:
    click.echo(sentence, err=True)
