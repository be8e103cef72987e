"""Computers that are remembered after a login, as their clients and their person's phone see them."""

from __future__ import annotations

from typing import Any

from scan_to_login.testing.wire import Answer
from tests.integration.wire import CLIENT, Phone, Ticket, Wire


def claim(ticket: Ticket, *, key: str = "", remember: bool = True) -> Any:
    """Claim, and have the computer remembered."""
    headers = {"Idempotency-Key": key} if key else {}
    answer = ticket.wire.call(
        "POST",
        f"/tickets/{ticket.id}/claim",
        f"Ticket {ticket.secret}",
        headers=headers,
        json={"remember": remember},
    )
    assert answer.status == 200, answer.body
    return answer.body


def login_by_scan(wire: Wire, phone: Phone) -> Any:
    """What a computer is told at the claim, after a login by scan."""
    ticket = wire.ticket()
    phone.approve(ticket.id)
    return claim(ticket)


def by_scan(wire: Wire, phone: Phone) -> str:
    """The token of a computer that was remembered after a login by scan."""
    return str(login_by_scan(wire, phone)["remembered"])


def ask(wire: Wire, token: str, **client: str) -> Answer:
    """Request a ticket from a remembered computer."""
    return wire.call("POST", "/tickets", json={"client": {**CLIENT, **client}, "remembered": token})


def login_by_computer(wire: Wire, phone: Phone, token: str) -> Any:
    """What a remembered computer is told at the claim of its next login."""
    answer = ask(wire, token)
    assert answer.status == 201, answer.body
    ticket = Ticket(wire, answer.body)
    wire.advance(30)  # the phone has a fresh code
    assert phone.scan(ticket.id).body["number_matching"] == "require"
    phone.confirm(ticket.id, body={"number": ticket.poll(since=0).body["number"]})
    login = claim(ticket)
    assert login["account"]["login_name"] == "agent"
    return login


def by_computer(wire: Wire, phone: Phone, token: str) -> str:
    """The next token, after a login from a remembered computer."""
    return str(login_by_computer(wire, phone, token)["remembered"])


def computers(phone: Phone) -> Any:
    """Those that the phone lists."""
    return phone.wire.call("GET", "/app/remembered-computers", phone.token).body["computers"]
