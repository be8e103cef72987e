"""The calls about requests to log in: clients that ask this account's phones, without a scan."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

from app_simulator.calls.models import Answer, ConfirmPage, seconds, take
from scan_to_login.actor_wire.pages import LoginRequestFields

LONGEST_WAIT: Final = 25.0


@dataclass(frozen=True, slots=True)
class LoginRequest(Answer, LoginRequestFields):
    """A client that asks for a login."""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read one entry of ``GET /app/login-requests``."""
        client = take(answer, "client", dict)
        return cls(
            take(answer, "ticket_id", str),
            take(answer, "state", str),
            seconds(answer, "expires_in"),
            take(answer, "expires_at", int),
            take(client, "name", str),
            take(client, "version", str),
            take(client, "device", str),
            take(answer, "client_unverified", bool),
            take(answer, "address", str),
            take(answer, "requested_at", int),
        )


@dataclass(frozen=True, slots=True)
class RememberedComputer(Answer):
    """A computer from which this account's phones may be asked; times are milliseconds of the gateway's clock."""

    remembered_id: str
    client_name: str
    device_name: str
    network: str
    created_at: int
    used_at: int
    expires_at: int

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read one entry of ``GET /app/remembered-computers``."""
        return cls(
            take(answer, "remembered_id", str),
            take(answer, "client_name", str),
            take(answer, "device_name", str),
            take(answer, "network", str),
            take(answer, "created_at", int),
            take(answer, "used_at", int),
            take(answer, "expires_at", int),
        )


class RequestCalls(ABC):
    """The share of a phone that clients ask. Every method raises PhoneError."""

    @abstractmethod
    def call(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, repeat: bool = False
    ) -> dict[str, Any]:
        """Any call with this phone's session; see ``Phone.call``."""

    def login_requests(self, *, since: str = "", wait: float = 0.0) -> list[LoginRequest]:
        """The clients that ask for a login now, newest first.

        If there is none beside ``since``, the ticket_id of the newest that was seen, waits for one, up to ``wait``
        seconds (25 at the most).
        """
        query = {"wait": f"{min(wait, LONGEST_WAIT):g}", **({"since": since} if since else {})}
        found = take(self.call("GET", f"/app/login-requests?{urlencode(query)}", repeat=True), "requests", list)
        return [LoginRequest.of(entry) for entry in found if isinstance(entry, dict)]

    def open_request(self, request: LoginRequest | str) -> ConfirmPage:
        """Open ``request``, by itself or by its ticket_id: what ``scan`` does for a QR code.

        The confirm that follows needs the number that the client shows. Raises PhoneError ``ticket_not_found``,
        ``ticket_taken`` if another phone of the account has opened it, ``ticket_expired``, …
        """
        ticket_id = request if isinstance(request, str) else request.ticket_id
        return ConfirmPage.of(self.call("POST", f"/tickets/{quote(ticket_id, safe='')}/scan", body={}, repeat=True))

    def block_requests(self, minutes: int) -> int:
        """Show this account's phones no new request for ``minutes``; until when, in milliseconds of the clock."""
        answer = self.call("PUT", "/app/login-requests/block", body={"minutes": minutes}, repeat=True)
        return take(answer, "blocked_until", int)

    def unblock_requests(self) -> None:
        """Show new requests again."""
        self.call("DELETE", "/app/login-requests/block", repeat=True)

    def remembered_computers(self) -> list[RememberedComputer]:
        """The computers that this account has had remembered, the one used last first."""
        found = take(self.call("GET", "/app/remembered-computers", repeat=True), "computers", list)
        return [RememberedComputer.of(entry) for entry in found if isinstance(entry, dict)]

    def forget_computer(self, remembered_id: str) -> None:
        """Forget the computer ``remembered_id``: it needs a QR again. Raises PhoneError ``not_found``."""
        self.call("DELETE", f"/app/remembered-computers/{quote(remembered_id, safe='')}")
