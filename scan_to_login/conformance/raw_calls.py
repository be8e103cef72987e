"""Raw calls that a well-behaved client or phone would never send, and their answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

import pyotp

from scan_to_login.rules.rotating_qr import frame_of, step_at
from scan_to_login.testing.wire import Answer, Wire

CLIENT: Final = {"name": "conformance", "version": "1.0", "device": "conformance"}
DEVICE: Final = {"name": "conformance", "model": "wire"}


@dataclass
class RawTicket:
    """A ticket, with its client's data."""

    ticket_id: str
    claim_secret: str
    qr: str
    body: dict[str, Any] = field(repr=False, default_factory=dict)
    offset_ms: int = 0  # of the gateway's clock

    @property
    def rotation(self) -> dict[str, Any] | None:
        """What the client draws the frames of a QR from that rotates; None for another."""
        return self.body.get("rotation")

    def frame(self, steps: int = 0) -> str:
        """The frame of the present step, or of ``steps`` from it; empty where the QR does not rotate."""
        if self.rotation is None:
            return ""
        now = time.time_ns() // 1_000_000 + self.offset_ms
        return frame_of(self.rotation["secret"], self.ticket_id, step_at(now, self.rotation["period_ms"]) + steps)


@dataclass
class RawPhone:
    """A phone's session, with the phone's data."""

    token: str
    otp_secret: str
    offset_ms: int

    def otp(self, steps_ago: int = 0) -> str:
        """The one-time code of the present step of the gateway's clock, or of one before."""
        now = time.time() + self.offset_ms / 1000 - 30 * steps_ago
        return pyotp.TOTP(self.otp_secret).at(int(now))


class TrialWire(Wire):
    """What a phone and a client send. Nothing is repeated and nothing is raised for a refusal."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._codes: dict[str, str] = {}  # by ticket
        self._rotating: dict[str, RawTicket] = {}

    def log_in(self, identifier: str, password: str) -> RawPhone:
        """Log a phone in. Raises RuntimeError if refused, since no check can run then."""
        body = {"identifier": identifier, "password": password, "device": DEVICE}
        answer = self.call("POST", "/app/sessions", json=body)
        if answer.status_code != 201:
            raise RuntimeError(f"{identifier} cannot log in: {answer.status_code} {answer.text[:200]}")
        told = answer.json()
        return RawPhone(told["access_token"], told["otp_secret"], told["server_time"] - time.time_ns() // 1_000_000)

    def request(self, **more: Any) -> RawTicket:
        """Request a ticket. Raises RuntimeError if refused."""
        answer = self.call("POST", "/tickets", json={"client": CLIENT, **more})
        if answer.status_code != 201:
            raise RuntimeError(f"No ticket is given: {answer.status_code} {answer.text[:200]}")
        told = answer.json()
        ticket = RawTicket(told["ticket_id"], told["claim_secret"], told["qr"], told)
        if ticket.rotation is not None:
            ticket.offset_ms = ticket.rotation["now"] - time.time_ns() // 1_000_000
            self._rotating[ticket.ticket_id] = ticket
        return ticket

    def scan(self, phone: RawPhone, ticket_id: str, frame: str | None = None) -> Answer:
        """A scan; of a ticket whose QR rotates with the frame that its client shows now, unless given another."""
        if frame is None:
            frame = self._rotating[ticket_id].frame() if ticket_id in self._rotating else ""
        body = {"frame": frame} if frame else {}
        return self.call("POST", f"/tickets/{ticket_id}/scan", json=body, token=f"Bearer {phone.token}")

    def confirm(self, phone: RawPhone, ticket_id: str, otp: str | None = None, number: str | None = None) -> Answer:
        """A confirm; with the right code unless given another."""
        body = {"otp": otp or phone.otp()} | ({"number": number} if number else {})
        answer = self.call("POST", f"/tickets/{ticket_id}/confirm", json=body, token=f"Bearer {phone.token}")
        if answer.status_code == 200 and "claim_code" in answer.json():
            self._codes[ticket_id] = answer.json()["claim_code"]
        return answer

    def reject(self, phone: RawPhone, ticket_id: str) -> Answer:
        """A reject."""
        return self.call("POST", f"/tickets/{ticket_id}/reject", json={}, token=f"Bearer {phone.token}")

    def claim(self, ticket_id: str, secret: str, key: str = "", code: str = "", *, remember: bool = False) -> Answer:
        """A claim; with the code that the phone has shown, if it shows one, unless given another."""
        headers = {"Idempotency-Key": key} if key else {}
        code = code or self._codes.get(ticket_id, "")
        body: dict[str, Any] = ({"code": code} if code else {}) | ({"remember": True} if remember else {})
        return self.call("POST", f"/tickets/{ticket_id}/claim", json=body, token=f"Ticket {secret}", headers=headers)

    def poll(self, ticket_id: str, secret: str, **query: Any) -> Answer:
        """A poll."""
        return self.call("GET", f"/tickets/{ticket_id}", token=f"Ticket {secret}", params=query)

    def cancel(self, ticket_id: str, secret: str) -> Answer:
        """A cancellation."""
        return self.call("DELETE", f"/tickets/{ticket_id}", token=f"Ticket {secret}")
