"""``app-simulator login``: log in once; the login is kept for the other commands."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path

import click

from app_simulator.addresses import gateway_address
from app_simulator.calls.models import Account
from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from app_simulator.terminal.command import Call, CommandLineError, command
from app_simulator.terminal.output import Terminal, visible
from app_simulator.texts import Texts
from scan_to_login.protocol import Code


def build(t: Texts) -> click.Command:
    """The command."""
    return command(
        t,
        "login",
        run,
        click.Option(["--identifier"], metavar="I", help=t("login.identifier_help")),
        click.Option(["--password"], metavar="P", envvar="PAIRING_PASSWORD", help=t("login.password_help")),
        click.Option(
            ["--device-name"], metavar="NAME", default=t("login.device_name"), help=t("login.device_name_help")
        ),
        click.Option(["--captcha-id"], metavar="ID", help=t("login.captcha_id_help")),
        click.Option(["--captcha-answer"], metavar="TEXT", help=t("login.captcha_answer_help")),
    )


def run(
    call: Call,
    *,
    identifier: str | None,
    password: str | None,
    device_name: str,
    captcha_id: str | None,
    captcha_answer: str | None,
) -> None:
    """Log in; what is missing is asked for where somebody can be asked."""
    gateway = call.gateway or call.directory.current()
    if gateway is None:
        raise CommandLineError(call.texts("usage.gateway"))
    if (captcha_id is None) != (captcha_answer is None):
        raise CommandLineError(call.texts("login.captcha_pair"))
    captcha = None if captcha_id is None or captcha_answer is None else (captcha_id, captcha_answer)
    gateway = gateway_address(gateway)
    identifier = identifier or _ask(call.terminal, "--identifier", "login.ask_identifier", hidden=False)
    password = password or _ask(call.terminal, "--password", "login.ask_password", hidden=True)
    with Phone(gateway, memory=call.directory.of(gateway)) as phone:
        account = _login(phone, call.terminal, identifier, password, device_name, captcha)
        call.terminal.answer(
            {"gateway": phone.gateway_url, "device_id": phone.device_id, "account": account.as_dict()},
            call.texts("login.done", name=visible(account.display_name), gateway=phone.gateway_url),
        )


def _ask(terminal: Terminal, option: str, question: str, *, hidden: bool) -> str:
    if not terminal.interactive:
        raise CommandLineError(terminal.texts("usage.missing", name=option))
    return terminal.ask(terminal.texts(question), hidden=hidden)


def _login(
    phone: Phone,
    terminal: Terminal,
    identifier: str,
    password: str,
    device_name: str,
    captcha: tuple[str, str] | None,
) -> Account:
    while True:
        try:
            return phone.login(identifier, password, device_name=device_name, captcha=captcha)
        except PhoneError as error:
            if error.code not in {Code.CAPTCHA_REQUIRED, Code.CAPTCHA_INVALID} or not terminal.interactive:
                raise
            terminal.show(error.sentence(terminal.texts))
        captcha = _ask_captcha(phone, terminal, identifier)


def _ask_captcha(phone: Phone, terminal: Terminal, identifier: str) -> tuple[str, str]:
    """Put the picture into a file, which any viewer shows, and ask what is in it."""
    captcha = phone.captcha(identifier)
    with tempfile.TemporaryDirectory(prefix="captcha-") as folder:
        picture = Path(folder) / "captcha.png"
        picture.write_bytes(base64.b64decode(captcha.image))
        return captcha.captcha_id, terminal.ask(terminal.texts("login.ask_captcha", path=picture))
