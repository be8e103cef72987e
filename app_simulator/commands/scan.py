"""``app-simulator scan``: the camera and the confirm page of the phone."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Literal

import click
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app_simulator.calls.models import ConfirmPage, TicketAnswer
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.phone import Phone
from app_simulator.qr_reader import Source
from app_simulator.terminal.command import Call, command
from app_simulator.terminal.output import moment, visible
from app_simulator.texts import Texts
from scan_to_login.protocol import NumberMatching
from scan_to_login.rules.typed import folded_number
from scan_to_login.terminal.command_line import CommandLineError

Choice = Literal["confirm", "reject"]


def build(t: Texts) -> click.Command:
    """The command."""
    return command(
        t,
        "scan",
        run,
        click.Argument(["source"], metavar=t("scan.source")),
        click.Option(["--confirm"], is_flag=True, help=t("scan.confirm_help")),
        click.Option(["--reject"], is_flag=True, help=t("scan.reject_help")),
        click.Option(["--number"], metavar="NN", help=t("scan.number_help")),
    )


def run(call: Call, *, source: str, confirm: bool, reject: bool, number: str | None) -> None:
    """Scan, show the confirm page, and send the person's choice. Without a person to choose it scans nothing."""
    choice, digits = choice_of(call, confirm=confirm, reject=reject, number=number, piped=source == "-")
    with call.phone() as phone:
        page = phone.scan(_read(call, source), on_long=lambda: call.terminal.show(call.texts("scan.looking")))
        call.terminal.show(drawn(call.texts, page))
        decide(call, phone, page, choice, digits)


def choice_of(
    call: Call, *, confirm: bool, reject: bool, number: str | None, piped: bool = False
) -> tuple[Choice | None, str | None]:
    """The person's choice and number as the options give them; None for what the person is asked for.

    ``piped``: nobody can be asked. Raises CommandLineError.
    """
    if confirm and reject:
        raise CommandLineError(call.texts("scan.both"))
    number = None if number is None else folded_number(number)
    if number is not None and (reject or not re.fullmatch(r"[0-9]{2}", number)):
        raise CommandLineError(call.texts("scan.number_form"))
    choice: Choice | None = "confirm" if confirm else "reject" if reject else None
    if choice is None and (piped or not call.terminal.interactive):
        raise CommandLineError(call.texts("scan.no_choice"))
    return choice, number


def decide(call: Call, phone: Phone, page: ConfirmPage, choice: Choice | None, number: str | None) -> None:
    """Confirm or reject, after a question where there is no choice yet, and show the outcome."""
    choice = choice or _ask_choice(call)
    ticket = _confirm(call, phone, page, number) if choice == "confirm" else phone.reject(page)
    done = call.texts("scan.confirmed") if choice == "confirm" else call.texts("scan.rejected")
    if ticket.claim_code is not None:
        done = call.texts("scan.claim_code", code=ticket.claim_code)
    call.terminal.answer(
        {"choice": choice, "page": page.as_dict(), "ticket": ticket.as_dict()},
        done,
    )


def _read(call: Call, source: str) -> Source:
    if source == "-":
        if call.terminal.interactive:
            raise CommandLineError(call.texts("scan.nothing_piped"))
        content = sys.stdin.buffer.read()
        start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:8].lower()
        return content.decode("utf-8", "replace") if start.startswith((b"http://", b"https://")) else content
    return source if "://" in source else Path(source)


def drawn(t: Texts, page: ConfirmPage) -> Panel:
    """The confirm page: the client's own claims, and apart from them what the gateway saw."""
    rows = Table.grid(padding=(0, 2))
    rows.add_row(t("scan.client"), visible(f"{page.client_name} {page.client_version}"), t("scan.unverified"))
    rows.add_row(t("scan.device"), visible(page.client_device), t("scan.unverified"))
    address = t("scan.same_address") if page.same_address else t("scan.other_address")
    rows.add_row(t("scan.address"), visible(page.address), Text(address, style="" if page.same_address else "bold"))
    rows.add_row(t("scan.requested_at"), moment(page.requested_at))
    if page.choices:
        rows.add_row(
            t("scan.choices_of_numbers"), Text(visible("  ".join(page.choices)), style="bold"), t("scan.choose")
        )
    if page.number is not None:
        rows.add_row(t("scan.number"), Text(visible(page.number), style="bold"), t("scan.compare"))
    return Panel(rows, title=Text(t("scan.title")), expand=False)


def _ask_choice(call: Call) -> Choice:
    """Ask for one of two choices: without a default, until the answer is one of them."""
    call.terminal.show(call.texts("scan.choices"))
    while True:
        answer = call.terminal.ask(call.texts("scan.ask_choice")).lower()
        if answer in {"c", "confirm", "确认", "确认登录"}:
            return "confirm"
        if answer in {"r", "reject", "拒绝", "拒绝登录"}:
            return "reject"


def _confirm(call: Call, phone: Phone, page: ConfirmPage, number: str | None) -> TicketAnswer:
    if number is None and page.number_matching in (NumberMatching.REQUIRE, NumberMatching.CHOOSE):
        if not call.terminal.interactive:
            raise PhoneError.own(PhoneCode.NUMBER_REQUIRED)
        number = (
            _chosen(call, page) if page.choices else folded_number(call.terminal.ask(call.texts("scan.ask_number")))
        )
    return phone.confirm(page, number=number, on_wait=call.say_waiting)


def _chosen(call: Call, page: ConfirmPage) -> str:
    """One of the numbers that the page offers: asked for until it is one, since a wrong one rejects the login."""
    while True:
        number = folded_number(call.terminal.ask(call.texts("scan.ask_chosen", choices=", ".join(page.choices))))
        if number in page.choices:
            return number
