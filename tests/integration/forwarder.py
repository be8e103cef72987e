"""A TCP forwarder: a gateway behind a mapped port, as Testcontainers and compose map it."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_BYTES = 65_536
_REQUEST_LINE = re.compile(rb"^((?:GET|POST|PUT|PATCH|DELETE) \S+) HTTP/1\.1\r\n")


class Forwarder:
    """Forwards connections to a port of its own to ``url``; ``host`` is the address to listen on.

    ``requests`` are the method and path of each request that has passed.
    """

    def __init__(self, url: str, host: str = "127.0.0.1") -> None:
        parts = urlsplit(url)
        self._target = (str(parts.hostname), int(parts.port or 80))
        self._listener = socket.create_server((host, 0))
        self._open: list[socket.socket] = [self._listener]
        self.requests: list[str] = []
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for one, other, seen in ((near, far, self._note), (far, near, _ignore)):
                    threading.Thread(target=_pump, args=(one, other, seen), daemon=True).start()

    def _note(self, data: bytes) -> None:
        if found := _REQUEST_LINE.match(data):  # clients send a request's head at once
            self.requests.append(found[1].decode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _ignore(_data: bytes) -> None: ...


def _pump(source: socket.socket, sink: socket.socket, seen: Callable[[bytes], None]) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_BYTES):
            seen(data)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
