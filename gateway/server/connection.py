"""A connection that costs a listener in eventlet's hub, and no greenlet."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Any

import greenlet
from eventlet.hubs import get_hub

READ_BYTES = 65_536
# What a peer may leave unread before it is cut: a slow reader must not fill the memory.
LONGEST_BACKLOG = 1_048_576
# A peer with something to read that takes less than this in so long is cut (SECURITY.md 32).
UNREAD_SECONDS = 20.0
# What the kernel takes for one peer beside that, of its own accord megabytes, which nobody would see unread.
KERNEL_BYTES = 65_536
LEAST_READ = 16_384


class Connection:
    """Reads one non-blocking socket and writes to it without ever waiting.

    ``on_data`` gets bytes as they come. ``on_lost`` is called once when the connection is lost. Both run in the hub and
    must not wait. ``on_closed`` is called after that, even if another owner has replaced the other two. A closed
    connection drops its callbacks, which refer to its owner: so both are freed at once, and the collector, which would
    stop the whole worker, has nothing to find.
    """

    __slots__ = (
        "_backlog", "_closing", "_final", "_reading", "_socket", "_taken", "_waiter", "_watch", "_writing",
        "fileno", "most_unread", "on_closed", "on_data", "on_lost", "patience",
    )  # fmt: skip

    def __init__(self, sock: socket.socket, on_data: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        self._socket: socket.socket | None = sock
        self._backlog = b""
        self._closing = self._final = False
        self._writing: Any = None
        self.most_unread = LONGEST_BACKLOG
        self.patience = UNREAD_SECONDS  # how long a peer may leave unread what there is for it
        self._taken = 0  # bytes of the backlog that the peer has read since it was last looked at
        self._watch: Any = None  # looks at that, while there is a backlog
        self._waiter: Any = None  # of the greenlet that waits until the backlog is taken
        self.on_data = on_data
        self.on_lost = on_lost
        self.on_closed: Callable[[], None] = _nothing
        self.fileno = sock.fileno()
        self._reading = get_hub().add("read", self.fileno, self._readable, _thrown, None)

    @property
    def open(self) -> bool:
        """Whether it can still be written to."""
        return self._socket is not None and not self._closing

    @property
    def unread(self) -> bool:
        """Whether data wait to be sent; a peer that does not read is cut in time."""
        return bool(self._backlog)

    def write(self, data: bytes) -> None:
        """Send ``data``: as much as possible now, and the rest when the peer reads."""
        if self._socket is None or self._closing:
            return
        if self._backlog:
            if len(self._backlog) + len(data) > self.most_unread:
                self.cut()
            else:
                self._backlog += data
            return
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.cut()
            return
        if sent < len(data):
            self._backlog = data[sent:]
            self._writing = get_hub().add("write", self.fileno, self._writable, _thrown, None)
            self._watch_reading()

    def wait_until_taken(self) -> None:
        """Wait, in a greenlet, until the kernel has taken all that was written, or the connection has ended."""
        if self._backlog:
            self._waiter = greenlet.getcurrent().switch
            get_hub().switch()

    def close(self) -> None:
        """Close after the written data are sent, or after the peer has not read them in time."""
        self._closing = self._final = True
        if not self._backlog:
            self.cut()

    def end(self) -> None:
        """Send the end of data, and close when the peer does. Closing at once would reset data the peer still sends."""
        self._closing = True
        if not self._backlog and self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """Close now."""
        sock, self._socket = self._socket, None
        if sock is None:
            return
        hub = get_hub()
        hub.remove(self._reading)
        if self._writing is not None:
            hub.remove(self._writing)
        self._reading = self._writing = None
        self._backlog = b""
        self._unwatch_reading()
        if self._waiter is not None:
            self._wake()
        with contextlib.suppress(OSError):
            sock.close()
        lost, self.on_lost, self.on_data = self.on_lost, _nothing, _nothing
        closed, self.on_closed = self.on_closed, _nothing
        try:
            lost()
        finally:
            closed()

    def reset(self) -> None:
        """Close now, and tell the peer that this is no proper end: RST in place of FIN."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut()

    def shutdown(self) -> None:
        """Cut both directions, as a pulled cable would; the loss is then reported like any other."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _readable(self, _fileno: int) -> None:
        if self._socket is None:
            return
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._received(data)
        else:
            self.cut()

    def _received(self, data: bytes) -> None:
        self.on_data(data)

    def _writable(self, _fileno: int) -> None:
        if self._socket is None:
            return
        try:
            sent = self._socket.send(self._backlog)
        except BlockingIOError:
            return
        except OSError:
            self.cut()
            return
        self._backlog = self._backlog[sent:]
        self._taken += sent
        if not self._backlog:
            self._unwatch_reading()
            get_hub().remove(self._writing)
            self._writing = None
            if self._waiter is not None:
                self._wake()
            if self._final:
                self.cut()
            elif self._closing:
                self.end()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        get_hub().schedule_call_global(0, waiter)

    def _watch_reading(self) -> None:
        self._taken = 0
        self._watch = get_hub().schedule_call_global(self.patience, self._look_at_reading)

    def _unwatch_reading(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look_at_reading(self) -> None:
        self._watch = None
        if self._backlog and self._taken < LEAST_READ:
            self.cut()
        elif self._backlog:
            self._watch_reading()


def _nothing(*_data: Any) -> None:
    """The callback of a closed connection."""


def _thrown(*_error: Any) -> None:
    """The hub's way to tell a waiting greenlet that its descriptor is closed; there is none here."""
