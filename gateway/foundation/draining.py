"""Ending without loss: finish the calls in progress, send waiting clients elsewhere, accept nothing new.

After SIGTERM a gateway is first a lame duck: it serves as before, but `/readyz` says 503 and each answer closes its
connection, so that proxies send new requests elsewhere. Then its workers drain: they close the listener, answer long
polls at once, and close sockets one by one; the clients reconnect to another worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from gateway.foundation import callers
from gateway.foundation.errors import Refusal
from gateway.foundation.wsgi import Environ, PlainAnswers, StartResponse, Wsgi
from scan_to_login.protocol import Code

RETRY_AFTER_SECONDS: Final = 1
# Draining waits neither for sockets, which move to another worker, nor for the control plane, whose tests choose waits.
_NOT_COUNTED: Final = ("/socket.io/", "/sim/v1/")


class Draining:
    """Whether this worker is about to end, and its calls in progress."""

    def __init__(self) -> None:
        self.announced = False
        self.begun = False
        self._under_way = 0
        self._waits: set[threading.Event] = set()
        self._idle = threading.Event()

    @property
    def under_way(self) -> int:
        """How many calls are in progress."""
        return self._under_way

    def announce(self) -> None:
        """From now on this worker says that it will end, and still serves; safe in a signal handler."""
        self.announced = True

    def begin(self) -> None:
        """From now on nothing new begins; waiting callers get the present state."""
        self.announced = self.begun = True
        for wait in list(self._waits):
            wait.set()

    def refuse_new(self) -> None:
        """Raise ``unavailable`` after draining has begun: another worker takes the call."""
        if self.begun:
            raise Refusal(
                Code.UNAVAILABLE,
                "This worker is about to end; another one takes over.",
                retry_after=RETRY_AFTER_SECONDS,
            )

    def wait(self, news: threading.Event, seconds: float) -> None:
        """Wait for ``news``, but no longer than until draining begins or the caller has hung up."""
        if self.begun:
            return
        self._waits.add(news)
        try:
            callers.wait(news, seconds)
        finally:
            self._waits.discard(news)

    def wait_until_idle(self, seconds: float) -> bool:
        """Whether all calls in progress have ended, within ``seconds``."""
        give_up_at = time.monotonic() + seconds
        while self._under_way:  # a streamed answer is counted anew after its call
            if not self._idle.wait(max(0.0, give_up_at - time.monotonic())):
                return False
        return True

    @contextmanager
    def counted(self) -> Iterator[None]:
        """A block that draining waits for, the control plane's too: an answer that is sent piece by piece."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def watch(self, app: Wsgi) -> Wsgi:
        """``app`` with its calls counted; after ``announce`` each answer closes its connection."""

        def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            if environ.get("PATH_INFO", "").startswith(_NOT_COUNTED):
                return app(environ, start_response)

            def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
                if self.announced:
                    headers = [*headers, ("Connection", "close")]
                return start_response(status, headers, *error)

            self._enter()
            try:
                return app(environ, start)
            finally:
                self._leave()

        return wsgi

    def watch_plain(self, answers: PlainAnswers) -> PlainAnswers:
        """The same for the fast path without WSGI.

        After ``announce`` it declines every call, since WSGI closes connections.
        """

        def plain(*request: Any) -> tuple[str, bytes] | None:
            if self.announced:
                return None
            self._enter()
            try:
                return answers(*request)
            finally:
                self._leave()

        return plain

    def _enter(self) -> None:
        self._under_way += 1
        if self.begun:  # before that nobody waits
            self._idle.clear()

    def _leave(self) -> None:
        self._under_way -= 1
        if self.begun and not self._under_way:
            self._idle.set()
