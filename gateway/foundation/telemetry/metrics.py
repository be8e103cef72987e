"""The metrics of `/metrics` (Prometheus text format); docs/reference/metrics.md is made from them.

Labels take few values, all known beforehand: never a name, an address or a word that a caller has sent.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from gateway.foundation.errors import Refusal
from gateway.foundation.telemetry.worker_metrics import WorkerProcesses

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
# Of this product alone: what a library registers by itself is not a metric of ours.
REGISTRY: Final = CollectorRegistry()
# A login's stages last as long as people take.
_STAGE_BUCKETS: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300)
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30)
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

BUILD_INFO = Gauge(
    "pairing_build_info",
    "Versions of the gateway and of its Python; the value is always 1.",
    ["version", "python"],
    multiprocess_mode="livemax",
    registry=REGISTRY,
)
REQUESTS = Counter(
    "pairing_requests_total", "HTTP requests answered, by route and status.", ["route", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "pairing_request_seconds", "Time to answer an HTTP request.", ["route"], buckets=_BUCKETS, registry=REGISTRY
)
SOCKET_EVENTS = Counter(
    "pairing_socket_events_total",
    "Socket.IO events and connects, by event and outcome: ok, or the error code of the refusal.",
    ["event", "code"],
    registry=REGISTRY,
)
SOCKET_EVENT_SECONDS = Histogram(
    "pairing_socket_event_seconds",
    "Time to answer a Socket.IO event.",
    ["event"],
    buckets=_BUCKETS,
    registry=REGISTRY,
)
SOCKET_DISCONNECTS = Counter(
    "pairing_socket_disconnects_total", "Socket.IO clients that left, by reason.", ["reason"], registry=REGISTRY
)
SOCKETS = Gauge("pairing_sockets", "Connected Socket.IO clients.", multiprocess_mode="livesum", registry=REGISTRY)
PUSHES = Counter("pairing_pushes_total", "Events ticket_state sent to Socket.IO clients.", registry=REGISTRY)
TRANSITIONS = Counter(
    "pairing_transitions_total",
    "Tickets that have entered a state: pending ones are logins begun, claimed ones logins finished.",
    ["state"],
    registry=REGISTRY,
)
STAGE_SECONDS = Histogram(
    "pairing_login_stage_seconds",
    "Time of a stage of a login by ticket: scan (from the request), confirm (from the scan), claim (from the confirm).",
    ["stage"],
    buckets=_STAGE_BUCKETS,
    registry=REGISTRY,
)
LOGIN_SECONDS = Histogram(
    "pairing_login_seconds",
    "Time of a whole login by ticket, from the request to the claim.",
    buckets=_STAGE_BUCKETS,
    registry=REGISTRY,
)
LOGINS = Counter(
    "pairing_logins_total",
    "Logins that have succeeded, by kind (phone, client, web: by password; qr: by ticket).",
    ["kind"],
    registry=REGISTRY,
)
REFUSALS = Counter(
    "pairing_refusals_total",
    "Refused HTTP requests and Socket.IO events, by transport (http, socket) and error code; OAuth's by its own error.",
    ["transport", "code"],
    registry=REGISTRY,
)
WAITING = Gauge(
    "pairing_waiting_calls", "Long polls that wait for news.", multiprocess_mode="livesum", registry=REGISTRY
)
WATCHED = Gauge(
    "pairing_watched_tickets", "Tickets with a waiting client.", multiprocess_mode="livesum", registry=REGISTRY
)
FAILED_LOGINS = Counter(
    "pairing_failed_logins_total",
    "Refused logins and declaration passwords, by kind (phone, client, web, qr, unit) and error code.",
    ["kind", "code"],
    registry=REGISTRY,
)
LOCKS = Counter(
    "pairing_locks_total", "Locks after too many wrong passwords, by kind (account, unit).", ["kind"], registry=REGISTRY
)
AUDIT_BACKLOG = Gauge(
    "pairing_audit_backlog_rows",
    "Audit rows in Redis that are not in the database yet.",
    multiprocess_mode="livemostrecent",
    registry=REGISTRY,
)
REDIS_CONNECTIONS = Gauge(
    "pairing_redis_pool_connections",
    "Connections of the Redis pools, by state (used, idle).",
    ["state"],
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
REDIS_MOST_CONNECTIONS = Gauge(
    "pairing_redis_pool_max_connections",
    "Most connections that the Redis pools may have.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
DATABASE_CONNECTIONS = Gauge(
    "pairing_database_pool_connections",
    "Connections of the database pools, by state (used, idle).",
    ["state"],
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
REDIS_SCRIPTS = Counter("pairing_redis_scripts_total", "Scripts run in Redis.", registry=REGISTRY)
REDIS_SCRIPT_SECONDS = Counter(
    "pairing_redis_script_seconds_total",
    "Time of these scripts, from sending to the answer, with the wait for a connection.",
    registry=REGISTRY,
)
DATABASE_TRANSACTIONS = Counter(
    "pairing_database_transactions_total", "Transactions of the database.", registry=REGISTRY
)
DATABASE_TRANSACTION_SECONDS = Counter(
    "pairing_database_transaction_seconds_total",
    "Time of these transactions, with the wait for a connection and for locks.",
    registry=REGISTRY,
)
CONNECTIONS_REFUSED = Counter(
    "pairing_connections_refused_total",
    "TCP connections refused, by reason (in_all, one_address, descriptors).",
    ["reason"],
    registry=REGISTRY,
)
BACKGROUND_FAILURES = Counter(
    "pairing_background_failures_total",
    "Failed rounds of background loops; each is tried again.",
    ["loop"],
    registry=REGISTRY,
)
REDIS_RECONNECTS = Counter(
    "pairing_redis_reconnects_total", "Times the push subscription lost Redis and found it again.", registry=REGISTRY
)

# A child is looked up by its labels under a lock each time; there are few of them.
REQUEST: Final = cache(REQUESTS.labels)
REQUEST_SECONDS: Final = cache(SECONDS.labels)
SOCKET_EVENT: Final = cache(SOCKET_EVENTS.labels)
SOCKET_EVENT_DURATION: Final = cache(SOCKET_EVENT_SECONDS.labels)
TRANSITION: Final = cache(TRANSITIONS.labels)
STAGE_DURATION: Final = cache(STAGE_SECONDS.labels)
REFUSAL: Final = cache(REFUSALS.labels)
CONNECTION_REFUSED: Final = cache(CONNECTIONS_REFUSED.labels)


@cache
def redis_replicas() -> Gauge:
    """The number of good replicas; shown only by a gateway that asks for it (Cluster and Sentinel)."""
    return Gauge(
        "pairing_redis_good_replicas",
        "Replicas of the Redis primary that are connected and in sync; with Cluster and Sentinel only.",
        multiprocess_mode="livemin",
        registry=REGISTRY,
    )


def tell_build(version: str) -> None:
    """Say which gateway this is."""
    BUILD_INFO.labels(version, platform.python_version()).set(1)


@contextmanager
def failed_logins(kind: str) -> Iterator[None]:
    """A block that logs somebody in; a Refusal that it raises is counted."""
    try:
        yield
    except Refusal as refusal:
        FAILED_LOGINS.labels(kind, refusal.code.value).inc()
        raise


def exposition() -> bytes:
    """All metrics; with several workers, those of all of them."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(WorkerProcesses())
    return generate_latest(registry)
