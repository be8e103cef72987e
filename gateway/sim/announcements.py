"""Telling every worker of the gateway something, and knowing that each has taken it over."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import redis

from gateway.foundation.keys import Keys
from gateway.foundation.logs import log
from gateway.foundation.redis import redis_faults_as_503
from gateway.foundation.secrets import random_id

ACKNOWLEDGED_WITHIN_SECONDS = 2.0


class Announcements:
    """Publishes to all workers; each calls the handler of that kind, and says so."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._redis = client
        self._keys = keys
        self._handlers: dict[str, Callable[[dict[str, Any]], None]] = {}

    def on(self, kind: str, handler: Callable[[dict[str, Any]], None]) -> None:
        """Call ``handler`` with the body of each announcement of ``kind``."""
        self._handlers[kind] = handler

    def announce(self, kind: str, **body: Any) -> None:
        """Tell every worker, this one too, and return when all have taken it over (at most 2 s later)."""
        answers = f"{self._keys.prefix}announced:{random_id()}"
        with redis_faults_as_503():
            message = json.dumps({"kind": kind, "answers": answers, **body})
            workers = int(self._redis.publish(self._keys.all_workers_channel, message))
            for _ in range(workers):
                if self._redis.blpop([answers], timeout=ACKNOWLEDGED_WITHIN_SECONDS) is None:
                    log.warning("a worker did not take over an announcement", kind=kind)
                    break

    def hear(self, message: dict[str, Any]) -> None:
        """Take over one announcement: the push listener calls this."""
        handler = self._handlers.get(message["kind"])
        if handler is not None:
            handler(message)
        with redis_faults_as_503(), self._redis.pipeline() as pipe:
            pipe.lpush(message["answers"], 1)
            pipe.expire(message["answers"], 10)
            pipe.execute()
