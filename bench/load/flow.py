"""One whole login as the load generator does it: Socket.IO connect, ticket, scan, confirm, two pushes, claim, unit.

The three that are logged in by it (the phone's session) are put into Redis beforehand: an Argon2 is no part of a flow.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import struct
import time
from dataclasses import dataclass
from typing import Any

import redis

from bench.load.wire import Http, Socket
from gateway.foundation.keys import Keys
from gateway.foundation.secrets import ServerKey, digest
from scan_to_login.qr_payload import frame_in

CLIENT = {"name": "bench", "version": "1", "device": "load generator"}
SERVER_KEY = "the key of a gateway that is there to be measured"
OTP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that is logged in."""

    token: str
    otp_key: bytes


class Phones:
    """Phones with fresh sessions in Redis: a device's one-time code is good once, so each logs in once."""

    def __init__(self, redis_url: str, account_id: str) -> None:
        self._redis = redis.Redis.from_url(redis_url)
        self._account_id = account_id
        self._keys = Keys("{pairing}:")
        self._server_key = ServerKey(SERVER_KEY.encode())

    def take(self, count: int) -> list[Phone]:
        """``count`` new phones."""
        now = int(time.time() * 1000)
        phones = []
        pipe = self._redis.pipeline(transaction=False)
        for _ in range(count):
            token = secrets.token_urlsafe(32)
            key = self._keys.session(digest(token))
            fields: dict[Any, Any] = {
                "kind": "phone",
                "session_id": secrets.token_urlsafe(16),
                "account_id": self._account_id,
                "login_name": "bench",
                "display_name": "*明",
                "initial": "M",
                "id_type": "resident_id",
                "created_at": now,
                "expires_at": now + 3_600_000,
                "last_seen": now,
                "idle_ms": 0,
                "device_id": secrets.token_urlsafe(16),
            }
            pipe.hset(key, mapping=fields)
            pipe.pexpire(key, 3_600_000)
            phones.append(Phone(token, self._server_key.derive("otp", token)[:20]))
        pipe.execute()
        return phones


def one_time_code(key: bytes) -> str:
    """The code of the present time step (RFC 6238, SHA-1, six digits)."""
    counter = struct.pack(">Q", int(time.time()) // OTP_SECONDS)
    hashed = hmac.digest(key, counter, hashlib.sha1)
    at = hashed[-1] & 15
    return f"{(int.from_bytes(hashed[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


async def login(url: str, phone: Phone, http: Http, taxpayer_id: str, *, remember: bool = False) -> float:
    """One flow; answers the seconds from the confirm sent to its push received.

    It follows the gateway's settings: the phone sends the QR's frame and the client's number where there are any, the
    client the phone's code. With ``remember`` the client asks for a token for its next login.
    """
    socket = await Socket.open(url)
    try:
        ticket = await socket.call("request_ticket", {"client": CLIENT})
        path = f"/api/v1/tickets/{ticket['ticket_id']}"
        bearer = f"Bearer {phone.token}"
        frame = frame_in(ticket["qr"])
        page = await http.call("POST", f"{path}/scan", bearer, {"frame": frame} if frame else None)
        state = await socket.state()
        confirm = {"otp": one_time_code(phone.otp_key)}
        if page.get("number_matching") in ("require", "choose"):
            confirm["number"] = state["number"]
        sent = time.perf_counter()
        confirming = asyncio.ensure_future(http.call("POST", f"{path}/confirm", bearer, confirm))
        state = await socket.state()
        told = time.perf_counter() - sent
        confirmed = await confirming
        assert state["state"] == "confirmed", state
        claim: dict[str, Any] = {"code": confirmed["claim_code"]} if "claim_code" in confirmed else {}
        if remember:
            claim["remember"] = True
        session = await http.call("POST", f"{path}/claim", f"Ticket {ticket['claim_secret']}", claim or None)
        assert ("remembered" in session) is remember, session
        verified = await http.call(
            "POST", f"/api/v1/units/{taxpayer_id}/verification", f"Bearer {session['access_token']}"
        )
        assert verified["stage"] == "unit_verified", verified
        return told
    finally:
        socket.close()
