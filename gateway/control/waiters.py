"""Waits for a test on the server's side: for a ticket's state, a session's stage, a push."""

from __future__ import annotations

import json
from typing import Any, Final

import redis

from gateway.accounts.store import AccountStore
from gateway.control.journal.journal import Entry, Journal, Kind
from gateway.control.streams import StreamWait
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.pairing.store import TicketStore
from scan_to_login.protocol import LIVE_STATES, Code, Stage, TicketState

_UNREACHABLE_SECONDS: Final = 0.1
_ORDER: Final = (TicketState.PENDING, TicketState.SCANNED, TicketState.CONFIRMED, TicketState.CLAIMED)


class Waiters:
    """Each wait ends with the event, with its impossibility, or with the time-out; none polls."""

    def __init__(
        self,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        journal: Journal,
        tickets: TicketStore,
        accounts: AccountStore,
    ) -> None:
        self._redis = client
        self._keys = keys
        self._clock = clock
        self._journal = journal
        self._tickets = tickets
        self._accounts = accounts
        self._wait = StreamWait(client)

    def ticket(self, ticket_id: str, state: TicketState, seconds: float) -> dict[str, Any]:
        """The ticket when it has reached ``state`` or a later one.

        Raises ``ticket_wrong_state`` if it can never reach it, or has not within ``seconds``; ``ticket_not_found``.
        """

        def look() -> tuple[dict[str, Any], dict[str, str], float | None]:
            _, streams = self._journal.position()
            try:
                present: dict[str, Any] = json.loads(self._tickets.present(ticket_id))
            except Refusal as refusal:
                if refusal.code is not Code.UNAVAILABLE:
                    raise
                return {}, streams, _UNREACHABLE_SECONDS  # a fault cuts off the product's Redis
            live = present["state"] in LIVE_STATES
            return present, streams, self._clock.real_seconds_until(present["expires_at"]) if live else None

        present: dict[str, Any] = {}
        for present in self._wait.rounds(seconds, look):
            if not present:
                continue
            reached = TicketState(present["state"])
            if reached is state or _beyond(reached, state):
                return present
            if reached not in LIVE_STATES:
                raise Refusal(
                    Code.TICKET_WRONG_STATE,
                    f"The ticket has ended as {reached} and will never be {state}.",
                    state=reached,
                    version=present["version"],
                )
        raise Refusal(
            Code.TICKET_WRONG_STATE,
            f"Within {seconds:g} s the ticket was not {state}: it is {present.get('state', 'out of reach')}.",
            timed_out=True,
            **{name: present[name] for name in ("state", "version") if name in present},
        )

    def session(self, identifier: str, stage: Stage, seconds: float) -> dict[str, str]:
        """The newest session of a client of this account that has reached ``stage``. Raises ``not_found``."""

        def look() -> tuple[dict[str, str] | None, dict[str, str], None]:
            _, streams = self._journal.position()
            return self._newest(identifier, stage), streams, None

        for found in self._wait.rounds(seconds, look):
            if found is not None:
                return found
        raise Refusal(
            Code.NOT_FOUND,
            f"Within {seconds:g} s no client's session of {identifier} came to be {stage}.",
            timed_out=True,
        )

    def push(self, ticket_id: str, state: TicketState, seconds: float) -> Entry:
        """The journal's entry of the push of ``state`` to a client. Raises ``not_found``."""

        def fits(entry: Entry) -> bool:
            return (
                entry["kind"] == Kind.PUSH and entry.get("ticket_id") == ticket_id and entry["body"]["state"] == state
            )

        entries, _ = self._journal.read(0, wait=seconds, limit=1, fits=fits)
        if not entries:
            raise Refusal(Code.NOT_FOUND, f"Within {seconds:g} s no client was told of {state}.", timed_out=True)
        return entries[0]

    def _newest(self, identifier: str, stage: Stage) -> dict[str, str] | None:
        account = self._accounts.find(identifier)
        if account is None:
            return None
        found: list[dict[str, str]] = []
        for digest in self._redis.smembers(self._keys.account_sessions(account.account_id)):
            fields: Any = self._redis.hgetall(self._keys.session(str(digest)))
            if fields.get("kind") != "client" or int(fields["expires_at"]) <= self._clock.now_ms():
                continue
            if stage is Stage.LOGGED_IN or fields.get("taxpayer_id"):
                found.append(fields)
        return max(found, key=lambda fields: int(fields["created_at"]), default=None)


def _beyond(reached: TicketState, wanted: TicketState) -> bool:
    return reached in _ORDER and wanted in _ORDER and _ORDER.index(reached) > _ORDER.index(wanted)
