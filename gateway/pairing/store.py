"""Tickets in Redis: one script for each action, one round trip for each script."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

import redis
from pydantic_core import from_json

from gateway.config import Settings
from gateway.foundation.addresses import network_of
from gateway.foundation.clock import Clock
from gateway.foundation.codes.one_time_codes import otp_limits
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503
from gateway.foundation.secrets import digest, random_id
from gateway.foundation.telemetry import request_trace
from gateway.pairing.lua_rules import PRELUDE, lua_rules
from gateway.pairing.number_matching import drawn_numbers
from gateway.pairing.qr_switch import QrSwitch
from scan_to_login.protocol import ClientInfo, Code, NumberMatching

_MINUTE_MS = 60_000


class Registered(NamedTuple):
    """What a ticket keeps of the registered client that has asked for it (``gateway.oauth``)."""

    oauth: str  # what it asks for, as JSON
    verified: bool  # whether it has authenticated itself
    whole_life: bool  # whether a scan or a confirmation leaves the ticket's deadline as it was
    client_id: str = ""  # its registered id
    lifetime: int = 0  # seconds of its life in all; 0 for those of the setting


class Aim(NamedTuple):
    """Whom a targeted ticket is aimed at (``gateway.pairing.targeted.service``)."""

    account: str  # id of an account, or a name that stands for nobody
    place: str  # there is one live ticket of each: what one client asks of one name
    number: str = ""  # two digits that the client has chosen; without them the scan chooses
    remembered: str = ""  # the remembered computer that asks
    notify: str = ""  # 1 where a registered client has to be told of each move


UNREGISTERED = Registered("", verified=False, whole_life=False)  # a client of our own wire


class TicketStore:
    """All changes of a ticket; returns JSON text as the scripts made it."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, settings: Settings, *, slack_ms: int) -> None:
        self._redis = client
        self._scripts = Scripts(client, "gateway.pairing", rendered={PRELUDE: lua_rules()})
        self.on_run = self._scripts.on_run  # after a script, which may have written to the audit log
        self._keys = keys
        self._clock = clock
        self._settings = settings
        self._slack_ms = slack_ms
        self.switch = QrSwitch(settings.qr_login_off)
        self._operations = secrets.token_hex(8)
        self._counted = itertools.count()
        self._tombstone = settings.tickets_tombstone_seconds * 1000 + slack_ms

    def add_ticket(
        self,
        ticket_id: str,
        secret: str,
        client: ClientInfo,
        address: str,
        worker_id: str = "",
        replaces: tuple[str, str] | None = None,
        registered: Registered = UNREGISTERED,
        aim: Aim | None = None,
    ) -> str:
        """Create a ticket with a new id and secret; ``replaces`` is id and secret of a ticket to cancel."""
        settings = self._settings
        total = registered.lifetime or settings.tickets_total_seconds
        pending = total if registered.whole_life else settings.tickets_pending_seconds
        now = self._clock.now_ms()
        ticket = self._keys.ticket(ticket_id)
        return self._run(
            "request",
            [
                ticket,
                self._keys.ticket(replaces[0]) if replaces else ticket,
                self._counter("tickets", address, now),
            ],
            now=now,
            operation=self._operation(),
            ticket_id=ticket_id,
            secret_digest=digest(secret),
            replaced_digest=digest(replaces[1]) if replaces else "",
            worker=worker_id,
            address=address,
            name=client["name"],
            version=client["version"],
            device=client["device"],
            lifetime=pending * 1000,
            total=total * 1000,
            tombstone=self._tombstone,
            limit=settings.tickets_per_address,
            oauth=registered.oauth,
            verified="1" if registered.verified else "",
            whole_life="1" if registered.whole_life else "",
            aim="" if aim is None else json.dumps({name: told for name, told in aim._asdict().items() if told}),
            rotates="1" if self.rotates(registered, aim) else "",
            traceparent=request_trace.traceparent(),
        )

    def rotates(self, registered: Registered, aim: Aim | None) -> bool:
        """Whether the QR of a new ticket changes. A device (RFC 8628) is told one text for its code's whole life."""
        return self._settings.rotating_qr and not registered.whole_life and aim is None

    def mark_scanned(self, ticket_id: str, token: str, address: str, frame: str = "") -> str:
        """Bind the ticket to the phone that holds ``token``; ``frame`` is the verdict of a QR that rotates."""
        settings = self._settings
        number, choices = drawn_numbers(settings.number_matching)
        return self._by_phone(
            "scan",
            ticket_id,
            token,
            address,
            session_digest=digest(token),
            number=number,
            choices=choices,
            frame=frame,
            number_matching=settings.number_matching.value,
            lifetime=settings.tickets_scanned_seconds * 1000,
            closed=self.switch.argument,
        )

    def mark_confirmed(self, ticket_id: str, token: str, address: str, otp_step: int, number: str) -> str:
        """Confirm by the phone that scanned; ``otp_step`` is of ``step_of``."""
        settings = self._settings
        returns = settings.number_matching is NumberMatching.RETURN  # a person has to act once more
        return self._by_phone(
            "confirm",
            ticket_id,
            token,
            address,
            otp_step=otp_step,
            number=number,
            number_matching=settings.number_matching.value,
            lifetime=1000 * (settings.tickets_scanned_seconds if returns else settings.tickets_confirmed_seconds),
            tries_limit=settings.tickets_confirm_tries,
            otp_limits=otp_limits(settings),
            closed=self.switch.argument,
        )

    def mark_rejected(self, ticket_id: str, token: str, address: str) -> str:
        """Reject by the phone that scanned."""
        return self._by_phone("reject", ticket_id, token, address)

    def mark_cancelled(self, ticket_id: str, secret: str, address: str) -> str:
        """Cancel by the client that requested."""
        now = self._clock.now_ms()
        return self._run(
            "cancel",
            [self._keys.ticket(ticket_id), self._counter("guesses", address, now)],
            now=now,
            operation=self._operation(),
            secret_digest=digest(secret),
            address=address,
            tombstone=self._tombstone,
            guess_limit=self._settings.ticket_guesses_per_address,
        )

    def mark_claimed(self, ticket_id: str, secret: str, token: str, address: str, code: str = "") -> dict[str, str]:
        """Exchange a confirmed ticket for a session under ``token``; answers the session's fields.

        ``code`` is the ``verdict`` of the code that the phone shows.
        """
        settings = self._settings
        now = self._clock.now_ms()
        hashed = digest(token)
        answer = self._run(
            "claim",
            [self._keys.ticket(ticket_id), self._keys.session(hashed), self._counter("guesses", address, now)],
            now=now,
            secret_digest=digest(secret),
            session_digest=hashed,
            session_id=random_id(),
            address=address,
            lifetime=settings.client_session_seconds * 1000,
            idle=settings.client_idle_seconds * 1000,
            slack=self._slack_ms,
            repeat_window=settings.tickets_claim_repeat_seconds * 1000,
            closed=self.switch.argument,
            claim_code=code,
            code_tries=settings.tickets_claim_code_tries,
            tombstone=self._tombstone,
            guess_limit=settings.ticket_guesses_per_address,
        )
        fields: dict[str, str] = from_json(answer)
        return fields

    def watch(self, ticket_id: str, secret: str, address: str, worker_id: str = "") -> str:
        """Read by the client that requested; changes are published to ``worker_id`` from now on."""
        now = self._clock.now_ms()
        return self._run(
            "watch",
            [self._keys.ticket(ticket_id), self._counter("guesses", address, now)],
            now=now,
            secret_digest=digest(secret),
            worker=worker_id,
            tombstone=self._tombstone,
            guess_limit=self._settings.ticket_guesses_per_address,
        )

    def read_asked(self, ticket_id: str, secret: str) -> str:
        """What the registered client has asked for, as JSON; empty for another's ticket and for our own wire's."""
        with redis_faults_as_503():
            secret_digest, oauth = self._redis.hmget(self._keys.ticket(ticket_id), ["secret_digest", "oauth"])
        return str(oauth or "") if secret_digest == digest(secret) else ""

    def read_client(self, ticket_id: str) -> dict[str, str]:
        """Who has asked for the ticket: ``client_name``, ``client_device``, ``address``, and ``remembered``, the id of
        the remembered computer, or empty."""
        names = ["client_name", "client_device", "address", "remembered"]
        with redis_faults_as_503():
            values: Any = self._redis.hmget(self._keys.ticket(ticket_id), names)
        return {name: str(value or "") for name, value in zip(names, values, strict=True)}

    def present(self, ticket_id: str) -> str:
        """Read by the gateway itself; a ticket whose deadline has passed expires now."""
        return self._run("present", [self._keys.ticket(ticket_id)], now=self._clock.now_ms(), tombstone=self._tombstone)

    def withdraw_scanned_by(self, session_digests: Sequence[str]) -> None:
        """Reject all open tickets that these phones' sessions have scanned, because those sessions have ended."""
        for session_digest in session_digests:
            with redis_faults_as_503():
                scanned = self._redis.smembers(self._keys.session_tickets(session_digest))
            for ticket_id in scanned:
                self._scripts.run(
                    "withdraw",
                    [self._keys.ticket(str(ticket_id))],
                    now=self._clock.now_ms(),
                    session_digest=session_digest,
                    tombstone=self._tombstone,
                )

    def cancel_closed(self, ticket_id: str) -> None:
        """Cancel a live ticket to which QR login is switched off."""
        key, now, closed = self._keys.ticket(ticket_id), self._clock.now_ms(), self.switch.argument
        self._scripts.run("close", [key], now=now, closed=closed, tombstone=self._tombstone)

    def has_qr(self, ticket_id: str) -> tuple[bool, bool]:
        """Whether the ticket exists, open or ended, and is one that a phone scans; and whether its QR changes."""
        with redis_faults_as_503():
            state, target, rotates = self._redis.hmget(self._keys.ticket(ticket_id), ["state", "target", "rotates"])
        return bool(state) and not target, bool(rotates)

    def _by_phone(self, script: str, ticket_id: str, token: str, address: str, **arguments: str | int) -> str:
        now = self._clock.now_ms()
        return self._run(
            script,
            [
                self._keys.ticket(ticket_id),
                self._keys.session(digest(token)),
                self._counter("guesses", address, now),
            ],
            now=now,
            operation=self._operation(),
            address=address,
            tombstone=self._tombstone,
            guess_limit=self._settings.ticket_guesses_per_address,
            **arguments,
        )

    def _operation(self) -> str:
        """A name that no other operation on a ticket has, on this or another worker."""
        return f"{self._operations}{next(self._counted)}"

    def _counter(self, what: str, address: str, now: int) -> str:
        return self._keys.limit(what, f"{network_of(address)}:{now // _MINUTE_MS}")

    def _run(self, script: str, keys: list[str], /, **arguments: str | int) -> str:
        told = self._scripts.run(script, keys, **arguments)
        if len(told) > 2:
            request_trace.join(told[2])
        if told[0] != "ok":
            raise _refusal(Code(told[0]), told[1], self._clock.now_ms())
        return str(told[1])


def _refusal(code: Code, body: str, now: int) -> Refusal:
    extra: dict[str, Any] = from_json(body) if body else {}
    if code in (Code.RATE_LIMITED, Code.TOO_MANY_TICKETS):
        # Where the script does not say how long, it counts by the minute.
        extra["retry_after"] = -(-extra.pop("wait", _MINUTE_MS - now % _MINUTE_MS) // 1000)
    return Refusal(code, **extra)
