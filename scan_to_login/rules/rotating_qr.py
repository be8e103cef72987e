"""Frames of a QR that changes every second or so, so that a photo of the screen is soon worth nothing.

A frame is a time step and an HMAC over ticket and step, with a secret that the client alone holds beside the gateway.
Standard library only, like ``scan_to_login.qr_payload``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

_MAC_BYTES: Final = 9
_FRAME: Final = re.compile(r"([0-9]{1,15})\.[A-Za-z0-9_-]{12}\Z")


def step_at(now_ms: int, period_ms: int) -> int:
    """The time step of a moment of the gateway's clock."""
    return now_ms // period_ms


def frame_of(secret: str, ticket_id: str, step: int) -> str:
    """The frame of one step: ``STEP.MAC``."""
    mac = hmac.digest(secret.encode(), f"{ticket_id}.{step}".encode(), hashlib.sha256)[:_MAC_BYTES]
    return f"{step}.{base64.urlsafe_b64encode(mac).decode()}"


def read_step(frame: str) -> int | None:
    """The step that a frame names, whether its MAC is right or not; None for what is no frame."""
    found = _FRAME.match(frame)
    return int(found[1]) if found else None


def framed(qr: str, frame: str) -> str:
    """The text of a QR with this frame in place of the one that it has, if any."""
    head, slash, ticket = qr.rpartition("/")
    return f"{head}{slash}{ticket.partition('.')[0]}.{frame}"
