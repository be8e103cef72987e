"""WebSocket handshakes that are none (RFC 6455 section 4.2.1): refused as any bad request, by both transports."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

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
    parts = urlsplit(wire.url)
    with socket.create_connection((str(parts.hostname), parts.port or 80), timeout=10) as line:
        line.sendall("\r\n".join([f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", *headers, "", ""]).encode())
        return line.recv(12).decode().partition(" ")[2]


def test_a_whole_one_is_taken(wire: Wire) -> None:
    assert status(wire, "/socket.io/?EIO=4&transport=websocket", WHOLE) == "101"


@pytest.mark.parametrize("headers", HALF.values(), ids=HALF)
def test_half_of_one_is_refused(wire: Wire, headers: tuple[str, ...]) -> None:
    assert status(wire, "/socket.io/?EIO=4&transport=websocket", headers) == "400"


@pytest.mark.parametrize("headers", [WHOLE, *HALF.values()], ids=["whole", *HALF])
def test_elsewhere_it_is_passed_over(wire: Wire, headers: tuple[str, ...]) -> None:
    assert status(wire, "/healthz", headers) == "200"
