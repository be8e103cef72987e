"""What a client needs of a line to the gateway; there is one with a WebSocket (push) and one without (poll)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from client_stub.errors import ClientError
from client_stub.ticket_history import TicketHistory


class Listener(Protocol):
    """Who hears what arrives on the line; called from the line's threads, and not allowed to raise."""

    def heard(self, body: Mapping[str, Any]) -> None:
        """A ticket's state, pushed or read again."""

    def refused(self, ticket_id: str, error: ClientError) -> None:
        """The gateway refused to say more of a ticket: it ended, or is not known any more."""

    def connection(self, alive: bool) -> None:
        """The line was cut, or is back."""


class Channel(Protocol):
    """A line to the gateway. Methods raise ClientError and may be called from any thread."""

    def request_ticket(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for a ticket; answers the gateway's body."""

    def resume(self, ticket_id: str, claim_secret: str) -> dict[str, Any]:
        """Read a ticket's present state; from now on its changes arrive here."""

    def cancel(self, ticket_id: str, claim_secret: str) -> dict[str, Any]:
        """Give a ticket up; answers its state."""

    def follow(self, history: TicketHistory) -> None:
        """Tell the listener of this ticket until it is over, across cuts; the one followed before is let go."""

    def cut(self) -> None:
        """Drop the connection as a pulled cable would, without a goodbye; the line heals itself."""

    def close(self) -> None:
        """End the line and its threads."""
