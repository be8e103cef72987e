"""What every command has in common: its options, its help in two languages, what it is called with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import click

from app_simulator.enrolment import StateDirectory
from app_simulator.phone import Phone
from app_simulator.terminal.output import Terminal
from app_simulator.texts import Texts
from scan_to_login.messages import LANGUAGES


class Exit(IntEnum):
    """Exit codes; the catalogue's ``exit.…`` says what they mean, and ``--help`` shows it."""

    DONE = 0
    REFUSED = 1
    COMMAND_LINE = 2
    NOT_LOGGED_IN = 3
    QR = 4
    CONNECTION = 5
    FAULT = 70
    INTERRUPTED = 130


class CommandLineError(click.UsageError):
    """The command line is wrong or lacks something; the message is a whole sentence in the chosen language."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a command is called with beside its own options."""

    terminal: Terminal
    directory: StateDirectory
    gateway: str | None

    @property
    def texts(self) -> Texts:
        """The sentences, in the chosen language."""
        return self.terminal.texts

    def phone(self) -> Phone:
        """The phone that is logged in. Raises PhoneError ``not_logged_in``."""
        return Phone.saved(self.gateway, directory=self.directory)

    def say_waiting(self, seconds: float) -> None:
        """For ``Phone.confirm(on_wait=…)``."""
        self.terminal.show(self.texts("scan.waiting", seconds=math.ceil(seconds)))


class TwoLanguageCommand(click.Command):
    """A click command whose headings are in the chosen language."""

    texts: Texts

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """``Usage: …``"""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=self.texts("help.usage"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """``Options: …``, and in a group the commands after them."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        with formatter.section(self.texts("help.options")):
            formatter.write_dl([record for option in options if (record := option.get_help_record(ctx)) is not None])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """``Exit codes: …``"""
        with formatter.section(self.texts("help.exits")):
            formatter.write_dl([(str(int(code)), self.texts(f"exit.{int(code)}")) for code in Exit])


def command(t: Texts, name: str, run: Callable[..., None], *params: click.Parameter) -> click.Command:
    """A command ``name`` that calls ``run(call, **its own params)``; its help is the text ``{name}.help``."""

    def callback(*, gateway: str | None, state_dir: str | None, as_json: bool, **own: Any) -> None:
        run(Call(Terminal(t, as_json=as_json), StateDirectory(state_dir), gateway), **own)

    common: list[click.Parameter] = [
        click.Option(["--gateway"], metavar="URL", envvar="PAIRING_GATEWAY", help=t("help.gateway")),
        click.Option(["--state-dir"], metavar="DIR", help=t("help.state_dir")),
        click.Option(["--json", "as_json"], is_flag=True, help=t("help.json")),
        language_option(t),
        help_option(t),
    ]
    made = TwoLanguageCommand(
        name,
        params=[*params, *common],
        callback=callback,
        help=t(f"{name}.help"),
        short_help=t(f"{name}.help"),
        options_metavar=t("help.options_metavar"),
        add_help_option=False,
    )
    made.texts = t
    return made


def language_option(t: Texts) -> click.Option:
    """``--lang``: read before the parsing (``texts.language_of``), here only checked."""
    return click.Option(
        ["--lang"], type=click.Choice(LANGUAGES), metavar="zh|en", expose_value=False, help=t("help.lang")
    )


def help_option(t: Texts) -> click.Option:
    """``--help`` in the chosen language."""

    def show(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit()

    return click.Option(
        ["-h", "--help"], is_flag=True, is_eager=True, expose_value=False, callback=show, help=t("help.help")
    )
