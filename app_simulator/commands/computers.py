"""``app-simulator computers``: the computers that were remembered after a login."""

from __future__ import annotations

import click

from app_simulator.calls.request_calls import RememberedComputer
from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import moment, visible
from app_simulator.texts import Texts
from scan_to_login.terminal.records import Records


def build(t: Texts) -> click.Command:
    """The command."""
    return command(t, "computers", run, click.Option(["--forget"], metavar="ID", help=t("computers.forget_help")))


def run(call: Call, *, forget: str | None) -> None:
    """List them, or forget one."""
    with call.phone() as phone:
        if forget is not None:
            phone.forget_computer(forget)
            told = call.texts("computers.forgotten", remembered_id=visible(forget))
            call.terminal.answer({"forgotten": forget}, told)
            return
        found = phone.remembered_computers()
    answer = {"computers": [computer.as_dict() for computer in found]}
    call.terminal.answer(answer, _drawn(call.texts, found) if found else call.texts("computers.none"))


def _drawn(t: Texts, found: list[RememberedComputer]) -> Records:
    heads = [t(f"computers.{heading}") for heading in ("id", "client", "device", "network", "used_at", "expires_at")]
    rows = [
        (
            visible(computer.remembered_id),
            visible(computer.client_name),
            visible(computer.device_name),
            visible(computer.network),
            moment(computer.used_at),
            moment(computer.expires_at),
        )
        for computer in found
    ]
    return Records(heads, rows, ids=True)
