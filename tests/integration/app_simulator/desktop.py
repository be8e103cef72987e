"""The other side of a phone: a client over REST, and the gateway's movable clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from app_simulator.errors import PhoneError
from scan_to_login.testing.wire import Answer, Wire

CLIENT = {"name": "扣缴客户端", "version": "3.1.0", "device": "DESKTOP-1"}


class Client(Wire):
    """A desktop client over REST, as far as a phone's test needs one."""

    def ticket(self) -> dict[str, Any]:
        """A new ticket."""
        answer = self.call("POST", "/tickets", json={"client": CLIENT})
        assert answer.status_code == 201, answer.text
        issued: dict[str, Any] = answer.json()
        return issued

    def picture(self, ticket: dict[str, Any]) -> bytes:
        """The QR as the gateway draws it."""
        return self.call("GET", f"/tickets/{ticket['ticket_id']}/qr.png").content

    def state(self, ticket: dict[str, Any]) -> str:
        """The state of the ticket."""
        return str(self.call("GET", f"/tickets/{ticket['ticket_id']}?since=0&wait=5", _secret(ticket)).json()["state"])

    def claim(self, ticket: dict[str, Any]) -> Answer:
        """Exchange it for a session."""
        return self.call("POST", f"/tickets/{ticket['ticket_id']}/claim", _secret(ticket))


def _secret(ticket: dict[str, Any]) -> str:
    return f"Ticket {ticket['claim_secret']}"


def set_clock(url: str, milliseconds_from_now: int) -> None:
    """Put the gateway's clock somewhere, and let it run on from there."""
    now = requests.get(f"{url}/sim/v1/clock", timeout=10).json()["now"]
    requests.put(f"{url}/sim/v1/clock", json={"now": now + milliseconds_from_now}, timeout=10).raise_for_status()


def refused(call: Callable[[], object]) -> tuple[str, int | None]:
    """Code and status of a refusal."""
    with pytest.raises(PhoneError) as caught:
        call()
    return caught.value.code, caught.value.status
