"""Peers that do not read: cut after a ping's time-out, and little is kept for them (SECURITY.md 32)."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.machine import descriptors, memory_kib
from tests.integration.wire import TIMEOUT, Wire, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]

HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade",
    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)  # fmt: skip
JOIN = b"\x81\x8b" + bytes(4) + b"40/pairing,"
PING = b"\x89\xfd" + bytes(4) + b"x" * 125  # is answered by as many bytes


def connected(url: str, stack: ExitStack) -> socket.socket:
    """A connection that reads almost nothing."""
    parts = urlsplit(url)
    line = stack.enter_context(socket.socket())
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(TIMEOUT)
    line.connect((str(parts.hostname), parts.port))
    return line


def websockets(url: str, count: int, stack: ExitStack) -> Iterator[socket.socket]:
    """So many WebSockets that have joined, and read nothing from now on."""
    for _ in range(count):
        line = connected(url, stack)
        line.sendall("\r\n".join([*HANDSHAKE, "", ""]).encode() + JOIN)
        told = b""
        while b"40/pairing,{" not in told:
            told += line.recv(4096)
        yield line


def asking(line: socket.socket, count: int) -> None:
    """Send so many pings, and read no answer; as far as the gateway takes them."""
    line.settimeout(0.2)
    with contextlib.suppress(OSError):
        for _ in range(count // 100):
            line.sendall(PING * 100)


def test_two_hundred_websockets_that_stop_reading_are_freed(hasty: LiveGateway) -> None:
    """Memory and descriptors come back while all hold their end open; they are sent from 13 KB to 5 MB."""
    with ExitStack() as stack:
        before, memory = descriptors(hasty.pid), memory_kib(hasty.pid)
        for number, line in enumerate(websockets(hasty.url, 200, stack)):
            asking(line, 100 + 200 * number)
        eventually(lambda: descriptors(hasty.pid) <= before + 5)
        assert memory_kib(hasty.pid) - memory < 30_000


def test_a_websocket_that_leaves_a_little_unread_is_cut_after_a_pings_time_out(hasty: LiveGateway) -> None:
    """Less than would be too much: the next ping is a minute away, and would find it as it is."""
    with ExitStack() as stack:
        before = descriptors(hasty.pid)
        for line in websockets(hasty.url, 5, stack):
            asking(line, 1100)
        eventually(lambda: descriptors(hasty.pid) <= before)


def test_a_websocket_that_is_closed_while_it_does_not_read_is_freed(hasty: LiveGateway) -> None:
    """The farewell cannot be written: it is not waited for any longer than anything else."""
    with ExitStack() as stack:
        before = descriptors(hasty.pid)
        for line in websockets(hasty.url, 5, stack):
            asking(line, 1100)
            with contextlib.suppress(OSError):
                line.sendall(b"\x82\x80" + bytes(4))  # binary, which is refused
        eventually(lambda: descriptors(hasty.pid) <= before)


def test_a_client_that_does_not_read_its_answers_is_cut(hasty: LiveGateway) -> None:
    """Of plain HTTP: long answers, one after the other."""
    with ExitStack() as stack:
        before = descriptors(hasty.pid)
        for _ in range(30):
            line = connected(hasty.url, stack)
            line.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 6)
            assert line.recv(1) == b"H"
        eventually(lambda: descriptors(hasty.pid) <= before + 10)
    assert Wire(hasty.url).call("GET", "/healthz").status == 200
