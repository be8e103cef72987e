"""Personas: people whose actions a test knows beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app_simulator.calls.models import ConfirmPage
from app_simulator.phone import Phone
from scan_to_login.actor_wire.phones import Persona
from scan_to_login.protocol import NumberMatching

# The account of each persona in the demo seed; an unregistered person has none.
ACCOUNTS = {
    Persona.APPROVES: "agent",
    Persona.REJECTS: "agent",
    Persona.SCANS_AND_VANISHES: "agent",
    Persona.SLOW: "agent",
    Persona.UNREGISTERED: "nobody_by_this_name",
    Persona.LOCKED: "locked",
    Persona.WRONG_EMPLOYER: "newcomer",
}
DEMO_PASSWORD = "Demo-2019"  # the demo seed's, for all people


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The other actions of a persona: waiting, and reading the client's screen."""

    wait: Callable[[float], object]  # seconds
    number_on_screen: Callable[[], str | None]


def act(
    persona: Persona, phone: Phone, entered: Callable[[], ConfirmPage], around: Surroundings, delay: float
) -> dict[str, Any]:
    """Handle a login as this persona does; ``entered`` scans a QR, or opens a request. Raises PhoneError.

    ``delay`` is the seconds for which `slow` waits.

    A locked or unregistered person could not log in, and gets ``not_logged_in``.
    """
    page = entered()
    if persona is Persona.SCANS_AND_VANISHES:
        return {"did": "scanned", "ticket_id": page.ticket_id}
    if persona is Persona.REJECTS:
        phone.reject(page)
        return {"did": "rejected", "ticket_id": page.ticket_id}
    if persona is Persona.SLOW:
        around.wait(delay)
    ticket = phone.confirm(page, number=_number(page, around))
    code = {} if ticket.claim_code is None else {"claim_code": ticket.claim_code}
    return {"did": "confirmed", "ticket_id": page.ticket_id, **code}


def _number(page: ConfirmPage, around: Surroundings) -> str | None:
    needed = page.number_matching in (NumberMatching.REQUIRE, NumberMatching.CHOOSE)
    return around.number_on_screen() if needed else None
