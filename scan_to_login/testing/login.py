"""One whole login through both sides, for tests about later steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scan_to_login.protocol import NumberMatching, TicketState

if TYPE_CHECKING:
    from app_simulator.phone import Phone
    from client_stub.client import Client
    from client_stub.model import Session


def scan_to_login(phone: Phone, client: Client, unit: str, declaration_password: str | None = None) -> Session:
    """Request, scan, confirm, claim, verify: returns the session of ``client``, verified for ``unit``.

    ``phone`` is logged in already. ``unit`` is a taxpayer number or an alias of the seed. Without
    ``declaration_password`` the account needs an authorization there. Raises PhoneError, ClientError.
    """
    ticket = client.request_ticket()
    page = phone.scan(ticket.shown_qr)
    number = None
    if page.number_matching in (NumberMatching.REQUIRE, NumberMatching.CHOOSE):
        number = client.wait_for(TicketState.SCANNED).number
    code = phone.confirm(page, number=number).claim_code
    client.wait_for(TicketState.CONFIRMED)
    client.claim(code=code)
    return client.verify_unit(unit, declaration_password)
