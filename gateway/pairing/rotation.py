"""The rotating QR: secrets of tickets, and whether a scanned frame is fresh. Nothing of it is stored."""

from __future__ import annotations

import hmac
from typing import Any, Final

from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.secrets import ServerKey
from scan_to_login.rules.rotating_qr import frame_of, framed, read_step, step_at

FRESH: Final = "fresh"
STALE: Final = "stale"
AHEAD: Final = 1  # steps that a client's clock may be ahead


class QrRotation:
    """Frames of all tickets that rotate; their secrets are derived from the server key."""

    def __init__(self, settings: Settings, clock: Clock, server_key: ServerKey) -> None:
        self._period_ms = round(settings.rotating_qr_seconds * 1000)
        self._frames = settings.rotating_qr_frames
        self._clock = clock
        self._server_key = server_key

    def begun(self, ticket_id: str, qr: str) -> dict[str, Any]:
        """``qr`` and ``rotation`` of a new ticket's answer: the present frame, and what the client draws all from."""
        now, secret = self._clock.now_ms(), _secret(self._server_key, ticket_id)
        frame = frame_of(secret, ticket_id, step_at(now, self._period_ms))
        return {
            "qr": framed(qr, frame),
            "rotation": {"secret": secret, "period_ms": self._period_ms, "now": now},
        }

    def verdict(self, ticket_id: str, frame: str) -> str:
        """``fresh`` for a frame of the last few steps, else ``stale``, for an old one as for a made-up one."""
        step = read_step(frame)
        if step is None:
            return STALE
        age = step_at(self._clock.now_ms(), self._period_ms) - step
        if not -AHEAD <= age < self._frames:
            return STALE
        known = (frame_of(_secret(key, ticket_id), ticket_id, step) for key in self._server_key.in_force)
        return FRESH if any(hmac.compare_digest(frame, other) for other in known) else STALE


def _secret(key: ServerKey, ticket_id: str) -> str:
    return key.token("qr frames", ticket_id)
