"""The targeted tickets that wait for the phones of an account, in Redis."""

from __future__ import annotations

from typing import Any

import redis
from pydantic_core import from_json

from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts, redis_faults_as_503
from gateway.foundation.secrets import digest
from gateway.pairing.lua_rules import PRELUDE, lua_rules
from scan_to_login.protocol import Code


class RequestStore:
    """Lists an account's tickets to its phones, and keeps until when it wants none."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, settings: Settings, *, slack_ms: int) -> None:
        self._redis = client
        self._scripts = Scripts(client, "gateway.pairing", rendered={PRELUDE: lua_rules()})
        self.on_run = self._scripts.on_run  # after a script, which may have written to the audit log
        self._keys = keys
        self._clock = clock
        self._slack_ms = slack_ms
        self._tombstone = settings.tickets_tombstone_seconds * 1000 + slack_ms

    def waiting(self, token: str) -> tuple[int, list[dict[str, Any]]]:
        """The tickets that the phone with ``token`` may open without a scan, newest first.

        Before them: until when its account wants none (ms), or 0. Raises ``unauthenticated``, ``forbidden``.
        """
        code, blocked_until, rows = self._scripts.run(
            "list_requests",
            [self._keys.ticket(""), self._keys.session(digest(token))],
            now=self._clock.now_ms(),
            tombstone=self._tombstone,
        )
        if code != "ok":
            raise Refusal(Code(code))
        return int(blocked_until), from_json(rows)

    def block(self, account_id: str, until: int) -> None:
        """Show phones of this account no new targeted ticket before ``until`` (ms); 0 shows them again."""
        key = self._keys.requests_blocked(account_id)
        with redis_faults_as_503():
            if until:
                self._redis.set(key, until, px=max(1, until - self._clock.now_ms()) + self._slack_ms)
            else:
                self._redis.delete(key)
