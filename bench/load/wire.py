"""The load generator's two connections, on bare asyncio protocols: it must cost little beside what it measures.

HTTP and Socket.IO are spoken as far as a login needs them; what comes otherwise than expected raises.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import ssl
import struct
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from gateway.server.frames import masked

_IP_BIND_ADDRESS_NO_PORT = 24  # linux/in.h; Python has no name for it before 3.12
_MASK = b"\x00\x00\x00\x00"  # a mask must be there, and may be anything


@cache
def _tls(scheme: str) -> ssl.SSLContext | None:
    """For https: whose certificate it is does not matter between two processes of one measurement."""
    if scheme != "https":
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def _connected(source: str, host: str, port: int) -> socket.socket:
    """A connection from the address ``source``, whose port the kernel chooses when it connects.

    At bind(2) it would choose one that no connection of that address has, to whatever it leads.
    """
    bound = socket.socket()
    try:
        bound.setblocking(False)
        with suppress(OSError):
            bound.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
        bound.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(bound, (host, port))
    except BaseException:
        bound.close()
        raise
    return bound


class Http(asyncio.Protocol):
    """A keep-alive HTTP/1.1 connection, one request at a time."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or 80
        self._tls = _tls(parts.scheme)
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None
        self._head: list[tuple[str, str]] = []
        self.cookies: dict[str, str] = {}  # sent along; kept as answers set them

    @property
    def host(self) -> str:
        """The host and port that it calls."""
        return f"{self._host}:{self._port}"

    def header(self, name: str) -> str:
        """A header of the last answer; empty without one."""
        return next((value for known, value in self._head if known == name), "")

    async def call(self, method: str, path: str, authorization: str = "", body: object = None) -> dict[str, Any]:
        """One request in JSON; raises RuntimeError for an answer that is not 2xx, or none."""
        data = "" if body is None else json.dumps(body)
        status, content = await self.exchange(method, path, authorization, data)
        if not 200 <= status < 300:
            raise RuntimeError(f"{path}: {status} {content.decode('utf-8', 'replace')[:200]}")
        return json.loads(content) if content else {}

    async def exchange(
        self, method: str, path: str, authorization: str = "", data: str = "", kind: str = "application/json"
    ) -> tuple[int, bytes]:
        """One request with ``data`` of that content type; status and content of whatever is answered.

        Raises RuntimeError where nothing is.
        """
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            self._transport, _ = await loop.create_connection(lambda: self, self._host, self._port, ssl=self._tls)
        body = data.encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Length: {len(body)}\r\n"
        if body:
            head += f"Content-Type: {kind}\r\n"
        if self.cookies:
            head += f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}\r\n"
        if authorization:
            head += f"Authorization: {authorization}\r\n"
        self._answered = loop.create_future()
        self._transport.write(head.encode() + b"\r\n" + body)
        return await self._answered

    def data_received(self, data: bytes) -> None:
        """Gather the answer."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        whole = self._buffer[:end]
        head = whole.lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        content, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
        if b"\r\nset-cookie:" in head or b"\r\nlocation:" in head:
            self._read_head(whole)
        if self._answered is not None and not self._answered.done():
            self._answered.set_result((int(head[9:12]), content))

    def _read_head(self, head: bytes) -> None:
        lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
        self._head = [(name.lower(), value.strip()) for name, _, value in lines]
        for name, value in self._head:
            if name == "set-cookie":
                cookie, _, text = value.partition(";")[0].partition("=")
                self.cookies[cookie] = text

    def connection_lost(self, _error: Exception | None) -> None:
        """Whoever waits for an answer gets none."""
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(RuntimeError("the server closed the connection"))

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None


class Socket(asyncio.Protocol):
    """A Socket.IO client in the namespace `/pairing`, on a bare WebSocket."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._upgraded = False
        self._calls = 0
        self._expected: dict[str, asyncio.Future[str]] = {}
        self._early: list[str] = []
        self.pings = 0
        self.lost = ""  # why the connection has ended

    @classmethod
    async def open(cls, url: str, source: str = "") -> Socket:
        """Connect and join the namespace; from the address ``source``, each of which has 28,000 ports on Linux."""
        parts = urlsplit(url)
        loop = asyncio.get_running_loop()
        host, port = parts.hostname or "", parts.port or 80
        tls = _tls(parts.scheme)
        if source:
            bound = await _connected(source, host, port)
            transport, opening = await loop.create_connection(
                cls, sock=bound, ssl=tls, server_hostname=host if tls else None
            )
        else:
            transport, opening = await loop.create_connection(cls, host, port, ssl=tls)
        opening._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        opened = opening._expect("0{")
        transport.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await opened
        joined = opening._expect("40/pairing")
        opening._send("40/pairing,")
        await joined
        return opening

    async def call(self, event: str, body: object) -> dict[str, Any]:
        """Send an event and answer its acknowledgement."""
        self._calls += 1
        answered = self._expect(f"43/pairing,{self._calls}[")
        self._send(f"42/pairing,{self._calls}{json.dumps([event, body])}")
        text = await answered
        answer: dict[str, Any] = json.loads(text[text.index("[") :])[0]
        return answer

    async def state(self) -> dict[str, Any]:
        """Wait for the next ticket_state."""
        text = await self._expect("42/pairing,")
        body: dict[str, Any] = json.loads(text[text.index("[") :])[1]
        return body

    def _expect(self, beginning: str) -> asyncio.Future[str]:
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        for text in self._early:
            if text.startswith(beginning):
                self._early.remove(text)
                future.set_result(text)
                return future
        self._expected[beginning] = future
        return future

    def _send(self, text: str) -> None:
        data = text.encode()
        assert self._transport is not None
        head = bytes((0x81, 0x80 | len(data))) if len(data) < 126 else b"\x81\xfe" + struct.pack(">H", len(data))
        self._transport.write(head + _MASK + masked(data, _MASK))

    def data_received(self, data: bytes) -> None:
        """Take frames out of the buffer."""
        self._buffer += data
        if not self._upgraded:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                self._fail(RuntimeError(self._buffer[:300].decode("latin-1")))
                return
            self._upgraded = True
            self._buffer = self._buffer[end + 4 :]
        while len(self._buffer) >= 2:
            length, at = self._buffer[1], 2
            if length == 126:
                if len(self._buffer) < 4:
                    return
                length, at = int.from_bytes(self._buffer[2:4], "big"), 4
            if len(self._buffer) < at + length:
                return
            opcode, text = self._buffer[0] & 15, self._buffer[at : at + length]
            self._buffer = self._buffer[at + length :]
            if opcode == 1:
                self._hear(text.decode())

    def _hear(self, text: str) -> None:
        if text == "2":
            self.pings += 1
            self._send("3")
            return
        for beginning, future in self._expected.items():
            if text.startswith(beginning):
                del self._expected[beginning]
                if not future.done():
                    future.set_result(text)
                return
        self._early.append(text)

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits gets nothing."""
        self.lost = f"the server closed the WebSocket ({error or self._buffer[:80]!r})"
        self._fail(RuntimeError(self.lost))

    def _fail(self, error: Exception) -> None:
        for future in self._expected.values():
            if not future.done():
                future.set_exception(error)
        self._expected.clear()

    def close(self) -> None:
        """Disconnect as a client does: a close frame, and the line."""
        if self._transport is not None:
            self._transport.write(b"\x88\x80" + _MASK)
            self._transport.close()
