"""The interface of a channel to the gateway; one implementation has a WebSocket (push), one has not (poll)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from client_stub.errors import ClientError
from client_stub.ticket_history import TicketHistory


class Listener(Protocol):
    """Hears the events of a channel, on the channel's threads. Its methods must not raise."""

    def heard(self, body: Mapping[str, Any]) -> None:
        """A ticket's state, from a push or from a new read."""

    def refused(self, ticket_id: str, error: ClientError) -> None:
        """The gateway refused to tell more about a ticket: it has ended, or the gateway no longer knows it."""

    def connection(self, alive: bool) -> None:
        """The connection was lost, or is back."""

    def availability(self, body: Mapping[str, Any]) -> None:
        """QR login was switched off or on: the body of a push, which polls have not."""


class Channel(Protocol):
    """A channel to the gateway. Methods raise ClientError; any thread may call them."""

    def request_ticket(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Request a ticket; returns the body of the answer."""

    def resume(self, ticket_id: str, claim_secret: str) -> dict[str, Any]:
        """Read a ticket's present state, and have its changes sent to this channel."""

    def cancel(self, ticket_id: str, claim_secret: str) -> dict[str, Any]:
        """Cancel a ticket; returns its state."""

    def follow(self, history: TicketHistory) -> None:
        """Tell the listener about this ticket until it ends, across lost connections; forget the one before."""

    def cut(self) -> None:
        """Drop the connection like a pulled cable, without a goodbye; the channel heals itself."""

    def close(self) -> None:
        """End the channel and its threads."""
