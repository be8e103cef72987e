"""Limits of a worker's connections: in total, and from one client address."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

from gateway.foundation.addresses import network_of
from gateway.foundation.telemetry import metrics
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.server.httptools_impl.refusals import refusal
from scan_to_login.protocol import Code

CALM_SECONDS = 10.0  # without a refusal: the next one begins another episode, and is logged

IN_ALL, ONE_ADDRESS, DESCRIPTORS = "in_all", "one_address", "descriptors"
_FULL = refusal(
    "503 Service Unavailable", "The gateway has as many connections as it can take; try again shortly.",
    Code.UNAVAILABLE, retry_after=1,
)  # fmt: skip
ANSWERS: Final = {
    IN_ALL: _FULL,
    DESCRIPTORS: _FULL,
    ONE_ADDRESS: refusal(
        "429 Too Many Requests", "Your address has as many connections as one address may have; close some.",
        Code.RATE_LIMITED, retry_after=1,
    ),
}  # fmt: skip
_REASONS: Final = {
    IN_ALL: "the worker has as many as it may; raise the limit of open files (ulimit -n, LimitNOFILE=), or add workers",
    ONE_ADDRESS: "one address has as many as PAIRING_CONNECTIONS_PER_ADDRESS allows",
    DESCRIPTORS: "no file descriptor is free; raise the limit of open files (ulimit -n, LimitNOFILE=)",
}


class TurnedAway(Exception):  # noqa: N818 - an answer
    """A connection above a limit; ``reason`` is a key of ``ANSWERS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Admission:
    """Counts a worker's connections."""

    def __init__(self, most: int, most_per_address: int) -> None:
        """``most`` in total; ``most_per_address`` for an IPv4 address or an IPv6 /64 network, 0 for no limit."""
        self._most = most
        # One address must leave room for the others, whatever the limit of descriptors is.
        self._most_per_address = min(most_per_address, max(1, most // 2)) if most_per_address else most
        self._open: dict[str, int] = {}
        self._total = 0
        self._refused_at: dict[str, float] = {}

    def admit(self, address: str) -> Callable[[], None]:
        """Count a connection from ``address``; returns the function to call after its end.

        Raises TurnedAway.
        """
        network = network_of(address)
        if self._total >= self._most:
            raise TurnedAway(IN_ALL)
        if self._open.get(network, 0) >= self._most_per_address:
            raise TurnedAway(ONE_ADDRESS)
        self._total += 1
        self._open[network] = self._open.get(network, 0) + 1
        return partial(self._release, network)

    def note_refusal(self, reason: str) -> None:
        """Count a refused connection."""
        metrics.CONNECTION_REFUSED(reason).inc()
        self.note_shortage(reason)

    def note_shortage(self, reason: str) -> None:
        """Log that connections are refused, once for each episode. Ten seconds without a refusal end an episode."""
        now = time.monotonic()
        if now - self._refused_at.get(reason, -CALM_SECONDS) >= CALM_SECONDS:
            log.warning(LogEvent.CONNECTIONS_REFUSED, reason=_REASONS[reason], open=self._total)
        self._refused_at[reason] = now

    def _release(self, network: str) -> None:
        self._total -= 1
        left = self._open[network] - 1
        if left:
            self._open[network] = left
        else:
            del self._open[network]
