"""The calls to a gateway and its answers, checked against the invariants I1 to I7 of docs/security.md.

An operation without an answer, or with 503, is *unknown*: it may or may not have taken effect. What is claimed here is
claimed for every such reading.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from scan_to_login.protocol import TicketState

Outcome = Literal["ok", "failed", "unknown"]

RANKS: Final = {
    TicketState.PENDING: 0,
    TicketState.SCANNED: 1,
    TicketState.CONFIRMED: 2,
    TicketState.CLAIMED: 3,
    TicketState.REJECTED: 3,
    TicketState.CANCELLED: 3,
    TicketState.EXPIRED: 3,
}
LEARNS_WITHIN_SECONDS: Final = 3.0
LOCKS_AT: Final = 5  # the wrong password that locks an account
_TOO_EARLY: Final = {"ticket_not_confirmed", "ticket_not_found", "ticket_wrong_state"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One call, from its sending to its answer (seconds of a monotonic clock)."""

    name: str
    ticket_id: str
    account: str
    began: float
    ended: float
    outcome: Outcome
    status: int | None = None
    code: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something broken on purpose, from its beginning until the gateway served again (the same clock's seconds)."""

    name: str
    began: float
    healed: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A state that a waiting client was told."""

    ticket_id: str
    state: str
    at: float


class History:
    """Records from many threads, and checks at the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.operations: list[Operation] = []
        self.heard: list[Heard] = []

    def call(self, name: str, ticket_id: str, account: str, make: Callable[[], Any]) -> Any:
        """Make a call and record it; its exception (with ``status`` and ``code``) is raised on."""
        began = time.monotonic()
        try:
            answer = make()
        except Exception as error:
            status = getattr(error, "status", None)
            unknown = status is None or status == 503
            code = str(getattr(error, "code", type(error).__name__))
            self.add(
                Operation(
                    name, ticket_id, account, began, time.monotonic(), "unknown" if unknown else "failed", status, code
                )
            )
            raise
        told = answer if isinstance(answer, Mapping) else {}
        self.add(Operation(name, ticket_id, account, began, time.monotonic(), "ok", 200, "", told))
        return answer

    def add(self, operation: Operation) -> None:
        """Record an operation."""
        with self._lock:
            self.operations.append(operation)

    def hear(self, ticket_id: str, state: str) -> None:
        """Record an event of a client, now."""
        with self._lock:
            self.heard.append(Heard(ticket_id, state, time.monotonic()))

    def violations(
        self, *, healed_at: float = 0.0, faults: Sequence[Fault] = (), late_by: Callable[[float], float] | None = None
    ) -> list[str]:
        """The violations, one sentence each.

        ``healed_at`` is when a single fault was over; ``faults`` are all of them, where there were several.
        ``late_by`` tells how late this machine woke a sleeper near a moment (seconds): that much is not the gateway's.
        """
        return [
            *self._more_than_one_session(),
            *self._sessions_without_a_confirm(),
            *self._lost_confirms(),
            *self._late_news(healed_at, sorted(faults, key=lambda one: one.began), late_by or (lambda _moment: 0.0)),
            *self._steps_back(),
            *self._shrunken_counts(),
            *self._dishonest_errors(),
        ]

    def _done(self, name: str) -> Iterable[Operation]:
        return (operation for operation in self.operations if operation.name == name and operation.outcome == "ok")

    def _by_ticket(self) -> dict[str, list[Operation]]:
        found: dict[str, list[Operation]] = defaultdict(list)
        for operation in self.operations:
            found[operation.ticket_id].append(operation)
        return found

    def _more_than_one_session(self) -> Iterable[str]:
        sessions: dict[str, set[str]] = {}
        for claim in self._done("claim"):
            sessions.setdefault(claim.ticket_id, set()).add(str(claim.answer["session"]))
        return (f"I1: {ticket} led to {len(found)} sessions" for ticket, found in sessions.items() if len(found) > 1)

    def _sessions_without_a_confirm(self) -> Iterable[str]:
        by_ticket = self._by_ticket()
        for claim in self._done("claim"):
            whose = {
                one.account
                for one in by_ticket[claim.ticket_id]
                if one.name == "confirm" and one.outcome != "failed" and one.began < claim.ended
            }
            if whose != {claim.answer["account"]}:
                yield f"I2: {claim.ticket_id} is {claim.answer['account']}'s session, confirmed by {whose or 'nobody'}"

    def _lost_confirms(self) -> Iterable[str]:
        by_ticket = self._by_ticket()
        for confirm in self._done("confirm"):
            for later in by_ticket[confirm.ticket_id]:
                if later.began < confirm.ended:
                    continue
                state = later.answer.get("state") if later.name == "read" else None
                if later.code in _TOO_EARLY or (state is not None and RANKS[TicketState(state)] < 2):
                    yield f"I3: {confirm.ticket_id} was confirmed, and then: {later.name} {later.code or state}"

    def _late_news(self, healed_at: float, faults: Sequence[Fault], late_by: Callable[[float], float]) -> Iterable[str]:
        told: dict[str, float] = {}
        for one in self.heard:
            if RANKS[_state(one)] >= 2:
                told[one.ticket_id] = min(one.at, told.get(one.ticket_id, one.at))
        for confirm in self._done("confirm"):
            free = max(confirm.ended, healed_at)
            for fault in faults:
                if fault.began <= free + LEARNS_WITHIN_SECONDS and fault.healed > free:
                    free = fault.healed
            due = free + LEARNS_WITHIN_SECONDS + late_by(free)
            at = told.get(confirm.ticket_id)
            if at is None or at > due:
                when = "never" if at is None else f"{at - free:.1f} s after the fault's end"
                yield f"I4: the client that waits for {confirm.ticket_id} was told of the confirm {when}"

    def _steps_back(self) -> Iterable[str]:
        ranks: dict[str, int] = {}
        for one in self.heard:
            rank = RANKS[_state(one)]
            if rank < ranks.get(one.ticket_id, 0):
                yield f"I5: {one.ticket_id} went back to {one.state}"
            ranks[one.ticket_id] = max(rank, ranks.get(one.ticket_id, 0))

    def _shrunken_counts(self) -> Iterable[str]:
        """Wrong passwords of one account in the order of their answers: no more are evaluated than lock it."""
        evaluated: dict[str, int] = defaultdict(int)
        for guess in sorted((one for one in self.operations if one.name == "guess"), key=lambda one: one.ended):
            if guess.code == "invalid_credentials":
                evaluated[guess.account] += 1
                if evaluated[guess.account] > LOCKS_AT:
                    yield f"I6: wrong password {evaluated[guess.account]} of {guess.account} did not find it locked"

    def _dishonest_errors(self) -> Iterable[str]:
        for one in self.operations:
            honest = one.status is None or one.status == 503 or one.status < 500
            if not honest:
                yield f"I7: {one.name} of {one.ticket_id} was answered with {one.status} {one.code}"


def _state(heard: Heard) -> TicketState:
    return TicketState(heard.state)
