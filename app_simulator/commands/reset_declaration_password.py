"""``app-simulator reset-declaration-password``: for a unit's legal representative or finance manager."""

from __future__ import annotations

from pathlib import Path

import click

from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import visible
from app_simulator.texts import Texts
from scan_to_login.terminal.command_line import CommandLineError


def build(t: Texts) -> click.Command:
    """The command."""
    return command(
        t,
        "reset-declaration-password",
        run,
        click.Option(["--unit"], metavar="UNIT", help=t("authorizations.unit_help")),
        click.Option(["--qr"], metavar=t("scan.source"), help=t("reset-declaration-password.qr_help")),
        click.Option(
            ["--new-password"],
            metavar="PASSWORD",
            envvar="PAIRING_DECLARATION_PASSWORD",
            help=t("reset-declaration-password.password_help"),
        ),
    )


def run(call: Call, *, unit: str | None, qr: str | None, new_password: str | None) -> None:
    """Set the new password of the unit in the option or in the client's QR code."""
    if (unit is None) == (qr is None):
        raise CommandLineError(call.texts("reset-declaration-password.one_of"))
    with call.phone() as phone:
        if qr is not None:
            unit = phone.unit_of_reset(qr if "://" in qr else Path(qr))
        taxpayer_id = phone.taxpayer_id(unit or "")
        if new_password is None:
            if not call.terminal.interactive:
                raise CommandLineError(call.texts("usage.missing", name="--new-password"))
            question = call.texts("reset-declaration-password.ask", unit=visible(taxpayer_id))
            new_password = call.terminal.ask(question, hidden=True)
        phone.reset_declaration_password(taxpayer_id, new_password, on_wait=call.say_waiting)
    call.terminal.answer(
        {"reset": taxpayer_id}, call.texts("reset-declaration-password.done", unit=visible(taxpayer_id))
    )
