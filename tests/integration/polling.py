"""A client of Engine.IO by polling, request by request, and the WebSocket that it changes to."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

import requests
import websocket

from tests.integration.wire import CLIENT, TIMEOUT

SEPARATOR = "\x1e"


class Polling:
    """A session by polling; with ``cookies`` off, a client that keeps none."""

    lines: ClassVar[list[websocket.WebSocket]] = []  # all that were opened; `close_lines` closes them

    def __init__(self, url: str, *, cookies: bool = True, brought: dict[str, str] | None = None) -> None:
        self.url = url
        self.opened = requests.get(
            f"{url}/socket.io/?EIO=4&transport=polling",
            cookies=brought,
            timeout=TIMEOUT,
            headers={"Connection": "close"},
        )
        assert self.opened.status_code == 200, self.opened.text
        assert self.opened.text[0] == "0"
        self.handshake: dict[str, Any] = json.loads(self.opened.text[1:])
        self.cookies = {**(brought or {}), **self.opened.cookies.get_dict()} if cookies else {}

    @classmethod
    def joined(cls, url: str, **options: Any) -> Self:
        """A session in the namespace of pairing."""
        client = cls(url, **options)
        client.post("40/pairing,")
        assert client.packets()[0].startswith("40/pairing,{")
        return client

    @property
    def query(self) -> str:
        """Of the session's requests, but for the transport."""
        return f"/socket.io/?EIO=4&sid={self.handshake['sid']}"

    def request(self, method: str, body: str | bytes = "", **options: Any) -> requests.Response:
        """One request of the session, over a connection of its own."""
        return requests.request(
            method,
            f"{self.url}{self.query}&transport=polling",
            data=body.encode() if isinstance(body, str) else body,
            headers={"Connection": "close", **options.pop("headers", {})},
            timeout=options.pop("timeout", TIMEOUT),
            cookies=options.pop("cookies", self.cookies),
            **options,
        )

    def get(self, **options: Any) -> requests.Response:
        """Poll."""
        return self.request("GET", **options)

    def begun_poll(self) -> HTTPConnection:
        """A poll that waits; `getresponse` is its answer."""
        parts = urlsplit(self.url)
        line = HTTPConnection(str(parts.hostname), parts.port, timeout=TIMEOUT)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line.request("GET", f"{self.query}&transport=polling", headers={"Cookie": cookie, "Connection": "close"})
        for _ in range(2):  # a later request gets a later answer: by then the poll waits
            assert self.request("OPTIONS").status_code == 200
        return line

    def post(self, *packets: str) -> None:
        """Send packets."""
        answer = self.request("POST", SEPARATOR.join(packets))
        assert (answer.status_code, answer.text) == (200, "ok")

    def packets(self) -> list[str]:
        """The packets of the next poll."""
        answer = self.get()
        assert answer.status_code == 200, answer.text
        return answer.text.split(SEPARATOR)

    def call(self, event: str, body: object) -> Any:
        """Emit, and the acknowledgement."""
        self.post(f"42/pairing,1{json.dumps([event, body])}")
        while True:
            for packet in self.packets():
                if packet.startswith("43/pairing,1["):
                    return json.loads(packet.removeprefix("43/pairing,1"))[0]
                assert packet in ("2", "6"), packet

    def ticket(self) -> dict[str, Any]:
        """A ticket, requested here."""
        return dict(self.call("request_ticket", {"client": CLIENT}))

    def websocket(self, **options: Any) -> websocket.WebSocket:
        """A WebSocket that names this session; raises WebSocketBadStatusException where it is refused."""
        cookie: str | None = "; ".join(f"{name}={value}" for name, value in self.cookies.items()) or None
        line = websocket.create_connection(
            f"{self.url.replace('http', 'ws', 1)}{self.query}&transport=websocket",
            **{"timeout": TIMEOUT, "suppress_origin": True, "cookie": cookie, **options},
        )
        self.lines.append(line)
        return line

    def upgraded(self) -> websocket.WebSocket:
        """The WebSocket that this session has changed to."""
        line = self.websocket()
        line.send("2probe")
        assert line.recv() == "3probe"
        line.send("5")
        return line


def close_lines() -> None:
    """Close every WebSocket that a session has opened."""
    while Polling.lines:
        Polling.lines.pop().shutdown()


def answer_of(poll: HTTPConnection) -> tuple[int, str]:
    """Status and body of a poll that waited."""
    with closing(poll):
        answer = poll.getresponse()
        return answer.status, answer.read().decode()


def acknowledged(line: websocket.WebSocket, event: str, body: object) -> Any:
    """Emit over a WebSocket; returns the acknowledgement, without the pushes before it."""
    line.send(f"42/pairing,9{json.dumps([event, body])}")
    while True:
        packet = str(line.recv())
        if packet.startswith("43/pairing,9["):
            return json.loads(packet.removeprefix("43/pairing,9"))[0]
        assert packet[:2] in ("2", "42"), packet


def closed(line: websocket.WebSocket) -> bool:
    """True if the gateway closes a WebSocket, after any messages."""
    try:
        while line.recv_data()[0] != websocket.ABNF.OPCODE_CLOSE:
            pass
    except (TimeoutError, websocket.WebSocketTimeoutException):
        return False
    except (OSError, websocket.WebSocketException):
        return True
    return True
