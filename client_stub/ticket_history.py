"""The states of one ticket as the client learns them: in order, each version once, none after the end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from client_stub.errors import ClientError
from client_stub.model import Ticket, Update
from scan_to_login.protocol import TicketState


@dataclass(slots=True)
class TicketHistory:
    """The known states of one ticket. Not synchronized: its owner locks."""

    ticket: Ticket
    updates: list[Update] = field(default_factory=list)
    failure: ClientError | None = None
    """The error that ends the history before the ticket's end, such as ``ticket_not_found``."""
    _told_at: float = 0.0

    @classmethod
    def begin(cls, ticket: Ticket, first: Update | None = None) -> TicketHistory:
        """Begin with the state that the gateway answered (pending for a new ticket)."""
        history = cls(ticket)
        history._add(
            first or Update(ticket.ticket_id, TicketState.PENDING, ticket.version, expires_in=ticket.expires_in)
        )
        return history

    @property
    def latest(self) -> Update:
        """The last known state."""
        return self.updates[-1]

    @property
    def over(self) -> bool:
        """Whether the history is complete: the ticket has ended, or the gateway no longer knows it."""
        return self.failure is not None or not self.latest.live

    def offer(self, update: Update) -> bool:
        """Take a state from the gateway; False if it is dropped.

        It drops an event of another ticket, a known version (pushes are repeated after a reconnect, and may overtake
        each other), and everything after the end.
        """
        if update.ticket_id != self.ticket.ticket_id or self.over:
            return False
        if update.version <= self.latest.version:
            if update.version == self.latest.version and update.expires_in is not None:
                self._retime(update)
            return False
        self._add(update)
        return True

    def remaining(self) -> float | None:
        """Seconds to the deadline of the present state; None once the ticket has ended. Never negative."""
        if self.over or self.latest.expires_in is None:
            return None
        return max(0.0, self._told_at + self.latest.expires_in - time.monotonic())

    def due(self, grace: float) -> float | None:
        """Seconds until ``grace`` seconds past the deadline of the state; None without a deadline."""
        if self.over or self.latest.expires_in is None:
            return None
        return self._told_at + self.latest.expires_in + grace - time.monotonic()

    def _add(self, update: Update) -> None:
        self.updates.append(update)
        self._told_at = time.monotonic()

    def _retime(self, update: Update) -> None:
        # A repeated version has a new count of seconds: the gateway's clock may have been moved.
        self.updates[-1] = replace(self.latest, expires_in=update.expires_in)
        self._told_at = time.monotonic()
