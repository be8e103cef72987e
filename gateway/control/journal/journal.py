"""The journal: calls, answers, transitions, pushes and faults, in order.

It is a Redis stream, so that all workers write one journal. Transitions come from the audit log, which the tickets'
scripts write anyway: without the simulation the journal costs nothing.
"""

from __future__ import annotations

import heapq
import itertools
import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

import redis
from redis.exceptions import ConnectionError, TimeoutError  # noqa: A004

from gateway.control.streams import StreamWait
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503
from gateway.foundation.telemetry import request_trace
from gateway.foundation.telemetry.masking import masked
from scan_to_login.tracing.trace_context import trace_id_of

LENGTH: Final = 20_000
_UNWRITTEN: Final = 1_000

Entry = dict[str, Any]


class Participant(StrEnum):
    """A sender or receiver of an entry: a participant of the sequence diagram."""

    CLIENT = "client"
    GATEWAY = "gateway"
    REDIS = "redis"
    PHONE = "phone"
    WEB = "web"  # the WEB platform: registration, forgotten passwords
    TEST = "test"  # who drives the simulation


class Kind(StrEnum):
    """The kind of an entry."""

    REQUEST = "request"
    ANSWER = "answer"
    TRANSITION = "transition"
    PUSH = "push"
    FAULT = "fault"
    NOTE = "note"


class Journal:
    """Writes and reads entries. Masks secrets before it writes."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, *, alone: bool) -> None:
        """``alone``:

        this gateway has one worker, so that no reader asks another worker, and writes need not be awaited.
        """
        self._redis = client
        self._scripts = Scripts(client, "gateway.control.journal")
        self._clock = clock
        self._stream = f"{keys.prefix}journal"
        self._place = f"{keys.prefix}journal:place"
        self._audit_log = keys.audit_log
        self._keys = [self._stream, self._place, self._audit_log]
        self._wait = StreamWait(client)
        self._numbers = itertools.count()
        self._unwritten: list[tuple[int, str]] = []  # a heap: the oldest entry first
        self._posts = self._posting = alone and self._scripts.posting is not None
        self._goes_on = False

    @property
    def place_key(self) -> str:
        """A key that outlives a reset: numbers continue, so that a reader does not lose its place."""
        return self._place

    def write(
        self,
        kind: Kind,
        name: str,
        lane_from: Participant,
        lane_to: Participant,
        *,
        ticket_id: str | None = None,
        traceparent: object = None,
        body: Any = None,
        **more: Any,
    ) -> None:
        """Write one entry. Never raises: while Redis is unreachable it keeps entries and writes them later.

        ``traceparent`` is what the call or the push carries, valid or not; without one the entry has the trace that the
        present call is in, where the gateway is traced.
        """
        entry = {"at": self._clock.now_ms(), "kind": kind, "lane_from": lane_from, "lane_to": lane_to}
        entry["name"] = masked(name)  # a caller may have put a secret into the path
        if ticket_id:
            entry["ticket_id"] = ticket_id
        if trace := trace_id_of(traceparent) or request_trace.trace_id():
            entry["trace_id"] = trace
        entry["body"] = masked(body)
        entry.update({key: masked(value) for key, value in more.items() if value is not None})
        text = json.dumps(entry, ensure_ascii=False)
        text = text.encode("utf-8", "replace").decode()  # lone surrogates are not valid text
        self._keep((next(self._numbers), text))
        self._hand_on()

    def note(self, name: str, **body: Any) -> None:
        """Write an entry about an action of the control plane."""
        self.write(Kind.NOTE, name, Participant.TEST, Participant.GATEWAY, body=body)

    def sync(self) -> tuple[int, str]:
        """Copy new entries of the audit log. Returns the number of the last entry, and the last audit event."""
        self._hand_on()
        return self._write("")

    def read(
        self, since: int, *, wait: float, limit: int, fits: Callable[[Entry], bool] | None = None
    ) -> tuple[list[Entry], int]:
        """Matching entries after number ``since``, at most ``limit``; waits up to ``wait`` seconds for the first.

        Returns them and the number for the next call. Raises ``unavailable``.
        """
        found: list[Entry] = []
        for newest in self._wait.rounds(wait, self._streams):
            since = since if since <= newest else 0  # Redis restarted empty: begin again
            while True:
                with redis_faults_as_503():  # what is raised here does not go through `rounds`
                    raw: Any = self._redis.xrange(self._stream, f"({since}-0", "+", count=1000)
                for identifier, fields in raw:
                    since = int(identifier.partition("-")[0])
                    entry = {"seq": since, **json.loads(fields["entry"])}
                    if fits is None or fits(entry):
                        found.append(entry)
                        if len(found) == limit:
                            return found, since
                if len(raw) < 1000:
                    break
            if found:
                break
        return found, since

    def last(self) -> int:
        """The number of the last entry."""
        return self.sync()[0]

    def _streams(self) -> tuple[int, dict[str, str], None]:
        seq, streams = self.position()
        return seq, streams, None

    def position(self) -> tuple[int, dict[str, str]]:
        """The number of the last entry, and the streams that grow with the next event."""
        seq, taken = self.sync()
        return seq, {self._stream: f"{seq}-0", self._audit_log: taken}

    def _keep(self, entry: tuple[int, str]) -> None:
        heapq.heappush(self._unwritten, entry)
        if len(self._unwritten) > _UNWRITTEN:
            heapq.heappop(self._unwritten)

    def _hand_on(self) -> None:
        """Write the kept entries, in order; without waiting if no other worker can be asked for them."""
        while self._unwritten:
            entry = heapq.heappop(self._unwritten)  # removed before it is written: another greenlet may run meanwhile
            if self._posting and self._post(entry):
                continue
            if self._posting:
                self._keep(entry)
                self._go_on_when_connected()
                return
            try:
                self._write(entry[1])
            except Refusal:
                self._keep(entry)
                return
            self._posting = self._posts

    def _post(self, entry: tuple[int, str]) -> bool:
        def failed(error: Exception) -> None:
            self._keep(entry)
            if isinstance(error, ConnectionError | TimeoutError):
                self._go_on_when_connected()
            else:
                self._posting = False  # Redis refuses to write: the next entry waits, and sees whether it still does

        return self._scripts.post("write_journal", self._keys, failed, entry=entry[1], length=LENGTH)

    def _go_on_when_connected(self) -> None:
        if self._scripts.posting is not None and not self._goes_on:
            self._goes_on = True
            self._scripts.posting.when_connected(self._connected)

    def _connected(self) -> None:
        self._goes_on = False
        self._hand_on()

    def _write(self, entry: str) -> tuple[int, str]:
        seq, taken = self._scripts.run("write_journal", self._keys, entry=entry, length=LENGTH)
        return int(seq), str(taken)
