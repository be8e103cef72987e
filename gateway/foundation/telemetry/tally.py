"""Numbers and times of calls that are too frequent for a metric each.

A counter of prometheus_client costs some microseconds, an addition here a tenth of one. ``hand_on`` is called before
metrics are shown (``gateway.foundation.pool_metrics``).
"""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

from gateway.foundation.telemetry import metrics


class Tally:
    """Calls and their seconds since they were last handed on to the two counters."""

    __slots__ = ("_calls", "_calls_total", "_seconds", "_seconds_total")

    def __init__(self, calls: Counter, seconds: Counter) -> None:
        self._calls_total = calls
        self._seconds_total = seconds
        self._calls = 0
        self._seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one call that took so long."""
        self._calls += 1
        self._seconds += seconds

    def hand_on(self) -> None:
        """Add to the counters what has come together."""
        calls, self._calls = self._calls, 0
        seconds, self._seconds = self._seconds, 0.0
        self._calls_total.inc(calls)
        self._seconds_total.inc(seconds)


REDIS_TIME: Final = Tally(metrics.REDIS_SCRIPTS, metrics.REDIS_SCRIPT_SECONDS)
DATABASE_TIME: Final = Tally(metrics.DATABASE_TRANSACTIONS, metrics.DATABASE_TRANSACTION_SECONDS)
