"""``client-stub login``: by QR, by account and password, or by unit alone, up to the verified unit."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from client_stub.client import Client, own_version
from client_stub.errors import ClientError, LocalCode
from client_stub.model import Session
from client_stub.terminal.catalog import Catalog
from client_stub.terminal.exits import EXITS
from client_stub.terminal.keyboard import someone_is_there
from client_stub.terminal.login_flow import PhoneWait, WaitOptions
from client_stub.terminal.output import Output, make_output
from client_stub.terminal.qr_file import prepare
from client_stub.terminal.unit_choice import UnitChoice
from scan_to_login.processes import Terminated
from scan_to_login.terminal.command_line import Command
from scan_to_login.terminal.exit_codes import Exit, exit_of


class _Seconds(click.FloatRange):
    """Seconds, without ``nan``: click takes it as inside every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Raises BadParameter."""
        seconds = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is not a number of seconds.", param, ctx) if math.isnan(seconds) else seconds


@dataclass(frozen=True, slots=True)
class LoginOptions:
    """The options of ``client-stub login``."""

    gateway: str
    qr_file: Path | None
    as_json: bool
    unit: str | None
    declaration_password: str | None
    by_unit: bool
    target: str | None
    remember: Path | None
    identifier: str | None
    password: str | None
    captcha: str | None
    no_websocket: bool
    timeout: float | None
    refresh: int
    name: str
    device_name: str | None
    client_version: str
    ca_file: Path | None


class Login:
    """One run of the command; ``run`` returns the exit code."""

    def __init__(self, options: LoginOptions, say: Catalog) -> None:
        self._options = options
        self._say = say
        self._asking = not options.as_json and someone_is_there()
        self._view: Output = make_output(say, as_json=options.as_json, keyed=self._asking)
        self._logged_in = False

    def run(self) -> int:
        try:
            self._prepare_file()
            with self._client() as client:
                session = self._login(client)
        except ClientError as error:
            self._view.ended(None, error)
            return exit_of(error.code, EXITS, Exit.UNIT_REFUSED if self._logged_in else Exit.REFUSED)
        except (KeyboardInterrupt, click.Abort, Terminated) as stop:
            self._view.ended(None, ClientError(LocalCode.INTERRUPTED, "Interrupted."))
            return int(str(stop.code)) if isinstance(stop, Terminated) else Exit.INTERRUPTED
        self._view.ended(session, None)
        return Exit.DONE

    def _login(self, client: Client) -> Session:
        options = self._options
        choice = UnitChoice(client, self._view, self._say, asking=self._asking, captcha=options.captcha)
        if options.by_unit:
            return self._login_by_unit(client, choice)
        if options.identifier is None:
            wait = WaitOptions(
                options.qr_file, options.timeout, options.refresh, keyed=self._asking, target=options.target
            )
            wait = replace(wait, remember=options.remember)
            login = PhoneWait(client, self._view, self._say, wait).run()
        else:
            identifier, password = options.identifier, self._password(options.identifier)
            login = choice.with_captcha(
                lambda captcha: client.login(identifier, password, captcha), lambda: client.captcha(identifier)
            )
            self._view.logged_in(login, None)
        self._logged_in = True
        return choice.verify(login, options.unit, options.declaration_password)

    def _login_by_unit(self, client: Client, choice: UnitChoice) -> Session:
        # As before the cut-over: a login without an account, which verifies the unit.
        say, unit, password = self._say, self._options.unit, self._options.declaration_password
        if unit is None:
            unit = self._asked(say("ask.login_unit"), say("usage.by_unit")).strip()
        if password is None:
            missing = say(f"client.{LocalCode.PASSWORD_NEEDED}", unit=unit)
            password = self._asked(say("ask.unit_password", unit=unit), missing, hidden=True)
        return choice.with_captcha(
            lambda captcha: client.login_by_unit(unit, password, captcha), lambda: client.captcha(unit=unit)
        )

    def _client(self) -> Client:
        options = self._options
        return Client(
            options.gateway,
            name=options.name,
            version=options.client_version,
            device=options.device_name,
            transport="poll" if options.no_websocket else "websocket",
            verify=True if options.ca_file is None else str(options.ca_file),
        )

    def _password(self, identifier: str) -> str:
        if self._options.password is not None:
            return self._options.password
        say = self._say
        return self._asked(say("ask.password", identifier=identifier), say("usage.password"), hidden=True)

    def _asked(self, question: str, missing: str, *, hidden: bool = False) -> str:
        if not self._asking:
            raise click.UsageError(missing)
        return str(click.prompt(question, hide_input=hidden))

    def _prepare_file(self) -> None:
        path = self._options.qr_file
        if path is None:
            return
        try:
            prepare(path)
        except OSError as error:
            values = {"path": str(path), "reason": error.strerror or type(error).__name__}
            raise ClientError(LocalCode.QR_FILE, "The QR cannot be written to its file.", extra=values) from None


def build(say: Catalog) -> click.Command:
    """The command in one language."""

    def login(**values: Any) -> int:
        if not values["gateway"]:
            raise click.UsageError(say("usage.gateway"))
        if values["by_unit"] and values["identifier"] is not None:
            raise click.UsageError(say("usage.unit_or_account"))
        if values["target"] is not None and values["remember"] is not None:
            raise click.UsageError(say("usage.target_or_remember"))
        if values["target"] is not None and (values["by_unit"] or values["identifier"] is not None):
            raise click.UsageError(say("usage.target_alone"))
        return Login(LoginOptions(**values), say).run()

    return Command(
        "login",
        language=say.language,
        callback=login,
        params=_parameters(say),
        help=f"{say('help.login')}\n\n{say('help.login_long')}",
        short_help=say("help.login"),
    )


def _parameters(say: Catalog) -> list[click.Parameter]:
    file = click.Path(dir_okay=False, path_type=Path)
    return [
        click.Option(["--gateway"], metavar="URL", envvar="PAIRING_GATEWAY", help=say("help.gateway")),
        click.Option(["--qr-file"], type=file, metavar="PNG", help=say("help.qr_file")),
        click.Option(["--json", "as_json"], is_flag=True, help=say("help.json")),
        click.Option(["--unit"], metavar="UNIT", help=say("help.unit")),
        click.Option(
            ["--declaration-password"],
            envvar="PAIRING_DECLARATION_PASSWORD",
            metavar="PASSWORD",
            help=say("help.declaration_password"),
        ),
        click.Option(["--by-unit"], is_flag=True, help=say("help.by_unit")),
        click.Option(["--target"], metavar="ACCOUNT", help=say("help.target")),
        click.Option(["--remember"], type=file, metavar="FILE", help=say("help.remember")),
        click.Option(["--identifier"], metavar="ACCOUNT", help=say("help.identifier")),
        click.Option(["--password"], envvar="PAIRING_PASSWORD", metavar="PASSWORD", help=say("help.password")),
        click.Option(["--captcha"], metavar="TEXT", help=say("help.captcha")),
        click.Option(["--no-websocket"], is_flag=True, help=say("help.no_websocket")),
        click.Option(["--timeout"], type=_Seconds(min=0, min_open=True), metavar="SECONDS", help=say("help.timeout")),
        click.Option(["--refresh"], type=click.IntRange(min=0), default=0, metavar="TIMES", help=say("help.refresh")),
        click.Option(["--name"], metavar="NAME", default="client-stub", show_default=True, help=say("help.name")),
        click.Option(["--device-name"], metavar="NAME", help=say("help.device_name")),
        click.Option(["--client-version"], default=own_version(), show_default=True, help=say("help.client_version")),
        click.Option(
            ["--ca-file"],
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="PEM",
            help=say("help.ca_file"),
        ),
    ]
