"""TCP as a waiting client wants it: a dead peer is noticed in seconds, and a blocked read can be ended.

A client that waits sends nothing, so that it would learn of a cut without a goodbye (a pulled cable, a
gateway whose machine died) only after the minutes that TCP takes by itself. The kernel's keep-alive asks
every second after two of silence: it costs the gateway's program nothing, and it is no polling.
"""

from __future__ import annotations

import socket
import threading
import weakref
from contextlib import suppress
from typing import Any, Final

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECT_TIMEOUT: Final = 3.05
"""Seconds for a TCP connection, and for each step of the WebSocket's handshake."""


def watchful_options() -> list[tuple[int, int, int]]:
    """Socket options: no Nagle delay, keep-alive after 2 s of silence, dead after about 4 s."""
    wanted = [
        ("IPPROTO_TCP", "TCP_NODELAY", 1),
        ("SOL_SOCKET", "SO_KEEPALIVE", 1),
        ("IPPROTO_TCP", "TCP_KEEPIDLE", 2),
        ("IPPROTO_TCP", "TCP_KEEPALIVE", 2),  # macOS's name for the line above
        ("IPPROTO_TCP", "TCP_KEEPINTVL", 1),
        ("IPPROTO_TCP", "TCP_KEEPCNT", 2),
        ("IPPROTO_TCP", "TCP_USER_TIMEOUT", 4000),  # milliseconds; Linux: unacknowledged data counts as silence too
    ]
    return [
        (getattr(socket, level), getattr(socket, option), value)
        for level, option, value in wanted
        if hasattr(socket, option)
    ]


def hang_up(sock: object) -> None:
    """End a connection at once, waking the thread that reads from it. Safe to call twice, and from any thread."""
    if isinstance(sock, socket.socket):
        with suppress(OSError):
            # The plain socket's own method: that of an SSLSocket takes the reader's state away under its feet.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


class InterruptibleAdapter(HTTPAdapter):
    """A transport for requests whose calls under way can be ended from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        self._ended = False
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools with our socket options and connections that sign in here."""
        super().init_poolmanager(*args, socket_options=watchful_options(), **kwargs)
        sign_in = self._sign_in

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                sign_in(self)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                sign_in(self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def cut(self) -> None:
        """End every call under way with a connection error; later ones connect anew."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            hang_up(connection.sock)

    def interrupt(self) -> None:
        """End every call under way, and each later one, with a connection error."""
        with self._lock:
            self._ended = True
        self.cut()

    def _sign_in(self, connection: HTTPConnection) -> None:
        with self._lock:
            self._open.add(connection)
            ended = self._ended
        if ended:
            hang_up(connection.sock)
