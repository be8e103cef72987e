"""The clients of an actor, each with a screen that a phone can watch."""

from __future__ import annotations

import secrets
import threading
from typing import Any

from client_stub.client import Client, Transport
from client_stub.model import Ticket, Update
from scan_to_login.actor_server import Refused
from scan_to_login.actor_wire.calls import MOST_ACTORS


class HeldClient:
    """One client and its screen."""

    def __init__(
        self, gateway_url: str, *, transport: Transport, verify: bool | str = True, **info: str | None
    ) -> None:
        self.client_id = secrets.token_urlsafe(8)
        given = {name: value for name, value in info.items() if value is not None}
        self.client = Client(gateway_url, transport=transport, verify=verify, **given)
        self._changed = threading.Condition()
        self._serial = 0
        self.client.subscribe(lambda _signal: self._wake())

    def request_ticket(self, target: str | None = None, remembered: str | None = None) -> Ticket:
        """Request a ticket; it replaces a live one. With ``target`` it asks that account's phones, with ``remembered``
        those of the person who has had this computer remembered."""
        ticket = self.client.request_ticket(target=target, remembered=remembered)
        with self._changed:
            self._serial += 1
            self._changed.notify_all()
        return ticket

    def screen(self, since: int, seconds: float) -> dict[str, Any]:
        """The screen, as soon as its QR is newer than number ``since``, or after ``seconds``."""
        with self._changed:
            self._changed.wait_for(lambda: self._serial > since, timeout=seconds)
        return self.seen()

    def seen(self) -> dict[str, Any]:
        """The screen at this moment. It shows no QR of an ended ticket."""
        ticket, state = self.client.ticket, self.client.state
        live = ticket is not None and state is not None and state.live
        return {
            "client_id": self.client_id,
            "serial": self._serial,
            "ticket_id": ticket.ticket_id if ticket else None,
            "qr": (ticket.shown_qr or None) if ticket and live else None,
            **_told(state),
            "remaining": self.client.remaining,
        }

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _told(state: Update | None) -> dict[str, Any]:
    if state is None:
        return {
            "state": None,
            "version": 0,
            "number": None,
            "claim_code_required": False,
            "scanned_by": None,
            "reason": None,
        }
    scanner = state.scanned_by
    return {
        "state": state.state,
        "version": state.version,
        "number": state.number,
        "claim_code_required": state.claim_code_required,
        "scanned_by": None if scanner is None else {"display_name": scanner.display_name, "initial": scanner.initial},
        "reason": state.reason,
    }


class Clients:
    """All clients of this actor."""

    def __init__(self, gateway_url: str, verify: bool | str = True) -> None:
        self.gateway_url = gateway_url
        self.verify = verify
        self._clients: dict[str, HeldClient] = {}

    def require_room(self) -> None:
        """Raise Refused 429 if there are too many."""
        if len(self._clients) >= MOST_ACTORS:
            raise Refused(429, "too_many_actors", f"There are {MOST_ACTORS} clients already: remove some.")

    def add(self, held: HeldClient) -> HeldClient:
        """Keep a client."""
        self._clients[held.client_id] = held
        return held

    def get(self, client_id: str) -> HeldClient:
        """A client by its id. Raises Refused 404."""
        try:
            return self._clients[client_id]
        except KeyError:
            raise Refused(404, "not_found", f"There is no client {client_id} here.") from None

    def remove(self, client_id: str) -> None:
        """Close a client. Raises Refused 404."""
        held = self.get(client_id)
        self._clients.pop(client_id, None)
        held.client.close()

    def all(self) -> list[HeldClient]:
        """Every client, oldest first."""
        return list(self._clients.values())

    def close(self) -> None:
        """Close all."""
        for held in self.all():
            if self._clients.pop(held.client_id, None) is not None:
                held.client.close()
