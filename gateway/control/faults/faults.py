"""Faults that a test sets: stored in Redis for all workers, counted, drawn from a seed, ended by the clock."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final

import redis

from gateway.control.broadcast import Broadcast
from gateway.control.journal.journal import Journal, Kind, Participant
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import random_id
from scan_to_login.protocol import Code

_KIND = "faults"
LONGEST_DELAY_MS: Final = 60_000


class FaultKind(StrEnum):
    """The kinds of fault."""

    # calls: REST, and the events that a client sends
    LATENCY = "latency"
    ERROR = "error"
    DROP_REPLY = "drop_reply"
    # pushes
    PUSH_DROP = "push_drop"
    PUSH_DELAY = "push_delay"
    PUSH_DUPLICATE = "push_duplicate"
    PUSH_REORDER = "push_reorder"
    SOCKET_CUT = "socket_cut"
    # tokens of OpenID Connect
    ID_TOKEN_SIGNATURE = "id_token_signature"
    ID_TOKEN_ISSUER = "id_token_issuer"
    ID_TOKEN_EXPIRED = "id_token_expired"
    # what is behind the gateway
    REDIS_UNREACHABLE = "redis_unreachable"


CALL_KINDS: Final = frozenset({FaultKind.LATENCY, FaultKind.ERROR, FaultKind.DROP_REPLY})
ID_TOKEN_KINDS: Final = frozenset({FaultKind.ID_TOKEN_SIGNATURE, FaultKind.ID_TOKEN_ISSUER, FaultKind.ID_TOKEN_EXPIRED})
PUSH_KINDS: Final = frozenset(FaultKind) - CALL_KINDS - ID_TOKEN_KINDS - {FaultKind.REDIS_UNREACHABLE}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; an empty ``route``, ``event``, ``ticket`` or ``state`` is any."""

    fault_id: str
    kind: FaultKind
    route: str = ""  # of a REST call: `POST /api/v1/tickets/*/confirm`; `*` is any text
    event: str = ""  # of Socket.IO
    ticket: str = ""
    state: str = ""  # of the ticket, in a push
    times: int = 0  # 0 is no limit
    probability: float = 1.0
    seed: int = 0
    milliseconds: float = 0
    sigma: float = 0  # above 0: log-normal about the median `milliseconds`
    status: int = 503
    ends_at: int = 0  # ms of the gateway's clock; 0 is never

    def fits(self, *, route: str = "", event: str = "", ticket: str = "", state: str = "") -> bool:
        """Whether the fault is about this call or push."""
        return (
            (not self.route or (bool(route) and fnmatchcase(route, self.route)))
            and (not self.event or self.event == event)
            and self.ticket in ("", ticket)
            and self.state in ("", state)
        )


@dataclass(frozen=True, slots=True)
class Fired:
    """A fault that happens now; ``milliseconds`` is the drawn delay."""

    fault: Fault
    milliseconds: float


class Faults:
    """The faults in force. A worker checks its own copy, so that without faults a call costs nothing."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, broadcast: Broadcast, journal: Journal) -> None:
        self._redis = client
        self._key = f"{keys.prefix}sim:faults"
        self._counts = f"{keys.prefix}sim:faults:counts"
        self._clock = clock
        self._broadcast = broadcast
        self._journal = journal
        self._present: tuple[Fault, ...] = ()
        self.on_load: list[Callable[[], None]] = []
        broadcast.on(_KIND, lambda _message: self.load())
        broadcast.on_subscribed(self.load)

    def load(self) -> None:
        """Read the faults that are set; also after a reset."""
        with redis_faults_as_503():
            stored: Any = self._redis.hvals(self._key)
        self._present = tuple(_fault(text) for text in stored)
        for listener in self.on_load:
            listener()

    def add(self, kind: FaultKind, seconds: float | None, **fields: Any) -> Fault:
        """Set a fault for ``seconds`` of the gateway's clock (None: until it is removed)."""
        ends_at = 0 if seconds is None else self._clock.now_ms() + round(seconds * 1000)
        fault = Fault(random_id(), kind, ends_at=ends_at, **fields)
        with redis_faults_as_503():
            self._redis.hset(self._key, fault.fault_id, json.dumps(asdict(fault)))
        self._broadcast.announce(_KIND)
        if kind is FaultKind.REDIS_UNREACHABLE:
            self._tell(fault, 0)
        return fault

    def remove(self, fault_id: str = "") -> None:
        """Remove one fault, or all. Raises ``not_found``."""
        with redis_faults_as_503():
            if fault_id:
                if not self._redis.hdel(self._key, fault_id):
                    raise Refusal(Code.NOT_FOUND, "There is no such fault.")
            else:
                self._redis.delete(self._key, self._counts)
        self._broadcast.announce(_KIND)

    def all(self) -> list[tuple[Fault, int]]:
        """All faults that are set, with their counts; expired ones stay until they are removed."""
        with redis_faults_as_503():
            stored: Any = self._redis.hvals(self._key)
            counts: Any = self._redis.hgetall(self._counts)
        faults = sorted((_fault(text) for text in stored), key=lambda fault: fault.fault_id)
        return [(fault, int(counts.get(f"fired:{fault.fault_id}", 0))) for fault in faults]

    @property
    def redis_unreachable(self) -> bool:
        """Whether the product's Redis appears unreachable now."""
        return any(fault.kind is FaultKind.REDIS_UNREACHABLE and self._in_force(fault) for fault in self._present)

    def fire(self, kinds: frozenset[FaultKind], target: Participant, **about: str) -> list[Fired]:
        """The faults of ``kinds`` that happen to this call or push; each is counted and journalled."""
        fired: list[Fired] = []
        for fault in self._present:
            if fault.kind in kinds and self._in_force(fault) and fault.fits(**about):
                try:
                    milliseconds = self._drawn(fault)
                except Refusal:
                    return fired  # the real Redis is away: that is fault enough
                if milliseconds is not None:
                    fired.append(Fired(fault, milliseconds))
                    self._tell(fault, milliseconds, target, **about)
        return fired

    def _in_force(self, fault: Fault) -> bool:
        return not fault.ends_at or self._clock.now_ms() < fault.ends_at

    def _drawn(self, fault: Fault) -> float | None:
        """The delay on this occasion; None if the draw or the count prevents the fault.

        The n-th occasion has the same outcome on every run with the same seed, whichever worker it meets.
        """
        with redis_faults_as_503():
            occasion = int(self._redis.hincrby(self._counts, f"seen:{fault.fault_id}", 1))
            draw = random.Random(f"{fault.seed}:{occasion}")  # noqa: S311 - repeatable on purpose
            if draw.random() >= fault.probability:
                return None
            fired = int(self._redis.hincrby(self._counts, f"fired:{fault.fault_id}", 1))
            if fault.times and fired > fault.times:
                self._redis.hincrby(self._counts, f"fired:{fault.fault_id}", -1)
                return None
        milliseconds = fault.milliseconds
        if fault.sigma:
            milliseconds *= draw.lognormvariate(0, fault.sigma)
        return min(milliseconds, LONGEST_DELAY_MS)

    def _tell(self, fault: Fault, milliseconds: float, target: Participant = Participant.REDIS, **about: str) -> None:
        body = {name: value for name, value in about.items() if value}
        if milliseconds:
            body["milliseconds"] = f"{milliseconds:.1f}"
        if fault.kind is FaultKind.ERROR:
            body["status"] = str(fault.status)
        self._journal.write(
            Kind.FAULT,
            fault.kind,
            Participant.GATEWAY,
            target,
            ticket_id=about.get("ticket"),
            body=body,
            fault_id=fault.fault_id,
        )


def _fault(text: str) -> Fault:
    fields = json.loads(text)
    return Fault(**{**fields, "kind": FaultKind(fields["kind"])})
