"""Whether the caller of a request is still there: a call that waits for news ends when its caller hangs up.

The server makes a `Caller` for each request and says when its connection is lost; whatever waits, waits with `wait`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from gateway.foundation.addresses import network_of
from gateway.foundation.errors import Refusal
from gateway.foundation.telemetry import metrics
from scan_to_login.protocol import Code

RETRY_AFTER_SECONDS = 5


class Caller:
    """The caller of one request."""

    __slots__ = ("_waits", "gone")

    def __init__(self) -> None:
        self.gone = False
        self._waits: set[threading.Event] = set()

    def hang_up(self) -> None:
        """The connection is lost: every wait of this request ends."""
        self.gone = True
        for news in list(self._waits):
            news.set()

    def wait(self, news: threading.Event, seconds: float) -> None:
        """Wait for ``news``, but no longer than the caller is there."""
        if self.gone:
            return
        self._waits.add(news)
        try:
            news.wait(seconds)
        finally:
            self._waits.discard(news)


# Of the request that is answered in this context; None where no server has told of one.
current: ContextVar[Caller | None] = ContextVar("caller", default=None)


def gone() -> bool:
    """Whether the caller of the present request has hung up."""
    caller = current.get()
    return caller is not None and caller.gone


def wait(news: threading.Event, seconds: float) -> None:
    """Wait for ``news``, for ``seconds`` at most, and no longer than the caller of the present request is there."""
    caller = current.get()
    if caller is None:
        news.wait(seconds)
    else:
        caller.wait(news, seconds)


class Waits:
    """Counts the calls that wait on this worker, for each subject and for each address (of IPv6, each /64); 0 is no
    limit."""

    def __init__(self, per_subject: int, per_address: int) -> None:
        self._most = (per_subject, per_address)
        self._waiting: tuple[Counter[str], Counter[str]] = (Counter(), Counter())

    @contextmanager
    def one(self, subject: str, address: str) -> Iterator[None]:
        """One more call waits for news of ``subject``. Raises ``slow_down`` where too many wait already."""
        counted = list(zip(self._waiting, (subject, network_of(address)), self._most, strict=True))
        for waiting, whom, most in counted:
            if most and waiting[whom] >= most:
                raise Refusal(
                    Code.SLOW_DOWN,
                    f"{most} calls wait already; let one of them end before the next.",
                    retry_after=RETRY_AFTER_SECONDS,
                )
        for waiting, whom, _ in counted:
            waiting[whom] += 1
        metrics.WAITING.inc()
        try:
            yield
        finally:
            metrics.WAITING.dec()
            for waiting, whom, _ in counted:
                waiting[whom] -= 1
                if not waiting[whom]:
                    del waiting[whom]
