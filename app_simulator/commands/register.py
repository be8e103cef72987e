"""``app-simulator register``: a wizard through the three steps of real-name registration, or its steps in a script."""

from __future__ import annotations

from collections.abc import Callable

import click

from app_simulator.calls.models import Account
from app_simulator.errors import PhoneError
from app_simulator.portal_client import ID_TYPES, PortalClient, Registration
from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import visible
from app_simulator.terminal.questions import (
    ask,
    ask_division,
    ask_password,
    ask_person,
    division_code,
    gateway_of,
)
from app_simulator.texts import Texts
from scan_to_login.protocol import Code

INBOX = "inbox"
# Refusals that a new answer to one question can mend.
_AGAIN = {
    Code.SMS_CODE_INVALID: "sms_code",
    Code.LOGIN_NAME_TAKEN: "login_name",
}


def build(t: Texts) -> click.Command:
    """The command."""

    def option(name: str, metavar: str, envvar: str | None = None) -> click.Option:
        text = f"register.{name.strip('-').replace('-', '_')}_help"
        return click.Option([name], metavar=metavar, envvar=envvar, help=t(text))

    return command(
        t,
        "register",
        run,
        click.Option(["--consent"], is_flag=True, help=t("register.consent_help")),
        option("--registration-code", "CODE"),
        click.Option(["--face"], is_flag=True, help=t("register.face_help")),
        option("--name", "NAME"),
        click.Option(["--id-type"], type=click.Choice(ID_TYPES), default=ID_TYPES[0], help=t("register.id_type_help")),
        option("--id-number", "NUMBER"),
        option("--resume", "ID"),
        option("--phone", "NUMBER"),
        option("--sms-code", "CODE|inbox"),
        option("--login-name", "NAME"),
        option("--password", "PASSWORD", "PAIRING_PASSWORD"),
        option("--division", "CODE"),
    )


def run(
    call: Call,
    *,
    consent: bool,
    registration_code: str | None,
    face: bool,
    name: str | None,
    id_type: str,
    id_number: str | None,
    resume: str | None,
    phone: str | None,
    sms_code: str | None,
    login_name: str | None,
    password: str | None,
    division: str | None,
) -> None:
    """Go through the steps; without an interactive terminal, as far as the options go."""
    with PortalClient(gateway_of(call.gateway, call.directory.current(), call.texts), verify=call.verify) as portal:
        household = division_code(portal, call.texts, division) if division else ""
        if resume is None:
            registration = _begin(call, portal, consent, registration_code, name, id_type, id_number, face=face)
        else:
            registration = portal.registration(resume)
        phone = phone or ask(call.terminal, "--phone", "ask.phone")
        if sms_code is None or (sms_code == INBOX and registration.step == "phone"):
            _send(call, portal, registration, phone)
            if sms_code is None and not call.terminal.interactive:
                call.terminal.answer(
                    {
                        "gateway": portal.gateway_url,
                        "registration": portal.registration(registration.registration_id).as_dict(),
                    },
                    call.texts("register.go_on", registration_id=registration.registration_id),
                )
                return
        fields = {"phone": phone, "sms_code": portal.read_inbox(phone) if sms_code == INBOX else sms_code or ""}
        fields |= {"login_name": login_name or "", "password": password or "", "household_division": household}
        account = _complete(call, portal, registration, fields)
    call.terminal.answer(
        {"gateway": portal.gateway_url, "account": account.as_dict()},
        call.texts("register.done", name=visible(account.display_name), login_name=visible(account.login_name)),
    )


def _begin(
    call: Call,
    portal: PortalClient,
    consent: bool,
    registration_code: str | None,
    name: str | None,
    id_type: str,
    id_number: str | None,
    *,
    face: bool,
) -> Registration:
    terminal = call.terminal
    terminal.show(call.texts("register.step", number=1, what=call.texts("register.step_1")))
    if not consent and terminal.interactive:
        terminal.show(call.texts("register.consent"))
        consent = terminal.ask(call.texts("register.ask_consent")).lower() in {"y", "yes", "是", "同意"}
    if not consent:
        raise PhoneError(Code.CONSENT_REQUIRED)
    person = ask_person(portal, terminal, name, id_type, id_number)
    if face:
        return portal.begin_registration_by_face(person, consent=consent)
    registration_code = registration_code or ask(terminal, "--registration-code", "ask.registration_code")
    return portal.begin_registration(person, registration_code, consent=consent)


def _send(call: Call, portal: PortalClient, registration: Registration, phone: str) -> None:
    call.terminal.show(call.texts("register.step", number=2, what=call.texts("register.step_2")))
    sent = portal.send_registration_code(registration.registration_id, phone)
    call.terminal.show(call.texts("register.sent", minutes=-(-sent.expires_in // 60)))


def _complete(call: Call, portal: PortalClient, registration: Registration, fields: dict[str, str]) -> Account:
    terminal = call.terminal
    terminal.show(call.texts("register.step", number=3, what=call.texts("register.step_3")))
    questions: dict[str, Callable[[], str]] = {
        "sms_code": lambda: ask(terminal, "--sms-code", "ask.sms_code"),
        "login_name": lambda: ask(terminal, "--login-name", "ask.login_name"),
        "password": lambda: ask_password(terminal),
        "household_division": lambda: ask_division(portal, terminal),
        "phone": lambda: ask(terminal, "--phone", "ask.phone"),
    }
    while True:
        for field, question in questions.items():
            fields[field] = fields[field] or question()
        try:
            return portal.complete_registration(registration.registration_id, fields)
        except PhoneError as error:
            again = _to_ask_again(error)
            if not again or not terminal.interactive:
                raise
            terminal.show(error.sentence(call.texts))
            for field in again:
                fields[field] = ""


def _to_ask_again(error: PhoneError) -> list[str]:
    if error.code == Code.INVALID_REQUEST:
        errors = error.extra.get("errors")
        named = (
            [str(entry.get("field")) for entry in errors if isinstance(entry, dict)] if isinstance(errors, list) else []
        )
        return [field for field in named if field in {"sms_code", "login_name", "password", "household_division"}]
    return [_AGAIN[Code(error.code)]] if error.code in _AGAIN else []
