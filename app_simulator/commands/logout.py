"""``app-simulator logout``: end the session, and delete the saved login."""

from __future__ import annotations

import click

from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.terminal.command import Call, command
from app_simulator.texts import Texts


def build(t: Texts) -> click.Command:
    """The command."""
    forget = click.Option(["--forget"], is_flag=True, help=t("logout.forget_help"))
    return command(t, "logout", run, forget)


def run(call: Call, *, forget: bool) -> None:
    """Log out. With ``forget`` the saved login goes even if the gateway does not answer."""
    with call.phone() as phone:
        told, sentence = True, call.texts("logout.done", gateway=phone.gateway_url)
        try:
            phone.logout()
        except PhoneError as error:
            if not forget or error.code not in {PhoneCode.CONNECTION_FAILED, PhoneCode.CONNECTION_TIMEOUT}:
                raise
            phone.forget()
            told, sentence = False, call.texts("logout.forgotten")
        call.terminal.answer({"gateway": phone.gateway_url, "session_ended": told}, sentence)
