"""A command line in two languages on click: its help, what is wrong with its use, and one exit code for each end."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

import click

from scan_to_login.errors import CallError
from scan_to_login.messages import LANGUAGES, Language
from scan_to_login.processes import Terminated
from scan_to_login.terminal.click_words import speak
from scan_to_login.terminal.exit_codes import MEANING, Exit
from scan_to_login.terminal.language import Text, choose_language, language_option

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

TEXTS: Final = {
    "usage": Text("Usage: ", "用法："),
    "options_metavar": Text("[OPTIONS]", "[选项]"),
    "commands_metavar": Text("COMMAND [OPTIONS]", "命令 [选项]"),
    "options": Text("Options", "选项"),
    "commands": Text("Commands", "命令"),
    "exits": Text("Exit codes", "退出码"),
    "help": Text("Show this help and end.", "显示本帮助并退出。"),
    "version": Text("Show the version and end.", "显示版本号并退出。"),
    "lang": Text(
        "Language: zh or en (PAIRING_LANG). Without it: that of LC_ALL, LC_MESSAGES or LANG.",
        "语言：zh 或 en（PAIRING_LANG）。默认取自 LC_ALL、LC_MESSAGES 或 LANG。",
    ),
    "see_help": Text("See `{command} --help`.", "用法请参见 `{command} --help`。"),
    "missing": Text("{name} is missing.", "缺少 {name}。"),
    "no_value": Text("{name} needs a value.", "{name} 需要一个值。"),
    "no_such_option": Text("There is no option {name}.", "没有选项 {name}。"),
    "no_such_command": Text("There is no command {name}.", "没有命令 {name}。"),
    "bad_value": Text("{name} has a value that does not fit: {reason}", "{name} 的值无效：{reason}"),
    "fault": Text(
        "This program has a fault ({reason}): please report it with the file {path}.",
        "程序内部错误（{reason}），请附上文件 {path} 反馈。",
    ),
    "interrupted": Text("Interrupted.", "已中断。"),
}


class Catalog(Protocol):
    """A program's sentences in one language, by key."""

    language: Language

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence of a key with its placeholders filled."""


C = TypeVar("C", bound=Catalog)


def shared_text(language: Language, key: str, **values: object) -> str:
    """A sentence that every command line says; ``key`` is one of TEXTS."""
    text: str = getattr(TEXTS[key], language)
    return text.format(**values)


class CommandLineError(click.UsageError):
    """The command line is wrong or lacks something; the message is a whole sentence in the chosen language."""


class Command(click.Command):
    """A click command whose headings are in one language, with the exit codes at the end of its help."""

    def __init__(self, *args: Any, language: Language, **options: Any) -> None:
        self.language = language
        options.setdefault("options_metavar", shared_text(language, "options_metavar"))
        options["add_help_option"] = False
        super().__init__(*args, **options)
        self.params += [_language_parameter(language), _help_parameter(language)]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """``Usage: …``"""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=shared_text(self.language, "usage"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """``Options: …``, and in a group the commands after them."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        with formatter.section(shared_text(self.language, "options")):
            formatter.write_dl([record for option in options if (record := option.get_help_record(ctx)) is not None])
        if isinstance(self, Group):
            with formatter.section(shared_text(self.language, "commands")):
                formatter.write_dl(self.summaries(ctx))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """``Exit codes: …``"""
        with formatter.section(shared_text(self.language, "exits")):
            formatter.write_dl([(str(int(code)), getattr(MEANING[code], self.language)) for code in Exit])


class Group(Command, click.Group):
    """A command with commands below it; without one of them it shows its help."""

    def __init__(self, *args: Any, language: Language, **options: Any) -> None:
        options.setdefault("subcommand_metavar", shared_text(language, "commands_metavar"))
        super().__init__(*args, language=language, no_args_is_help=True, **options)

    def summaries(self, ctx: click.Context) -> list[tuple[str, str]]:
        """The commands below it: name, and what it does in one line."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        return [(name, made.get_short_help_str(120)) for name, made in found if made is not None]


@dataclass(frozen=True)
class Program(Generic[C]):
    """A program with a command line.

    ``commands`` is a package: each module in it is a command, imported when it is called and not for the list of all
    commands; its ``build`` makes the click command from a catalog. ``refused`` shows a CallError that a command raised,
    and answers the exit code.
    """

    name: str
    commands: ModuleType
    catalog: Callable[[Language], C]
    description: str
    """A key of the catalog."""
    summary: str
    """The key of a command's line in the list of all, with the place of its ``{name}``."""
    refused: Callable[[CallError, C, Sequence[str]], int]

    def run(self, arguments: Sequence[str]) -> int:
        """Run one command line. In: the arguments without the program's name. Out: the exit code."""
        language = choose_language(language_option(arguments), os.environ)
        catalog = self.catalog(language)
        speak(language)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese is no reason to fail
        try:
            code: object = _Commands(self, catalog, language).main(
                list(arguments), prog_name=self.name, standalone_mode=False
            )
        except CallError as error:
            return self.refused(error, catalog, arguments)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            return Exit.USAGE
        except click.ClickException as error:
            self.complain(_usage_problem(self.name, language, error))
            return Exit.USAGE
        except (click.Abort, KeyboardInterrupt):
            self.complain(shared_text(language, "interrupted"))
            return Exit.INTERRUPTED
        except Terminated as end:
            return int(str(end.code))
        except BrokenPipeError:
            # The reader of the output has gone: nothing more can be written, not even by the interpreter at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return Exit.REFUSED
        except Exception as error:  # noqa: BLE001 - a user gets a sentence, and the traceback in a file
            import tempfile
            import traceback

            with tempfile.NamedTemporaryFile("w", prefix=f"{self.name}-", suffix=".txt", delete=False) as report:
                traceback.print_exc(file=report)
            reason = f"{type(error).__name__}: {error}"
            self.complain(shared_text(language, "fault", reason=reason, path=report.name))
            return Exit.FAULT
        return code if isinstance(code, int) else Exit.DONE

    def complain(self, sentence: str) -> None:
        """An error, as one line on standard error that names the program."""
        click.echo(f"{self.name}: {sentence}", err=True)


def whole_command(program: Program[C], language: Language) -> click.Command:
    """The program's command, with all below it, in one language."""
    return _Commands(program, program.catalog(language), language)


class _Commands(Group, Generic[C]):
    def __init__(self, program: Program[C], catalog: C, language: Language) -> None:
        super().__init__(
            program.name,
            language=language,
            help=catalog(program.description),
            params=[_version_parameter(program.name, language)],
        )
        self._program = program
        self._catalog = catalog

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Their names, sorted."""
        found = pkgutil.iter_modules(self._program.commands.__path__)
        return sorted(module.name.replace("_", "-") for module in found)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, in the chosen language."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{self._program.commands.__name__}.{cmd_name.replace('-', '_')}")
        made: click.Command = module.build(self._catalog)
        return made

    def summaries(self, ctx: click.Context) -> list[tuple[str, str]]:
        """The commands: name, and what it does in one line.

        A line that the catalog has is taken from there, since no command is imported for it.
        """
        return [(name, self._summary(ctx, name)) for name in self.list_commands(ctx)]

    def _summary(self, ctx: click.Context, name: str) -> str:
        try:
            return self._catalog(self._program.summary.format(name=name))
        except KeyError:
            made = self.get_command(ctx, name)
            return made.get_short_help_str(120) if made is not None else ""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin so, for a shell."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=said) for name, said in self.summaries(ctx) if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]


def _language_parameter(language: Language) -> click.Option:
    # Taken at every level; it has been read before the command line is parsed, and is only checked here.
    help_text = shared_text(language, "lang")
    return click.Option(["--lang"], type=click.Choice(LANGUAGES), metavar="zh|en", expose_value=False, help=help_text)


def _help_parameter(language: Language) -> click.Option:
    def show(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit()

    help_text = shared_text(language, "help")
    return click.Option(
        ["-h", "--help"], is_flag=True, is_eager=True, expose_value=False, callback=show, help=help_text
    )


def _version_parameter(program: str, language: Language) -> click.Option:
    def show(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted and not ctx.resilient_parsing:
            from importlib.metadata import version

            click.echo(f"{program} {version('scan-to-login')}")
            ctx.exit()

    help_text = shared_text(language, "version")
    return click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=show, help=help_text)


def _usage_problem(program: str, language: Language, error: click.ClickException) -> str:
    """What is wrong with the command line, in the chosen language, and where the right use is found."""
    if isinstance(error, CommandLineError):
        return error.message
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = shared_text(language, "see_help", command=context.command_path if context else program)
    between, end = ("", "。") if language == "zh" else (" ", ".")
    if isinstance(error, click.NoSuchOption):
        problem = shared_text(language, "no_such_option", name=error.option_name)
    elif isinstance(error, click.exceptions.NoSuchCommand):
        problem = shared_text(language, "no_such_command", name=error.command_name)
    elif isinstance(error, click.BadOptionUsage):
        problem = shared_text(language, "no_value", name=error.option_name)
    elif isinstance(error, click.BadParameter):
        name = error.param.make_metavar(context) if isinstance(error.param, click.Argument) and context else None
        name = name or (error.param.opts[-1] if error.param is not None else "")
        reason = error.message.rstrip(".。") + end
        key = "missing" if isinstance(error, click.MissingParameter) else "bad_value"
        problem = shared_text(language, key, name=name, reason=reason)
    else:
        problem = error.format_message().rstrip(".。") + end
    return f"{problem}{between}{hint}"
