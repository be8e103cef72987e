"""Sessions in Redis: open them, find a token's session, end them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import redis

from gateway.accounts.model import Person, Session, initial_of
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503
from gateway.foundation.secrets import digest, random_id
from scan_to_login.protocol import Code, SessionKind

_NUMBERS = ("created_at", "expires_at", "last_seen")
_TEXTS = tuple(name for name in Session._fields if name not in {"digest", "kind", *_NUMBERS})


class Sessions:
    """Stores sessions under the SHA-256 of their token, until their deadline or their idle limit."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, *, slack_ms: int) -> None:
        self._scripts = Scripts(client, "gateway.accounts")
        self._redis = client
        self._keys = keys
        self._clock = clock
        self._slack_ms = slack_ms
        self.on_end: list[Callable[[Sequence[str]], None]] = []

    def open(
        self, token: str, kind: SessionKind, person: Person, *, seconds: int, idle_seconds: int = 0, **fields: str
    ) -> Session:
        """Open a session that lasts ``seconds``, or ends after ``idle_seconds`` without a call (0: no limit)."""
        now = self._clock.now_ms()
        values = {
            "kind": kind.value,
            "session_id": random_id(),
            "account_id": person.account_id,
            "login_name": person.login_name,
            "display_name": person.display_name,
            "initial": initial_of(person.name),
            "id_type": person.id_type,
            "created_at": str(now),
            "expires_at": str(now + seconds * 1000),
            "last_seen": str(now),
            "idle_ms": str(idle_seconds * 1000),
            **fields,
        }
        hashed = digest(token)
        self._scripts.run(
            "open_session",
            [self._keys.session(hashed), self._keys.account_sessions(person.account_id)],
            digest=hashed,
            retention=seconds * 1000 + self._slack_ms,
            fields=json.dumps(values),
            now=now,
        )
        return session_from(hashed, values)

    def authenticate(self, token: str, *kinds: SessionKind) -> Session:
        """The session of ``token``.

        Raises ``unauthenticated`` if the token is unknown, ended or expired, ``forbidden`` if its session is of another
        kind.
        """
        return self.in_force(digest(token), *kinds)

    def in_force(self, hashed: str, *kinds: SessionKind) -> Session:
        """The session of the token with this digest; raises like :meth:`authenticate`."""
        code, *fields = self._scripts.run("touch_session", [self._keys.session(hashed)], now=self._clock.now_ms())
        if code != "ok":
            raise Refusal(Code.UNAUTHENTICATED)
        session = session_from(hashed, json.loads(fields[0]))
        if kinds and session.kind not in kinds:
            if session.kind is SessionKind.CLIENT and not session.taxpayer_id:
                raise Refusal(Code.UNIT_VERIFICATION_REQUIRED)
            raise Refusal(Code.FORBIDDEN, f"This call is for a {' or '.join(kinds)}, and this is a {session.kind}.")
        return session

    def kept(self, token: str) -> Session | None:
        """The session stored under ``token``, in force or not; None if there is none."""
        hashed = digest(token)
        with redis_faults_as_503():
            values: Any = self._redis.hgetall(self._keys.session(hashed))
        return session_from(hashed, values) if values else None

    def lasts_until(self, hashed: str) -> int:
        """When the session of this digest is over unless it is used again, in ms; 0 for one that is gone."""
        with redis_faults_as_503():
            values: Any = self._redis.hmget(self._keys.session(hashed), "expires_at", "last_seen", "idle_ms")
        if not all(values):
            return 0
        expires_at, last_seen, idle = map(int, values)
        return min(expires_at, last_seen + idle) if idle else expires_at

    def of_account(self, account_id: str) -> list[Session]:
        """The account's sessions in force, newest first."""
        _, *found = self._scripts.run(
            "list_sessions",
            [self._keys.account_sessions(account_id)],
            prefix=self._keys.prefix,
            now=self._clock.now_ms(),
        )
        pairs = zip(found[::2], found[1::2], strict=True)
        sessions = [session_from(hashed, json.loads(fields)) for hashed, fields in pairs]
        return sorted(sessions, key=lambda session: session.created_at, reverse=True)

    def end(self, account_id: str, digests: Sequence[str] = (), *, spare: str = "") -> list[str]:
        """End the named sessions, or all of the account except ``spare``; returns the digests of ended sessions."""
        _, *ended = self._scripts.run(
            "end_sessions",
            [self._keys.account_sessions(account_id)],
            prefix=self._keys.prefix,
            digests=json.dumps(list(digests)),
            **{"except": spare},
        )
        for listener in self.on_end:
            listener(ended)
        return list(ended)


def session_from(hashed: str, values: dict[str, str]) -> Session:
    """A session from its fields in Redis under the digest ``hashed``."""
    texts = {name: values[name] for name in _TEXTS if name in values}
    created_at, expires_at, last_seen = (int(values[name]) for name in _NUMBERS)
    kind = SessionKind(values["kind"])
    return Session(hashed, kind, created_at=created_at, expires_at=expires_at, last_seen=last_seen, **texts)
