"""Personas: people whose actions a test knows beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app_simulator.calls.models import ConfirmPage
from app_simulator.phone import Phone
from scan_to_login.actor_wire.phones import Persona
from scan_to_login.protocol import NumberMatching

# Whose account of the demo seed a persona has; one who is not registered has none.
ACCOUNTS = {
    Persona.APPROVES: "agent",
    Persona.REJECTS: "agent",
    Persona.SCANS_AND_VANISHES: "agent",
    Persona.SLOW: "agent",
    Persona.UNREGISTERED: "nobody_by_this_name",
    Persona.LOCKED: "locked",
    Persona.WRONG_EMPLOYER: "newcomer",
}
DEMO_PASSWORD = "Demo-2019"  # everybody's in the demo seed


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a persona can do beside handling the phone: wait, and look at the client's screen."""

    wait: Callable[[float], object]  # seconds
    number_on_screen: Callable[[], str | None]


def act(persona: Persona, phone: Phone, payload: str, around: Surroundings, delay: float) -> dict[str, Any]:
    """Do with a QR's text what this persona does; ``delay`` in seconds is how slow `slow` is. Raises PhoneError.

    Who is locked or not registered has failed at the login already; who tries even so is told ``not_logged_in``.
    """
    page = phone.scan(payload)
    if persona is Persona.SCANS_AND_VANISHES:
        return {"did": "scanned", "ticket_id": page.ticket_id}
    if persona is Persona.REJECTS:
        phone.reject(page)
        return {"did": "rejected", "ticket_id": page.ticket_id}
    if persona is Persona.SLOW:
        around.wait(delay)
    phone.confirm(page, number=_number(page, around))
    return {"did": "confirmed", "ticket_id": page.ticket_id}


def _number(page: ConfirmPage, around: Surroundings) -> str | None:
    return around.number_on_screen() if page.number_matching is NumberMatching.REQUIRE else None
