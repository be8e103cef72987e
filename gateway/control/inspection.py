"""The gateway's present tickets, sessions, captchas and locks, for the inspector's page.

It scans Redis by the gateway's prefix (``gateway.control.scan``).
"""

from __future__ import annotations

from collections.abc import Iterable

import redis
from pydantic import Field

from gateway.control.people.captchas import CaptchaReader
from gateway.control.scan import hashes
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.http.routes import Answer, Call, Router
from scan_to_login.protocol import LIVE_STATES, SessionKind, TicketState


class TicketRow(Answer):
    """A ticket, also an ended one as long as Redis keeps it; never its secret."""

    ticket_id: str
    state: TicketState
    version: int
    requested_at: int = Field(description="milliseconds of the gateway's clock")
    expires_at: int = Field(description="milliseconds of the gateway's clock; for an ended ticket, the time it ended")
    client: str
    address: str
    login_name: str


class SessionRow(Answer):
    """A session of a phone, a client or the WEB platform; never its token."""

    session_id: str
    kind: SessionKind
    login_name: str
    display_name: str
    device_name: str
    address: str
    taxpayer_id: str
    created_at: int
    last_seen: int
    expires_at: int


class CaptchaRow(Answer):
    """An unanswered captcha, and its answer."""

    captcha_id: str
    answer: str
    expires_at: int


class LockRow(Answer):
    """Wrong passwords of an account or a unit; `locked_until` is 0 without a lock."""

    kind: str
    subject: str
    wrong: int
    captcha_due: bool
    locked_until: int


class InspectionView(Answer):
    """The present state, newest first."""

    now: int
    tickets: list[TicketRow]
    sessions: list[SessionRow]
    captchas: list[CaptchaRow]
    locks: list[LockRow]


class Inspection:
    """Reads the state from Redis; returns at most 500 rows of each kind."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, captchas: CaptchaReader) -> None:
        self._redis = client
        self._keys = keys
        self._clock = clock
        self._captchas = captchas

    def view(self) -> InspectionView:
        """The present state. Raises ``unavailable`` while Redis is unreachable."""
        with redis_faults_as_503():
            now = self._clock.now_ms()
            tickets = [_ticket(kept, now) for _, kept in self._hashes(self._keys.ticket("*"))]
            sessions = [_session(kept) for _, kept in self._hashes(self._keys.session("*"))]
            captchas = [self._captcha(name, kept) for name, kept in self._hashes(self._keys.captcha("*"))]
            locks = [_lock(name, kept) for name, kept in self._hashes(self._keys.failures("*", "*"))]
        return InspectionView(
            now=now,
            tickets=sorted(tickets, key=lambda row: -row.requested_at),
            sessions=sorted((row for row in sessions if row.expires_at > now), key=lambda row: -row.last_seen),
            captchas=sorted((row for row in captchas if row.expires_at > now), key=lambda row: -row.expires_at),
            locks=sorted(locks, key=lambda row: -row.locked_until),
        )

    def _hashes(self, pattern: str) -> Iterable[tuple[str, dict[str, str]]]:
        return hashes(self._redis, pattern).items()

    def _captcha(self, name: str, kept: dict[str, str]) -> CaptchaRow:
        captcha_id = name.rsplit(":", 1)[-1]
        try:
            answer = self._captchas.answer(captcha_id)
        except Refusal:
            answer = ""
        return CaptchaRow(captcha_id=captcha_id, answer=answer, expires_at=int(kept.get("expires_at", 0)))


def _ticket(kept: dict[str, str], now: int) -> TicketRow:
    state = kept.get("state", "")
    expires_at = int(kept.get("expires_at") or kept.get("at") or 0)
    if state in LIVE_STATES and expires_at <= now:
        state = TicketState.EXPIRED
    return TicketRow(
        ticket_id=kept.get("ticket_id", ""),
        state=state,
        version=int(kept.get("version", 0)),
        requested_at=int(kept.get("requested_at", 0)),
        expires_at=expires_at,
        client=f"{kept.get('client_name', '')} {kept.get('client_version', '')}".strip(),
        address=kept.get("address", ""),
        login_name=kept.get("login_name", ""),
    )


def _session(kept: dict[str, str]) -> SessionRow:
    texts = ("session_id", "kind", "login_name", "display_name", "device_name", "address", "taxpayer_id")
    times = ("created_at", "last_seen", "expires_at")
    return SessionRow(
        **{name: kept.get(name, "") for name in texts},
        **{name: int(kept.get(name) or 0) for name in times},
    )


def _lock(name: str, kept: dict[str, str]) -> LockRow:
    kind, subject = name.rsplit(":", 2)[-2:]
    return LockRow(
        kind=kind,
        subject=subject,
        wrong=int(kept.get("wrong") or 0),
        captcha_due=kept.get("captcha_due") == "1",
        locked_until=int(kept.get("locked_until") or 0),
    )


def router(inspection: Inspection, prefix: str) -> Router:
    """Part of the control plane's routes."""

    def inspect(_call: Call) -> InspectionView:
        """The present tickets, sessions, captchas and locks."""
        return inspection.view()

    room = Router("simulated inspection", prefix)
    room.add("GET", "/inspection", inspect, returns=InspectionView)
    return room
