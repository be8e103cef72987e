"""What all answers of the gateway share: default headers, a request id, a count."""

from __future__ import annotations

import random
import re
import time

from gateway.foundation.telemetry import metrics
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import Shown, log

STANDING_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")


def request_id_of(given: str) -> str:
    """The caller's id of the request if it is valid, else a new one."""
    if given and _REQUEST_ID.match(given):
        return given
    return f"{random.getrandbits(96):024x}"  # unique, not secret


def milliseconds(seconds: float) -> float:
    """A duration as log lines show it."""
    return round(seconds * 1000, 2)


def count_refusal(code: str) -> None:
    """Count an HTTP request that was refused; ``code`` is of a problem document, or an error of OAuth."""
    metrics.REFUSAL("http", str(code)).inc()


def count(route: str, status: int, began: float, method: str, path: str, address: str) -> None:
    """Count and log an answer; ``began`` is the performance counter at the request's beginning, 0 if unknown."""
    metrics.REQUEST(route, status).inc()
    took = time.perf_counter() - began if began else 0.0
    if began:
        metrics.REQUEST_SECONDS(route).observe(took)
    if status >= 500 or Shown.debug:
        write = log.warning if status >= 500 else log.debug
        write(
            LogEvent.REQUEST_ANSWERED,
            method=method,
            path=path,
            status=status,
            duration_ms=milliseconds(took),
            address=address,
        )
