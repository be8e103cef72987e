"""Accepts connections in the hub. Without free descriptors it backs off, and turns clients away."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable
from typing import Any

import eventlet.patcher
from eventlet.hubs import get_hub

from gateway.server.httptools_impl.admission import ANSWERS, DESCRIPTORS, Admission, TurnedAway

BACKLOG = 1024  # connections that the kernel holds for a listener until they are accepted
ACCEPTED_AT_ONCE = 32
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
# eventlet's own would tell the hub of a descriptor that nobody waits at.
_os = eventlet.patcher.original("os")
_SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
# The listener is no longer one. Any other error is the new connection's (accept(2)), and the next may be good.
_ENDS = frozenset({errno.EBADF, errno.EINVAL, errno.ENOTSOCK, errno.EFAULT, errno.EOPNOTSUPP})

OnConnection = Callable[[socket.socket, str, Callable[[], None]], None]


class Acceptor:
    """Accepts connections from one listener, as many as are admitted.

    It keeps one descriptor in reserve. If no other is free, it accepts a waiting connection with it and tells the
    client. Otherwise that connection would wake the hub again and again.
    """

    def __init__(
        self, listener: socket.socket, admission: Admission, on_connection: OnConnection, *, tls: bool
    ) -> None:
        """``on_connection`` gets a non-blocking socket, its client's address, and a function to call after its end."""
        self._listener = listener
        self._admission = admission
        self._on_connection = on_connection
        self._tls = tls
        self._listening: Any = None
        self._pause: Any = None
        self._pause_seconds = FIRST_PAUSE_SECONDS
        self._reserve: int | None = None

    def start(self) -> None:
        """Begin to accept."""
        self._listener.setblocking(False)
        self._take_reserve()
        self._listen()

    def stop(self, *, last: bool) -> None:
        """Stop accepting; with ``last``, first accept the connections that the kernel holds for the listener."""
        if last and self.alive and self._pause is None:
            for _ in range(BACKLOG // ACCEPTED_AT_ONCE):
                self._accept(0)
        if self._pause is not None:
            self._pause.cancel()
        elif self.alive:
            get_hub().remove(self._listening)
        self._listening = self._pause = None
        self._give_reserve()

    @property
    def alive(self) -> bool:
        """Whether the hub still reports connections to it, or will after a pause."""
        if self._pause is not None:
            return True
        fileno = self._listener.fileno()
        return self._listening is not None and get_hub().listeners["read"].get(fileno) is self._listening

    def _listen(self) -> None:
        self._pause = None
        self._listening = get_hub().add("read", self._listener.fileno(), self._accept, _thrown, None)

    def _accept(self, _fileno: int) -> None:
        if self._listening is None:
            return  # the hub notes what is ready before it calls anybody: what it called first has stopped this
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                sock, address = self._listener.accept()
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno in _SHORTAGES:
                    self._back_off()
                    return
                if error.errno in _ENDS:
                    raise
                continue
            self._take(sock, address[0])
        self._pause_seconds = FIRST_PAUSE_SECONDS

    def _take(self, sock: socket.socket, address: str) -> None:
        sock.setblocking(False)
        try:
            release = self._admission.admit(address)
        except TurnedAway as turned_away:
            self._turn_away(sock, turned_away.reason)
            return
        try:
            self._on_connection(sock, address, release)
        except OSError:  # the hub can watch no more
            release()
            self._turn_away(sock, DESCRIPTORS)

    def _back_off(self) -> None:
        """No descriptor is free: turn some clients away, and let the others wait for a moment."""
        self._admission.note_shortage(DESCRIPTORS)
        for _ in range(ACCEPTED_AT_ONCE):
            self._give_reserve()
            try:
                sock, _ = self._listener.accept()
            except OSError:
                break
            else:
                sock.setblocking(False)
                self._turn_away(sock, DESCRIPTORS)
            finally:
                self._take_reserve()
        get_hub().remove(self._listening)
        self._listening = None
        self._pause = get_hub().schedule_call_global(self._pause_seconds, self._listen)
        self._pause_seconds = min(2 * self._pause_seconds, LONGEST_PAUSE_SECONDS)

    def _turn_away(self, sock: socket.socket, reason: str) -> None:
        """Close a connection. In plain HTTP send the reason first, without reading the request."""
        self._admission.note_refusal(reason)
        with contextlib.suppress(OSError):
            if not self._tls:
                sock.send(ANSWERS[reason])
                sock.shutdown(socket.SHUT_WR)
            sock.recv(65_536)  # closed with this unread, the answer might not arrive
        sock.close()

    def _take_reserve(self) -> None:
        with contextlib.suppress(OSError):
            self._reserve = _os.open(_os.devnull, _os.O_RDONLY | _os.O_CLOEXEC)

    def _give_reserve(self) -> None:
        reserve, self._reserve = self._reserve, None
        if reserve is not None:
            _os.close(reserve)


def _thrown(*_error: Any) -> None:
    """The hub's way to tell a waiting greenlet that its descriptor is closed; there is none here."""
