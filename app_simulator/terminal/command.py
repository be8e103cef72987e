"""The common part of all commands: options, and help in two languages."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from app_simulator.enrolment import StateDirectory
from app_simulator.phone import Phone
from app_simulator.terminal.output import Terminal
from app_simulator.texts import Texts
from scan_to_login.terminal.command_line import Command


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of a command beside its own options."""

    terminal: Terminal
    directory: StateDirectory
    gateway: str | None
    verify: bool | str = True

    @property
    def texts(self) -> Texts:
        """The sentences, in the chosen language."""
        return self.terminal.texts

    def phone(self) -> Phone:
        """The phone that is logged in. Raises PhoneError ``not_logged_in``."""
        return Phone.saved(self.gateway, directory=self.directory, verify=self.verify)

    def say_waiting(self, seconds: float) -> None:
        """Tell the person how long the phone waits: for ``Phone.confirm(on_wait=…)``."""
        self.terminal.show(self.texts("scan.waiting", seconds=math.ceil(seconds)))


def command(t: Texts, name: str, run: Callable[..., None], *params: click.Parameter) -> click.Command:
    """A command ``name`` that calls ``run(call, **its own params)``; its help is the text ``{name}.help``."""

    def callback(*, gateway: str | None, ca_file: str | None, state_dir: str | None, as_json: bool, **own: Any) -> None:
        run(Call(Terminal(t, as_json=as_json), StateDirectory(state_dir), gateway, ca_file or True), **own)

    common: list[click.Parameter] = [
        click.Option(["--gateway"], metavar="URL", envvar="PAIRING_GATEWAY", help=t("help.gateway")),
        click.Option(
            ["--ca-file"], type=click.Path(exists=True, dir_okay=False), metavar="PEM", help=t("help.ca_file")
        ),
        click.Option(["--state-dir"], metavar="DIR", help=t("help.state_dir")),
        click.Option(["--json", "as_json"], is_flag=True, help=t("help.json")),
    ]
    return Command(
        name,
        language=t.language,
        params=[*params, *common],
        callback=callback,
        help=t(f"{name}.help"),
        short_help=t(f"{name}.help"),
    )
