"""A client's screen with a QR that rotates."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.foundation.errors import Refusal
from gateway.pairing.rotation import QrRotation
from scan_to_login.protocol import Code, TicketState
from scan_to_login.rules.rotating_qr import frame_of, step_at
from tests.contract.stage import ADDRESS, Phone, Stage, Ticket


@dataclass
class Screen:
    """A client's screen: its ticket, and the secret that it draws from."""

    stage: Stage
    ticket: Ticket
    secret: str

    def frame(self, steps: int = 0) -> str:
        """The frame of the present step, or of ``steps`` from it."""
        return frame_of(self.secret, self.ticket.ticket_id, step_at(self.stage.clock.now_ms(), 1000) + steps)

    def scan(self, frame: str, phone: Phone | None = None) -> TicketState | Code:
        """The state after a scan with this frame, or the refusal's code."""
        token = (phone or self.stage.phone).token
        try:
            return TicketState(self.stage.service.bind_phone(self.ticket.ticket_id, token, ADDRESS, frame)["state"])
        except Refusal as refusal:
            return refusal.code


def screen(stage: Stage, ticket: Ticket | None = None) -> Screen:
    """A client's screen with ``ticket``, or with a new one."""
    ticket = ticket or stage.request()
    begun = QrRotation(stage.settings, stage.clock, stage.server_key).begun(ticket.ticket_id, "http://gateway.test/q/x")
    return Screen(stage, ticket, begun["rotation"]["secret"])
