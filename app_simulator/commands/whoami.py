"""``app-simulator whoami``: the session, as the gateway knows it."""

from __future__ import annotations

import click
from rich.table import Table

from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import moment, visible
from app_simulator.texts import Texts


def build(t: Texts) -> click.Command:
    """The command."""
    return command(t, "whoami", run)


def run(call: Call) -> None:
    """Ask the gateway and show its answer."""
    t = call.texts
    with call.phone() as phone:
        session = phone.whoami()
        gateway = phone.gateway_url
    rows = Table.grid(padding=(0, 2))
    rows.add_row(t("whoami.account"), visible(f"{session.account.display_name} ({session.account.login_name})"))
    rows.add_row(t("whoami.gateway"), gateway)
    rows.add_row(t("whoami.device"), visible(f"{session.device_name} ({session.device_id})"))
    rows.add_row(t("whoami.since"), moment(session.created_at))
    rows.add_row(t("whoami.until"), moment(session.expires_at))
    call.terminal.answer({"gateway": gateway, **session.as_dict()}, rows)
