"""``app-simulator login``: log in; the other commands use the saved login."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from app_simulator.addresses import gateway_address
from app_simulator.calls.models import Account
from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import Terminal, visible
from app_simulator.texts import Texts
from scan_to_login.captcha import Captcha, CaptchaImage
from scan_to_login.protocol import Code
from scan_to_login.terminal.command_line import CommandLineError


def build(t: Texts) -> click.Command:
    """The command."""
    return command(
        t,
        "login",
        run,
        click.Option(["--identifier"], metavar="ACCOUNT", help=t("login.identifier_help")),
        click.Option(["--password"], metavar="PASSWORD", envvar="PAIRING_PASSWORD", help=t("login.password_help")),
        click.Option(
            ["--device-name"], metavar="NAME", default=t("login.device_name"), help=t("login.device_name_help")
        ),
        click.Option(["--captcha"], metavar="TEXT", help=t("login.captcha_help")),
    )


def run(
    call: Call,
    *,
    identifier: str | None,
    password: str | None,
    device_name: str,
    captcha: str | None,
) -> None:
    """Log in; asks for missing values in an interactive terminal."""
    gateway = call.gateway or call.directory.current()
    if gateway is None:
        raise CommandLineError(call.texts("usage.gateway"))
    gateway = gateway_address(gateway)
    identifier = identifier or _ask(call.terminal, "--identifier", "login.ask_identifier", hidden=False)
    password = password or _ask(call.terminal, "--password", "login.ask_password", hidden=True)
    with Phone(gateway, memory=call.directory.of(gateway), verify=call.verify) as phone:
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
    given: str | None,
) -> Account:
    """``given`` answers the first captcha only: a wrong answer must not be sent again."""
    captcha: Captcha | None = None
    while True:
        try:
            return phone.login(identifier, password, device_name=device_name, captcha=captcha)
        except PhoneError as error:
            due = error.code in {Code.CAPTCHA_REQUIRED, Code.CAPTCHA_INVALID}
            if not due or not (given or terminal.interactive):
                raise
            if not given:
                terminal.show(error.sentence(terminal.texts))
        image = phone.captcha(identifier)
        answer, given = given or _ask_captcha(terminal, image), None
        captcha = Captcha(image.captcha_id, answer)


def _ask_captcha(terminal: Terminal, image: CaptchaImage) -> str:
    """Write the picture to a file, and ask for its text."""
    with tempfile.TemporaryDirectory(prefix="captcha-") as folder:
        picture = Path(folder) / "captcha.png"
        picture.write_bytes(image.png)
        return terminal.ask(terminal.texts("login.ask_captcha", path=picture))
