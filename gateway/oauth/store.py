"""What registered clients have been granted, in Redis: codes, grants, and the pace of polls."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import redis

from gateway.config import Settings
from gateway.foundation.addresses import network_of
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.due import first_due
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503
from gateway.foundation.secrets import digest, random_id
from gateway.oauth.model import USER_CODE_LENGTH, USER_CODE_LETTERS
from gateway.oauth.owed_logouts import OwedLogout
from scan_to_login.protocol import Code

_MINUTE_MS = 60_000
_LOOKED_AT = 100
_SLOW_DOWN_MS = 5_000  # RFC 8628 section 3.5
_PUNCTUAL = 0.9  # of an interval: clients' timers and the network are not exact


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client was granted by one login; all fields are text, as Redis keeps them."""

    client_id: str
    account_id: str
    scope: str
    session: str  # digest of the session that its access token opens
    sid: str  # the login: one in a browser may lead to several grants
    auth_time: str  # seconds
    amr: str
    expires_at: str  # ms
    password_mark: str  # changes with the account's password
    issuer: str  # that its client knows
    access_scope: str  # of its present access token; a refresh may ask for less than was granted
    generation: str = "0"  # of its refresh token


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What an authorization code was given for."""

    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    session: str  # digest of the browser's session
    sid: str
    auth_time: str
    amr: str


class GrantStore:
    """Each change is one script. Every call raises Refusal ``unavailable``."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, settings: Settings, *, slack_ms: int) -> None:
        self._redis = client
        self._scripts = Scripts(client, "gateway.oauth")
        self._keys = keys
        self._clock = clock
        self._settings = settings
        self._slack_ms = slack_ms

    def add_user_code(self, ticket_id: str, seconds: int) -> str:
        """A new user code that stands for the ticket for so long."""
        while True:
            code = "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(USER_CODE_LENGTH))
            with redis_faults_as_503():
                kept = seconds * 1000 + self._slack_ms
                if self._redis.set(self._keys.user_code(code), ticket_id, nx=True, px=kept):
                    return code

    def ticket_of(self, user_code: str, address: str) -> str:
        """The ticket of a user code. Raises ``ticket_not_found``, ``rate_limited``."""
        now = self._clock.now_ms()
        code, ticket_id = self._scripts.run(
            "find_user_code",
            [
                self._keys.user_code(user_code),
                self._keys.limit("guesses", f"{network_of(address)}:{now // _MINUTE_MS}"),
            ],
            guess_limit=self._settings.ticket_guesses_per_address,
        )
        if code == "ok":
            return str(ticket_id)
        if code == Code.RATE_LIMITED:
            raise Refusal(Code.RATE_LIMITED, retry_after=-(-(_MINUTE_MS - now % _MINUTE_MS) // 1000))
        raise Refusal(Code(code))

    def too_soon(self, ticket_id: str, interval: float) -> bool:
        """Whether a device polls sooner than it was told to."""
        answer = self._scripts.run(
            "pace",
            [self._keys.ticket(ticket_id), self._keys.oauth_pace(ticket_id)],
            interval=round(interval * 1000 * _PUNCTUAL),
            more=round(_SLOW_DOWN_MS * _PUNCTUAL),
        )
        return bool(answer[0] == "slow_down")

    def add_code(self, code: str, about: AuthorizationCode, ends_at: int) -> None:
        """Keep a new authorization code; ``ends_at`` (ms) is the end of the browser's session."""
        lifetime = self._settings.oauth_code_seconds * 1000
        key = self._keys.oauth_code(digest(code))
        fields: dict[Any, Any] = {**asdict(about), "expires_at": str(self._clock.now_ms() + lifetime)}
        with redis_faults_as_503(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, mapping=fields)
            # A used code is remembered: who shows it again has stolen it, or was stolen from.
            pipe.pexpire(key, lifetime + self._settings.tickets_tombstone_seconds * 1000 + self._slack_ms)
            pipe.set(self._keys.oauth_browser(about.session), about.sid, px=self._kept_until(ends_at))
            pipe.execute()

    def code(self, code: str) -> AuthorizationCode | None:
        """What a code was given for, used or not; None for an unknown one."""
        with redis_faults_as_503():
            fields: Any = self._redis.hgetall(self._keys.oauth_code(digest(code)))
        return AuthorizationCode(**{n: fields[n] for n in AuthorizationCode.__slots__}) if fields else None

    def spend_code(self, code: str, grant_id: str) -> tuple[str, str]:
        """Take a code: ``ok``, ``gone``, or ``spent`` and the grant that was given for it."""
        answer = self._scripts.run(
            "spend_code",
            [self._keys.oauth_code(digest(code))],
            operation=random_id(),
            now=self._clock.now_ms(),
            grant_id=grant_id,
        )
        return str(answer[0]), str(answer[1]) if len(answer) > 1 else ""

    def open(self, grant_id: str, grant: Grant, look_at: int) -> None:
        """Note a grant; repeated, it changes nothing. ``look_at`` (ms): when it may be over."""
        self._scripts.run(
            "open_grant",
            [
                self._keys.oauth_grant(grant_id),
                self._keys.oauth_session(grant.session),
                self._keys.oauth_sessions_of(grant.sid),
                self._keys.oauth_ends,
            ],
            operation=random_id(),
            grant_id=grant_id,
            fields=json.dumps(asdict(grant)),
            retention=self._retention(grant),
            look_at=look_at,
        )

    def grant(self, grant_id: str) -> Grant | None:
        """A grant in force."""
        kept = self._kept(grant_id)
        return kept if kept and int(kept.expires_at) > self._clock.now_ms() else None

    def first_end(self) -> int | None:
        """When the first grant may be over (ms); None where there is none."""
        return first_due(self._redis, self._keys.oauth_ends)

    def overdue(self) -> list[tuple[str, Grant | None]]:
        """Grants that may be over, with their ids; some at a time. None for what Redis has deleted."""
        with redis_faults_as_503():
            ids: Any = self._redis.zrangebyscore(
                self._keys.oauth_ends, "-inf", self._clock.now_ms(), start=0, num=_LOOKED_AT
            )
        return [(grant_id, self._kept(grant_id)) for grant_id in ids]

    def look_again(self, grant_id: str, at: int) -> None:
        """Look at a grant at the moment ``at`` (ms); 0 for never."""
        with redis_faults_as_503():
            if at:
                self._redis.zadd(self._keys.oauth_ends, {grant_id: at}, xx=True)
            else:
                self._redis.zrem(self._keys.oauth_ends, grant_id)

    def of_session(self, session_digest: str) -> tuple[str, Grant] | None:
        """The grant whose access token opens this session, with its id."""
        with redis_faults_as_503():
            grant_id: Any = self._redis.get(self._keys.oauth_session(session_digest))
        grant = self.grant(grant_id) if grant_id else None
        return (grant_id, grant) if grant and grant.session == session_digest else None

    def of_login(self, sid: str) -> list[tuple[str, Grant]]:
        """The grants in force of one login, with their ids."""
        with redis_faults_as_503():
            ids: Any = self._redis.smembers(self._keys.oauth_sessions_of(sid))
        return [(grant_id, grant) for grant_id in sorted(ids) if (grant := self.grant(grant_id))]

    def rotate(
        self, grant_id: str, grant: Grant, generation: str, session: str, access_scope: str, expires_at: int
    ) -> str:
        """Move a grant to another session: ``ok``, ``gone``, or ``reused`` for an old refresh token."""
        moved = replace(grant, expires_at=str(expires_at))
        answer = self._scripts.run(
            "rotate_grant",
            [self._keys.oauth_grant(grant_id), self._keys.oauth_session(session), self._keys.oauth_ends],
            operation=random_id(),
            now=self._clock.now_ms(),
            grant_id=grant_id,
            generation=generation,
            session=session,
            expires_at=expires_at,
            retention=self._retention(moved),
            access_scope=access_scope,
        )
        return str(answer[0])

    def end(self, grant_id: str, grant: Grant) -> bool:
        """End a grant, and note that its client has to be told; False if it has ended already."""
        owed = OwedLogout(grant.client_id, grant.account_id, grant.sid, grant.issuer, grant_id)
        answer = self._scripts.run(
            "end_grant",
            [
                self._keys.oauth_grant(grant_id),
                self._keys.oauth_session(grant.session),
                self._keys.oauth_sessions_of(grant.sid),
                self._keys.oauth_ends,
                self._keys.oauth_logouts,
            ],
            grant_id=grant_id,
            now=self._clock.now_ms(),
            logout=owed.text,
        )
        return bool(answer[0] == "ok")

    def of_sessions(self, digests: Iterable[str]) -> list[tuple[str, Grant]]:
        """The grants of sessions that have ended, with their ids: those of a browser's login too."""
        found: list[tuple[str, Grant]] = []
        for one in digests:
            with redis_faults_as_503():
                sid: Any = self._redis.get(self._keys.oauth_browser(one))
            own = self.of_session(one)
            found += [*([own] if own else []), *(self.of_login(sid) if sid else [])]
        return found

    def _kept(self, grant_id: str) -> Grant | None:
        with redis_faults_as_503():
            fields: Any = self._redis.hgetall(self._keys.oauth_grant(grant_id))
        return Grant(**{name: fields[name] for name in Grant.__slots__}) if fields else None

    def _retention(self, grant: Grant) -> int:
        # Kept a while longer than the grant lasts, since the gateway still has to tell the client that it ended.
        return self._kept_until(int(grant.expires_at)) + self._settings.tickets_tombstone_seconds * 1000

    def _kept_until(self, moment: int) -> int:
        """Milliseconds that Redis keeps what ends at ``moment``; a moved clock must not find it gone before."""
        return max(moment - self._clock.now_ms(), 1) + self._slack_ms
