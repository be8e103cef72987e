"""The metrics of `/metrics` (Prometheus text format)."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

REQUESTS = Counter("pairing_requests_total", "Answers by door and status.", ["door", "status"])
SECONDS = Histogram(
    "pairing_request_seconds",
    "Time to answer, in seconds.",
    ["door"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30),
)
TRANSITIONS = Counter("pairing_transitions_total", "Tickets that have come to a state.", ["state"])
PUSHES = Counter("pairing_pushes_total", "ticket_state events sent.")
SOCKETS = Gauge("pairing_sockets", "Connected Socket.IO clients.", multiprocess_mode="livesum")
WAITING = Gauge("pairing_waiting_calls", "Calls that wait for news: long polls.", multiprocess_mode="livesum")
WATCHED = Gauge("pairing_watched_tickets", "Tickets with a waiting client.", multiprocess_mode="livesum")
CONNECTIONS_REFUSED = Counter(
    "pairing_connections_refused_total", "Connections turned away: `in_all`, `one_address`, `descriptors`.", ["reason"]
)
# A child is looked up by its labels under a lock each time; there are few of them.
REQUEST: Final = cache(REQUESTS.labels)
REQUEST_SECONDS: Final = cache(SECONDS.labels)
TRANSITION: Final = cache(TRANSITIONS.labels)
CONNECTION_REFUSED: Final = cache(CONNECTIONS_REFUSED.labels)
BACKGROUND_FAILURES = Counter(
    "pairing_background_failures_total", "Failed rounds of background loops, which are tried again.", ["loop"]
)
REDIS_RECONNECTS = Counter("pairing_redis_reconnects_total", "Times the push listener lost Redis and found it again.")


@cache
def redis_replicas() -> Gauge:
    """The number of good replicas; shown only by a gateway that asks for it (Cluster and Sentinel)."""
    return Gauge(
        "pairing_redis_good_replicas",
        "Replicas of the primary that are connected and in sync.",
        multiprocess_mode="livemin",
    )


def exposition() -> bytes:
    """All metrics; with several workers, those of all of them."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
