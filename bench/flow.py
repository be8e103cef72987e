"""One whole login as a load generator does it: bare asyncio, one WebSocket and one HTTP connection a client.

A flow is: Socket.IO connect, request_ticket, scan, confirm, two pushes, claim, unit verification. The Socket.IO frames
are written by hand, so that the generator costs little beside what it measures.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

import pyotp
from websockets.asyncio.client import ClientConnection, connect

CLIENT = {"name": "bench", "version": "1", "device": "load generator"}


class Http:
    """A keep-alive HTTP/1.1 connection that sends JSON and reads JSON."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def call(self, method: str, path: str, authorization: str = "", body: object = None) -> dict[str, Any]:
        """One request; raises RuntimeError for an answer that is not 2xx."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Length: {len(data)}\r\n"
        if data:
            head += "Content-Type: application/json\r\n"
        if authorization:
            head += f"Authorization: {authorization}\r\n"
        self._writer.write(head.encode() + b"\r\n" + data)
        return await self._answer(path)

    async def _answer(self, path: str) -> dict[str, Any]:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        length = next((int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:")), 0)
        content = await self._reader.readexactly(length)
        if not 200 <= status < 300:
            raise RuntimeError(f"{path}: {status} {content.decode('utf-8', 'replace')[:200]}")
        return json.loads(content) if content else {}

    def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that is logged in."""

    token: str
    otp_secret: str


async def log_phone_in(http: Http, identifier: str, password: str) -> Phone:
    """Log a phone in; costs the gateway an Argon2, so it is not part of a flow."""
    device = {"name": "bench", "model": "bench"}
    answer = await http.call(
        "POST", "/api/v1/app/sessions", body={"identifier": identifier, "password": password, "device": device}
    )
    return Phone(answer["access_token"], answer["otp_secret"])


class Socket:
    """A Socket.IO client on a bare WebSocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._calls = 0

    @classmethod
    async def open(cls, url: str) -> Socket:
        """Connect and join the namespace."""
        connection = await connect(
            url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket", compression=None, max_queue=None
        )
        await connection.recv()
        await connection.send("40/pairing,")
        joined = await connection.recv()
        assert str(joined).startswith("40/pairing"), joined
        return cls(connection)

    async def call(self, event: str, body: object) -> dict[str, Any]:
        """Send an event and answer its acknowledgement."""
        self._calls += 1
        await self._connection.send(f"42/pairing,{self._calls}{json.dumps([event, body])}")
        answer: dict[str, Any] = json.loads((await self._next(f"43/pairing,{self._calls}")))[0]
        return answer

    async def state(self) -> dict[str, Any]:
        """Wait for the next ticket_state."""
        body: dict[str, Any] = json.loads(await self._next("42/pairing,"))[1]
        return body

    async def _next(self, beginning: str) -> str:
        while True:
            text = str(await self._connection.recv())
            if text == "2":
                await self._connection.send("3")
            elif text.startswith(beginning):
                return text[len(beginning) :]

    async def close(self) -> None:
        """Disconnect."""
        await self._connection.close()


async def login(url: str, phone: Phone, http: Http, taxpayer_id: str, now: float) -> float:
    """One flow; answers the seconds from the confirm sent to its push received. ``now`` is for the one-time code."""
    socket = await Socket.open(url)
    try:
        ticket = await socket.call("request_ticket", {"client": CLIENT})
        path = f"/api/v1/tickets/{ticket['ticket_id']}"
        bearer = f"Bearer {phone.token}"
        await http.call("POST", f"{path}/scan", bearer)
        await socket.state()
        code = pyotp.TOTP(phone.otp_secret).at(int(now))
        sent = time.perf_counter()
        confirming = asyncio.ensure_future(http.call("POST", f"{path}/confirm", bearer, {"otp": code}))
        state = await socket.state()
        told = time.perf_counter() - sent
        await confirming
        assert state["state"] == "confirmed", state
        session = await http.call("POST", f"{path}/claim", f"Ticket {ticket['claim_secret']}")
        verified = await http.call(
            "POST", f"/api/v1/units/{taxpayer_id}/verification", f"Bearer {session['access_token']}"
        )
        assert verified["stage"] == "unit_verified", verified
        return told
    finally:
        await socket.close()
