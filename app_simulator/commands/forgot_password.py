"""``app-simulator forgot-password``: a new password by document and SMS code. It does not log in."""

from __future__ import annotations

import click

from app_simulator.errors import PhoneError
from app_simulator.portal_client import ID_TYPES, PortalClient
from app_simulator.terminal.command import Call, command
from app_simulator.terminal.questions import ask, ask_password, ask_person, gateway_of
from app_simulator.texts import Texts
from scan_to_login.protocol import Code

INBOX = "inbox"


def build(t: Texts) -> click.Command:
    """The command."""
    return command(
        t,
        "forgot-password",
        run,
        click.Option(["--name"], metavar="NAME", help=t("register.name_help")),
        click.Option(["--id-type"], type=click.Choice(ID_TYPES), default=ID_TYPES[0], help=t("register.id_type_help")),
        click.Option(["--id-number"], metavar="NUMBER", help=t("register.id_number_help")),
        click.Option(["--resume"], metavar="ID", help=t("forgot-password.resume_help")),
        click.Option(["--phone"], metavar="NUMBER", help=t("forgot-password.phone_help")),
        click.Option(["--sms-code"], metavar="CODE|inbox", help=t("register.sms_code_help")),
        click.Option(
            ["--password"], metavar="PASSWORD", envvar="PAIRING_PASSWORD", help=t("forgot-password.password_help")
        ),
    )


def run(
    call: Call,
    *,
    name: str | None,
    id_type: str,
    id_number: str | None,
    resume: str | None,
    phone: str | None,
    sms_code: str | None,
    password: str | None,
) -> None:
    """Send the person's document, read the SMS code, set the password."""
    terminal = call.terminal
    with PortalClient(gateway_of(call.gateway, call.directory.current(), call.texts), verify=call.verify) as portal:
        reset_id = resume
        if reset_id is None:
            reset_id = portal.begin_reset(ask_person(portal, terminal, name, id_type, id_number))
            if sms_code == INBOX:
                phone = phone or ask(terminal, "--phone", "ask.phone")
                portal.look_at_inbox(phone)
            sent = portal.send_reset_code(reset_id)
            terminal.show(call.texts("forgot-password.sent", minutes=-(-sent.expires_in // 60)))
            if sms_code is None and not terminal.interactive:
                terminal.answer(
                    {"gateway": portal.gateway_url, "reset_id": reset_id, **sent.as_dict()},
                    call.texts("forgot-password.go_on", reset_id=reset_id),
                )
                return
        if sms_code == INBOX:
            sms_code = portal.read_inbox(phone or ask(terminal, "--phone", "ask.phone"))
        _complete(call, portal, reset_id, sms_code, password)
    terminal.answer({"gateway": portal.gateway_url, "reset": True}, call.texts("forgot-password.done"))


def _complete(call: Call, portal: PortalClient, reset_id: str, sms_code: str | None, password: str | None) -> None:
    terminal = call.terminal
    while True:
        sms_code = sms_code or ask(terminal, "--sms-code", "ask.sms_code")
        password = password or ask_password(terminal)
        try:
            portal.complete_reset(reset_id, sms_code, password)
        except PhoneError as error:
            if error.code not in {Code.INVALID_REQUEST, Code.SMS_CODE_INVALID} or not terminal.interactive:
                raise
            terminal.show(error.sentence(call.texts))
            if error.code == Code.SMS_CODE_INVALID:
                sms_code = None
            else:
                password = None
        else:
            return
