"""The journal: what went over the wire, what it changed, what was pushed, and which fault fired, in order.

Kept in a Redis stream, so that all workers write one journal. A transition is taken over from the audit log,
which the scripts of the tickets write anyhow: without the simulation nothing is spent on a journal.
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
from gateway.foundation.telemetry.masking import masked

LENGTH: Final = 20_000
_UNWRITTEN: Final = 1_000

Entry = dict[str, Any]


class Participant(StrEnum):
    """Who speaks or is spoken to: the lanes of the sequence diagram."""

    CLIENT = "client"
    GATEWAY = "gateway"
    REDIS = "redis"
    PHONE = "phone"
    WEB = "web"  # the WEB platform: registration, forgotten passwords
    TEST = "test"  # who drives the simulation


class Kind(StrEnum):
    """What an entry tells of."""

    REQUEST = "request"
    ANSWER = "answer"
    TRANSITION = "transition"
    PUSH = "push"
    FAULT = "fault"
    NOTE = "note"


class Journal:
    """Writes entries, and reads them; secrets are masked before anything is written."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, *, alone: bool) -> None:
        """``alone``: no other worker is asked what this one has written, so that nobody need wait until it is there."""
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
        """The key that outlives a reset: numbers go on, so that who reads along is not lost."""
        return self._place

    def write(
        self,
        kind: Kind,
        name: str,
        lane_from: Participant,
        lane_to: Participant,
        *,
        ticket_id: str | None = None,
        body: Any = None,
        **more: Any,
    ) -> None:
        """Write one entry. Never raises: while Redis is away, entries are kept and written later."""
        entry = {"at": self._clock.now_ms(), "kind": kind, "lane_from": lane_from, "lane_to": lane_to}
        entry["name"] = masked(name)  # a path may hold what somebody has put into the wrong place
        if ticket_id:
            entry["ticket_id"] = ticket_id
        entry["body"] = masked(body)
        entry.update({key: masked(value) for key, value in more.items() if value is not None})
        text = json.dumps(entry, ensure_ascii=False)
        text = text.encode("utf-8", "replace").decode()  # lone surrogates are nobody's text
        self._keep((next(self._numbers), text))
        self._hand_on()

    def note(self, name: str, **body: Any) -> None:
        """Write that the simulation itself was told to do something."""
        self.write(Kind.NOTE, name, Participant.TEST, Participant.GATEWAY, body=body)

    def sync(self) -> tuple[int, str]:
        """Take over the audit log. Answers the number of the last entry, and the last step of the audit log."""
        self._hand_on()
        return self._write("")

    def read(
        self, since: int, *, wait: float, limit: int, fits: Callable[[Entry], bool] | None = None
    ) -> tuple[list[Entry], int]:
        """Entries after number ``since`` that fit, at most ``limit``; waits up to ``wait`` seconds for the first.

        Answers them and the number to go on from. Raises ``unavailable``.
        """
        found: list[Entry] = []
        for newest in self._wait.rounds(wait, self._streams):
            since = since if since <= newest else 0  # Redis came back empty: begin again
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
        """The number of the last entry, and the streams that grow when anything happens after it."""
        seq, taken = self.sync()
        return seq, {self._stream: f"{seq}-0", self._audit_log: taken}

    def _keep(self, entry: tuple[int, str]) -> None:
        heapq.heappush(self._unwritten, entry)
        if len(self._unwritten) > _UNWRITTEN:
            heapq.heappop(self._unwritten)

    def _hand_on(self) -> None:
        """Write what is kept, in order; without waiting where nobody asks another worker for it."""
        while self._unwritten:
            entry = heapq.heappop(self._unwritten)  # taken before it is written: another greenlet may run meanwhile
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
