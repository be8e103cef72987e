"""The same login in Python on eventlet with nothing beside it: what no gateway written so can go below.

    python floor.py REDIS_SOCKET REDIS_PASSWORD SCRIPTS_FILE SERVER_KEY

As the other peers it runs the gateway's own scripts, keeps units in memory, validates nothing, and neither counts nor
logs. It does not even bound what a connection may send, keep deadlines, or survive an error: callbacks of eventlet's
hub, httptools and hiredis, both in C, and no greenlet. Prints {"url": ...} when ready.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hiredis
import httptools
from eventlet.hubs import get_hub

PREFIX = "{pairing}:"
WORKER = f"peer-{os.getpid()}"
UNIT = {"taxpayer_id": "91110108MA01A0B1CY", "name": "北京晨光科技有限公司", "status": "normal"}
UNITS = [UNIT | {"roles": [], "via": ["authorization"], "password_required": False}]
LIMITS = {"tombstone": 600000, "guess_limit": 100, "address": "127.0.0.1"}
_KEY = b"sec-websocket-key"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
Answer = Callable[[dict[str, Any]], None]
_hub = get_hub()
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _id() -> str:
    return _text(os.urandom(16))


class Redis:
    """One connection: a script's reply goes to its callback, a publication to the socket that waits for its ticket."""

    def __init__(self, path: str, password: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._reader = hiredis.Reader(encoding="utf-8")
        self._callbacks: deque[Callable[[Any], None]] = deque()
        hello: tuple[Any, ...] = ("HELLO", "3", "AUTH", "default", password)
        for command in (hello, ("SUBSCRIBE", f"{PREFIX}worker:{WORKER}")):
            self._socket.sendall(hiredis.pack_command(command))
            while self._reader.gets() is False:
                self._reader.feed(self._socket.recv(65536))
        self._socket.setblocking(False)
        _hub.add("read", self._socket.fileno(), self._readable, _thrown, None)

    def send(self, command: tuple[Any, ...], callback: Callable[[Any], None]) -> None:
        self._callbacks.append(callback)
        self._socket.send(hiredis.pack_command(command))

    def _readable(self, _fileno: int) -> None:
        self._reader.feed(self._socket.recv(65536))
        while (reply := self._reader.gets()) is not False:
            if isinstance(reply, hiredis.PushNotification):
                text = reply[2]
                WAITING[text[1:23]].send('42/pairing,["ticket_state",' + text[23:] + "]")
            else:
                self._callbacks.popleft()(reply)


class Script:
    """One of the gateway's scripts, loaded."""

    def __init__(self, redis: Redis, text: str, order: list[str]) -> None:
        self._redis, self._order = redis, order
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        redis.send(("SCRIPT", "LOAD", text), lambda _sha: None)

    def __call__(self, keys: list[str], answer: Answer, **values: Any) -> None:
        def replied(reply: list[Any]) -> None:
            if reply[0] != "ok":
                raise RuntimeError(reply)
            answer(json.loads(reply[1]) if len(reply) > 1 else {})

        arguments = [str(values.get(name, "")) for name in self._order]
        self._redis.send(("EVALSHA", self._sha, str(len(keys)), *keys, *arguments), replied)


class Actions:
    """The login's actions; each hands its answer to a callback."""

    def __init__(self, redis: Redis, scripts: dict[str, Any], server_key: str) -> None:
        self._key = server_key.encode()
        self._scripts = {name: Script(redis, one["text"], one["values"]) for name, one in scripts.items()}

    def _derive(self, *parts: str) -> bytes:
        return hmac.digest(self._key, "\0".join(parts).encode(), "sha256")

    def _otp_step(self, token: str, otp: str) -> int:
        key = self._derive("otp", token)[:20]
        present = int(time.time()) // 30
        for step in (present, present - 1):
            hashed = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
            at = hashed[19] & 15
            code = f"{(int.from_bytes(hashed[at : at + 4], 'big') & 0x7FFFFFFF) % 1000000:06d}"
            if hmac.compare_digest(code, otp):
                return step
        return 0

    def request(self, client: dict[str, str], answer: Answer) -> str:
        """Make a ticket; its id."""
        now, ticket_id, secret = int(time.time() * 1000), _id(), _text(os.urandom(32))
        key = f"{PREFIX}ticket:{ticket_id}"
        more = {"ticket_id": ticket_id, "claim_secret": secret, "qr": f"http://127.0.0.1/qr#{ticket_id}"}
        self._scripts["request"](
            [key, key, _counter("tickets", now)], lambda state: answer(state | more),
            **LIMITS, **client, now=now, operation=_id(), ticket_id=ticket_id, secret_digest=_digest(secret),
            worker=WORKER, lifetime=120000, total=300000, limit=0,
        )  # fmt: skip
        return ticket_id

    def scan(self, ticket_id: str, token: str, _body: dict[str, str], answer: Answer) -> None:
        now, hashed = int(time.time() * 1000), _digest(token)
        self._scripts["scan"](
            [f"{PREFIX}ticket:{ticket_id}", f"{PREFIX}session:{hashed}", _counter("guesses", now)], answer,
            **LIMITS, now=now, operation=_id(), session_digest=hashed, number="42", number_matching="show",
            lifetime=60000,
        )  # fmt: skip

    def confirm(self, ticket_id: str, token: str, body: dict[str, str], answer: Answer) -> None:
        now = int(time.time() * 1000)
        self._scripts["confirm"](
            [f"{PREFIX}ticket:{ticket_id}", f"{PREFIX}session:{_digest(token)}", _counter("guesses", now)], answer,
            **LIMITS, now=now, operation=_id(), otp_step=self._otp_step(token, body["otp"]), number_matching="show",
            lifetime=30000, tries_limit=5, otp_limits="[600000,10,0]",
        )  # fmt: skip

    def claim(self, ticket_id: str, secret: str, _body: dict[str, str], answer: Answer) -> None:
        now = int(time.time() * 1000)
        token = _text(self._derive("claim", ticket_id, secret, _id()))
        hashed = _digest(token)
        more = {"access_token": token, "token_type": "Bearer", "expires_in": 43200, "units": UNITS}
        self._scripts["claim"](
            [f"{PREFIX}ticket:{ticket_id}", f"{PREFIX}session:{hashed}", _counter("guesses", now)],
            lambda session: answer({**more, "account": session["account_id"], "next": "verify_unit"}),
            **LIMITS, now=now, secret_digest=_digest(secret), session_digest=hashed, session_id=_id(),
            lifetime=43200000, idle=1800000, slack=0, repeat_window=30000,
        )  # fmt: skip

    def verification(self, taxpayer_id: str, token: str, _body: dict[str, str], answer: Answer) -> None:
        now, hashed = int(time.time() * 1000), _digest(token)
        self._scripts["verify_session"](
            [f"{PREFIX}session:{hashed}", f"{PREFIX}unit:{taxpayer_id}:sessions", f"{PREFIX}trail"],
            lambda session: answer({"account": session["account_id"], "unit": UNITS[0], "stage": "unit_verified"}),
            now=now, digest=hashed, taxpayer_id=taxpayer_id, via="authorization", authorization_id="bench",
            password_version=1, action="unit.verify", address=LIMITS["address"],
        )  # fmt: skip


def _counter(what: str, now: int) -> str:
    return f"{PREFIX}limit:{what}:127.0.0.1:{now // 60000}"


class Connection:
    """HTTP, until it asks for a WebSocket; then Socket.IO's client events."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._parser: Any = httptools.HttpRequestParser(self)
        self._listener = _hub.add("read", sock.fileno(), self._readable, _thrown, None)
        self._path = self._body = self._frames = b""
        self._headers: dict[bytes, bytes] = {}
        self._tickets: list[str] = []

    def _readable(self, _fileno: int) -> None:
        data = self._socket.recv(65536)
        if not data:
            self._close()
        elif self._parser is None:
            self._read_frames(data)
        else:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade:
                self._upgrade()

    def _close(self) -> None:
        _hub.remove(self._listener)
        self._socket.close()
        self._parser = None
        for ticket_id in self._tickets:
            WAITING.pop(ticket_id, None)

    def on_url(self, url: bytes) -> None:
        self._path, self._body, self._headers = url, b"", {}

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if _KEY in self._headers:
            return
        token = self._headers.get(b"authorization", b"").decode().partition(" ")[2]
        body = json.loads(self._body) if self._body else {}
        _, _, _, _, what, *action = self._path.decode().split("/")
        getattr(ACTIONS, action[0])(what, token, body, self._answer)

    def _answer(self, told: dict[str, Any]) -> None:
        content = _encode(told).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        self._socket.send(head.encode() + content)

    def _upgrade(self) -> None:
        self._parser = None
        accept = base64.b64encode(hashlib.sha1(self._headers[_KEY] + _GUID, usedforsecurity=False).digest()).decode()
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self._socket.send(f"{head}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        self.send(f'0{{"sid":"{_id()}","upgrades":[],"pingTimeout":20000,"pingInterval":25000,"maxPayload":65536}}')

    def send(self, text: str) -> None:
        """One text frame."""
        data = text.encode()
        size = len(data)
        head = bytes((0x81, size)) if size < 126 else bytes((0x81, 126, size >> 8, size & 255))
        self._socket.send(head + data)

    def _read_frames(self, data: bytes) -> None:
        data = self._frames + data
        at = 0
        while len(data) - at >= 6:
            length, begin = data[at + 1] & 127, at + 6
            if length == 126:
                length, begin = data[at + 2] << 8 | data[at + 3], at + 8
            if len(data) < begin + length:
                break
            mask = (data[begin - 4 : begin] * (length // 4 + 1))[:length]
            payload = int.from_bytes(data[begin : begin + length], "little") ^ int.from_bytes(mask, "little")
            if data[at] & 15 == 1:
                self._hear(payload.to_bytes(length, "little").decode())
            at = begin + length
        self._frames = data[at:]

    def _hear(self, text: str) -> None:
        if text.startswith("42/pairing,"):
            at = text.index("[")
            number = text[11:at]
            _, body = json.loads(text[at:])
            ticket_id = ACTIONS.request(
                body["client"], lambda ticket: self.send(f"43/pairing,{number}[{_encode(ticket)}]")
            )
            self._tickets.append(ticket_id)
            WAITING[ticket_id] = self
        elif text.startswith("40"):
            self.send(f'40/pairing,{{"sid":"{_id()}"}}')


def _thrown(*_error: Any) -> None:
    """The hub's way to tell a greenlet that its descriptor is closed; there is none here."""


def _serve() -> str:
    """Listen; the address."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    listener.setblocking(False)

    def accept(_fileno: int) -> None:
        try:
            while True:
                sock, _ = listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Connection(sock)
        except BlockingIOError:
            return

    _hub.add("read", listener.fileno(), accept, _thrown, None)
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


if __name__ == "__main__":
    redis_socket, password, scripts_file, server_key, *_ = sys.argv[1:]
    WAITING: dict[str, Connection] = {}
    ACTIONS = Actions(Redis(redis_socket, password), json.loads(Path(scripts_file).read_text("utf-8")), server_key)
    print(json.dumps({"url": _serve()}), flush=True)
    _hub.switch()
