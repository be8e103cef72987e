"""Every event of the log: its stable name, its levels, its fields; docs/reference/logs.md is made from them.

A name is `subject_what_happened`. A test holds each call of the log against this list.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class LogEvent(StrEnum):
    """A kind of log line: ``levels`` and ``fields`` are words with spaces between, ``meaning`` is a sentence."""

    levels: str
    fields: str
    meaning: str

    def __new__(cls, name: str, levels: str, fields: str, meaning: str) -> Self:
        """A member with what the reference says of it."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.levels, member.fields, member.meaning = levels, fields, meaning
        return member

    # The life of a gateway and of its workers.
    GATEWAY_STARTING = (
        "gateway_starting",
        "info",
        "version compiled workers simulation database redis",
        "Redis and database can be used; the workers start now. `compiled` tells the build of the hot path.",
    )
    GATEWAY_READY = "gateway_ready", "info", "url workers", "It serves; `workers` lists the process ids."
    GATEWAY_RELOADING = (
        "gateway_reloading",
        "info",
        "workers",
        "SIGHUP has come: a new worker takes each worker's place.",
    )
    GATEWAY_RELOADED = (
        "gateway_reloaded",
        "info warning",
        "workers",
        "The workers are replaced. A warning if some or all of the old ones had to stay: the line before says why.",
    )
    GATEWAY_LEAVING = (
        "gateway_leaving",
        "info",
        "seconds",
        "SIGTERM has come: for so long `/readyz` says 503 and all else is served.",
    )
    GATEWAY_STOPPING = "gateway_stopping", "info", "", "It accepts no more connections and drains."
    GATEWAY_STOPPED = "gateway_stopped", "info", "", "Everything has ended."
    WORKER_READY = "worker_ready", "info", "", "One of several workers serves."
    WORKER_DRAINING = (
        "worker_draining",
        "info",
        "sockets requests",
        "It takes no new connection, finishes its requests and moves its sockets to others.",
    )
    WORKER_STOPPED = "worker_stopped", "info", "seconds", "It has drained, in so many seconds."
    WORKER_DIED = (
        "worker_died",
        "warning",
        "died exit pause",
        "Process `died` has ended by itself; another follows after `pause` s.",
    )
    WORKER_KILLED = "worker_killed", "warning", "killed", "A worker did not end in time after draining."
    WORKER_NOT_REPLACED = (
        "worker_not_replaced",
        "error",
        "kept error",
        "A new worker could not start; process `kept` stays if it still lives.",
    )
    WORKER_FAILED = "worker_failed", "critical", "reason", "The worker can no longer serve and ends."
    # Calls.
    REQUEST_ANSWERED = (
        "request_answered",
        "debug warning",
        "method path status duration_ms address",
        "An HTTP request; a warning from status 500 on.",
    )
    EVENT_ANSWERED = (
        "event_answered",
        "debug warning",
        "socket_event code duration_ms address",
        "A Socket.IO event or connect; a warning where its code stands for a status from 500 on.",
    )
    SOCKET_DISCONNECTED = "socket_disconnected", "debug", "reason address", "A Socket.IO client has left."
    FAULT = (
        "fault",
        "error",
        "path socket_event socket text exception",
        "A fault of the gateway; report it.",
    )
    ANSWER_BROKEN_OFF = (
        "answer_broken_off",
        "error",
        "path sent reason exception",
        "A streamed answer could not be finished after `sent` bytes; its caller got an incomplete one.",
    )
    CONNECTIONS_REFUSED = (
        "connections_refused",
        "warning",
        "reason open",
        "TCP connections are refused; once an episode, which ten seconds without a refusal end.",
    )
    ORIGIN_REFUSED = (
        "origin_refused",
        "warning",
        "message",
        "A page of another origin may not read answers; once for each origin.",
    )
    # Redis, the database, and work in the background.
    REDIS_RESTARTED = (
        "redis_restarted",
        "error",
        "exit lived_seconds last_words",
        "The private Redis has ended and is started again.",
    )
    REDIS_REPAIRED = (
        "redis_repaired",
        "error",
        "message said",
        "The private Redis could not read its data; `message` says what was cut off or set aside, and where it is.",
    )
    REDIS_OUT_OF_STEP = (
        "redis_out_of_step",
        "warning",
        "error",
        "Redis answered out of turn; the connection is made again.",
    )
    REDIS_UNSAFE = "redis_unsafe", "warning", "message", "A setting of Redis by which a failover may lose changes."
    REDIS_FOREIGN = "redis_foreign", "error", "message", "Another installation has taken over this Redis prefix."
    PUSH_LOST = "push_lost", "warning", "error", "The subscription to changes of tickets is lost; it is tried again."
    PUSH_RESTORED = "push_restored", "info", "watched", "The subscription is back; so many tickets are read again."
    MESSAGE_REFUSED = (
        "message_refused",
        "warning",
        "code kind",
        "A worker could not act on a message from another worker.",
    )
    LISTENER_FAILED = "listener_failed", "error", "exception", "An error while a client was told of a change."
    TIMER_FAILED = "timer_failed", "error", "key exception", "An error while a deadline was handled."
    LOOP_FAILING = (
        "loop_failing",
        "error",
        "loop reason exception",
        "A background loop fails; once an episode. It is tried again.",
    )
    LOOP_RECOVERED = "loop_recovered", "warning", "loop failures seconds", "The loop works again."
    LOOP_ENDED = "loop_ended", "error", "loop", "A background loop has ended for good: restart the worker."
    SCHEMA_NEWER = (
        "schema_newer",
        "warning",
        "revision",
        "A newer version has migrated the database; this one works with it.",
    )
    # What is configured, and what depends on others.
    SETTING_WARNING = "setting_warning", "warning", "message", "A setting that is unknown, or that exposes something."
    PEOPLE_PUBLISHED = (
        "people_published",
        "warning",
        "message",
        "People of the demo seed can log in with published passwords.",
    )
    SMS_NOT_CONFIGURED = "sms_not_configured", "error", "message", "An SMS was due, and no provider is set."
    SMS_FAILED = "sms_failed", "error", "purpose outcome", "The SMS provider did not take a message."
    LOGOUT_NOT_TOLD = (
        "logout_not_told",
        "warning",
        "client status error",
        "An OAuth client could not be told of a logout.",
    )
    LOGIN_NOT_TOLD = (
        "login_not_told",
        "warning",
        "client ticket status error",
        "An OAuth client could not be told of a login (CIBA).",
    )
    ACTORS_ENDED = (
        "actors_ended",
        "error",
        "exit",
        "The simulation's process of phones and clients has ended; the next call starts another.",
    )
    TRACES_OFF = (
        "traces_off",
        "warning",
        "",
        "An endpoint for traces is set, and what sends them is not installed: `pip install 'scan-to-login[otel]'`.",
    )
    TRACES_UNSENT = "traces_unsent", "warning", "reason", "The collector cannot be reached; logins go on without it."
    TRACES_SENT = "traces_sent", "info", "", "Traces are sent again."
    LIBRARY = "library", "error", "logger text exception", "An error that a library has logged."
