"""``app-simulator requests``: clients that ask this phone for a login, without a QR code."""

from __future__ import annotations

import click

from app_simulator.calls.request_calls import LoginRequest
from app_simulator.commands.scan import choice_of, decide, drawn
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.phone import Phone
from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import moment, visible
from app_simulator.texts import Texts
from scan_to_login.terminal.command_line import CommandLineError
from scan_to_login.terminal.records import Records

NEWEST = "newest"


def build(t: Texts) -> click.Command:
    """The command."""
    minutes = click.IntRange(min=0)
    return command(
        t,
        "requests",
        run,
        click.Option(
            ["--wait"], metavar="SECONDS", type=click.FloatRange(min=0), default=0.0, help=t("requests.wait_help")
        ),
        click.Option(["--open", "opened"], metavar="ID|newest", help=t("requests.open_help")),
        click.Option(["--confirm"], is_flag=True, help=t("scan.confirm_help")),
        click.Option(["--reject"], is_flag=True, help=t("scan.reject_help")),
        click.Option(["--number"], metavar="NN", help=t("scan.number_help")),
        click.Option(["--block"], metavar="MINUTES", type=minutes, help=t("requests.block_help")),
    )


def run(
    call: Call,
    *,
    wait: float,
    opened: str | None,
    confirm: bool,
    reject: bool,
    number: str | None,
    block: int | None,
) -> None:
    """List them; or open one and decide. ``block`` keeps new ones away afterwards, for so many minutes."""
    if opened is None and (confirm or reject or number is not None):
        raise CommandLineError(call.texts("requests.open_first"))
    if opened is None:
        with call.phone() as phone:
            if block is not None:
                _block(call, phone, block)
                return
            found = phone.login_requests(wait=wait)
        answer = {"requests": [request.as_dict() for request in found]}
        call.terminal.answer(answer, _drawn(call.texts, found) if found else call.texts("requests.none"))
        return
    choice, digits = choice_of(call, confirm=confirm, reject=reject, number=number)
    with call.phone() as phone:
        page = phone.open_request(_newest(phone, wait) if opened == NEWEST else opened)
        call.terminal.show(drawn(call.texts, page))
        decide(call, phone, page, choice, digits)
        if block is not None:
            phone.block_requests(block) if block else phone.unblock_requests()


def _newest(phone: Phone, wait: float) -> str:
    found = phone.login_requests(wait=wait)
    if not found:
        raise PhoneError.own(PhoneCode.NO_REQUEST)
    return found[0].ticket_id


def _block(call: Call, phone: Phone, minutes: int) -> None:
    if not minutes:
        phone.unblock_requests()
        call.terminal.answer({"blocked_until": None}, call.texts("requests.unblocked"))
        return
    until = phone.block_requests(minutes)
    call.terminal.answer({"blocked_until": until}, call.texts("requests.blocked", until=moment(until)))


def _drawn(t: Texts, found: list[LoginRequest]) -> Records:
    heads = [t(f"requests.{heading}") for heading in ("id", "client", "device", "address", "requested_at")]
    rows = [
        (
            visible(request.ticket_id),
            visible(f"{request.client_name} {request.client_version}"),
            visible(request.client_device),
            visible(request.address),
            moment(request.requested_at),
        )
        for request in found
    ]
    return Records(heads, rows, ids=True)
