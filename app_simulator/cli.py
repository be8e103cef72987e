"""The command line ``app-simulator``: finds the commands, and turns every error into one sentence and an exit code."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import click

from app_simulator import commands
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.terminal.command import CommandLineError, Exit, TwoLanguageCommand, help_option, language_option
from app_simulator.terminal.output import Terminal
from app_simulator.texts import Texts, language_of
from scan_to_login.protocol import Code
from scan_to_login.terminal.click_words import speak

PROGRAM = "app-simulator"

_EXITS: dict[str, Exit] = {
    PhoneCode.CONNECTION_FAILED: Exit.CONNECTION,
    PhoneCode.CONNECTION_TIMEOUT: Exit.CONNECTION,
    PhoneCode.CONNECTION_INSECURE: Exit.CONNECTION,
    PhoneCode.NOT_A_GATEWAY: Exit.CONNECTION,
    PhoneCode.BAD_GATEWAY_URL: Exit.COMMAND_LINE,
    PhoneCode.NUMBER_REQUIRED: Exit.COMMAND_LINE,
    PhoneCode.NOT_LOGGED_IN: Exit.NOT_LOGGED_IN,
    PhoneCode.STATE_UNREADABLE: Exit.NOT_LOGGED_IN,
    Code.UNAUTHENTICATED: Exit.NOT_LOGGED_IN,
    Code.OTP_TRIES_EXHAUSTED: Exit.NOT_LOGGED_IN,
    **{code: Exit.QR for code in PhoneCode if code.startswith("qr_")},
}


def exit_code(error: PhoneError) -> int:
    """The exit code of an error; ``--help`` lists what they mean."""
    return _EXITS.get(error.code, Exit.REFUSED)


class CommandFolder(TwoLanguageCommand, click.Group):
    """The commands are the modules of ``app_simulator.commands``; one is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Their names, sorted."""
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, in the chosen language."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        made: click.Command = module.build(self.texts)
        return made

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """``Commands: …``"""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(self.texts("help.commands")):
            formatter.write_dl([(name, made.get_short_help_str(120)) for name, made in found if made is not None])


def build(t: Texts) -> CommandFolder:
    """The whole command line in one language."""

    def version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted:
            from importlib.metadata import version

            click.echo(f"{PROGRAM} {version('scan-to-login')}")
            ctx.exit()

    version_option = click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=version, help=t("help.version")
    )
    made = CommandFolder(
        PROGRAM,
        params=[language_option(t), version_option, help_option(t)],
        help=t("help.app"),
        no_args_is_help=True,
        options_metavar=t("help.options_metavar"),
        subcommand_metavar=t("help.commands_metavar"),
        add_help_option=False,
    )
    made.texts = t
    return made


def run(arguments: Sequence[str]) -> int:
    """Run one command. In: the arguments without the program's name. Out: the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese is no reason to fail
    t = Texts(language_of(arguments))
    speak("zh" if t.language == "zh" else "en")
    try:
        code: object = build(t).main(list(arguments), prog_name=PROGRAM, standalone_mode=False)
    except PhoneError as error:
        _tell_program(arguments, error)
        _tell(error.sentence(t))
        return exit_code(error)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return Exit.COMMAND_LINE
    except click.ClickException as error:
        _tell(_sentence(t, error))
        return Exit.COMMAND_LINE
    except (click.Abort, KeyboardInterrupt):
        _tell(t("usage.interrupted"))
        return Exit.INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        return Exit.REFUSED
    except Exception as error:
        if os.environ.get("PAIRING_TRACEBACK"):
            raise
        _tell(t("usage.fault", reason=f"{type(error).__name__}: {error}"))
        return Exit.FAULT
    return code if isinstance(code, int) else Exit.DONE


def _tell(sentence: str) -> None:
    click.echo(f"{PROGRAM}: {sentence}", err=True)


def _tell_program(arguments: Sequence[str], error: PhoneError) -> None:
    if "--json" in arguments:
        told = {"code": error.code, "detail": error.detail, "status": error.status, **error.extra}
        Terminal(Texts(), as_json=True).answer({"error": json.loads(json.dumps(told, default=str))})


def _sentence(t: Texts, error: click.ClickException) -> str:
    """What is wrong with the command line, in the chosen language, and where the right one is found."""
    if isinstance(error, CommandLineError):
        return error.message
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = t("usage.see_help", command=context.command_path if context else PROGRAM)
    between, end = ("", "。") if t.language == "zh" else (" ", ".")
    return f"{_what_is_wrong(t, error, context, end)}{between}{hint}"


def _what_is_wrong(t: Texts, error: click.ClickException, context: click.Context | None, end: str) -> str:
    if isinstance(error, click.NoSuchOption):
        return t("usage.no_such_option", name=error.option_name)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return t("usage.no_such_command", name=error.command_name)
    if isinstance(error, click.BadParameter):
        name = error.param.make_metavar(context) if isinstance(error.param, click.Argument) and context else None
        name = name or (error.param.opts[-1] if error.param is not None else "")
        if isinstance(error, click.MissingParameter):
            return t("usage.missing", name=name)
        return t("usage.bad_value", name=name, reason=error.message.rstrip(".。") + end)
    return t("usage.other", reason=error.format_message().rstrip(".。") + end)
