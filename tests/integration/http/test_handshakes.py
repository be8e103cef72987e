"""Handshakes: admitted origins; an invalid one (RFC 6455, 4.2.1) is an ordinary bad request, plain and over TLS."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests
import websocket

from tests.integration.connections import connect
from tests.integration.wire import Wire

KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
WHOLE = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", KEY)
HALF = {
    "no version": ("Upgrade: websocket", "Connection: Upgrade", KEY),
    "another version": ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 8", KEY),
    "no key": ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
    "a short key": ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: x"),
    "nothing upgraded": ("Upgrade: websocket", "Sec-WebSocket-Version: 13", KEY),
    "no protocol": ("Connection: Upgrade", "Sec-WebSocket-Version: 13", KEY),
    "another protocol": ("Upgrade: h2c", "Connection: Upgrade", "Sec-WebSocket-Version: 13", KEY),
    "an older protocol": (
        "Upgrade: WebSocket", "Connection: Upgrade", "Sec-WebSocket-Key1: 1 2", "Sec-WebSocket-Key2: 3 4",
    ),
    "none at all": (),
}  # fmt: skip


def status(wire: Wire, path: str, headers: tuple[str, ...]) -> str:
    """Of the answer to a request with these headers; empty where there is none."""
    with connect(wire.url) as line:
        line.sendall(
            "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {urlsplit(wire.url).netloc}", *headers, "", ""]).encode()
        )
        return line.recv(12).decode().partition(" ")[2]


def test_a_complete_handshake_is_accepted(wire: Wire) -> None:
    assert status(wire, "/socket.io/?EIO=4&transport=websocket", WHOLE) == "101"


@pytest.mark.parametrize("headers", HALF.values(), ids=HALF)
def test_an_incomplete_handshake_is_refused(wire: Wire, headers: tuple[str, ...]) -> None:
    assert status(wire, "/socket.io/?EIO=4&transport=websocket", headers) == "400"


@pytest.mark.parametrize("headers", [WHOLE, *HALF.values()], ids=["whole", *HALF])
def test_elsewhere_it_is_ignored(wire: Wire, headers: tuple[str, ...]) -> None:
    assert status(wire, "/healthz", headers) == "200"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1:1"])
@pytest.mark.parametrize("forged", ["", "X-Forwarded-Host"])
def test_a_foreign_origin_is_refused_with_any_header(wire: Wire, origin: str, forged: str) -> None:
    """`X-Forwarded-Host` admits no origin."""
    headers = {forged: urlsplit(origin).netloc or origin, "X-Forwarded-Proto": "http"} if forged else {}
    polled = requests.get(
        f"{wire.url}/socket.io/?EIO=4&transport=polling", headers={"Origin": origin, **headers}, timeout=10
    )
    assert polled.status_code == 400
    assert "access-control-allow-origin" not in {name.lower() for name in polled.headers}
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(
            wire.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket",
            timeout=5,
            origin=origin,
            header=headers,
        )


def test_its_own_origin_and_a_missing_origin_are_admitted(wire: Wire) -> None:
    """Browsers on its own pages, and programs that are no browsers."""
    for headers in ({"Origin": wire.url}, {}):
        answer = requests.get(f"{wire.url}/socket.io/?EIO=4&transport=polling", headers=headers, timeout=10)
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["", "EIO=3&transport=polling", "EIO=4&transport=carrier-pigeon", "EIO=4&transport=polling&sid=x",
              "EIO=4&transport=websocket", "EIO=4&transport=polling&j=x"])  # fmt: skip
def test_a_handshake_that_does_not_fit_is_400(wire: Wire, query: str) -> None:
    assert requests.get(f"{wire.url}/socket.io/?{query}", timeout=10).status_code == 400
