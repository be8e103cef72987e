"""Telling every worker of the gateway something, and knowing that each has taken it over.

On a channel and a connection of its own: the control plane goes on while it keeps the product's Redis away.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, Final

import redis

from gateway.foundation.background import Loop
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import random_id
from gateway.foundation.telemetry.logs import log

ACKNOWLEDGED_WITHIN_SECONDS: Final = 2.0
_SILENCE_SECONDS: Final = 1.0
_BACK_OFF_SECONDS: Final = 0.2


class Broadcast:
    """Publishes to all workers; each calls the handler of that kind, and says so."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._redis = client
        self.channel = f"{keys.prefix}simulation"
        self._prefix = keys.prefix
        self._handlers: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._catch_up: list[Callable[[], None]] = []
        self._loop = Loop("announcements", self._listen, first_pause=_BACK_OFF_SECONDS)
        self._subscribed = threading.Event()

    def on(self, kind: str, handler: Callable[[dict[str, Any]], None]) -> None:
        """Call ``handler`` with the body of each announcement of ``kind``."""
        self._handlers[kind] = handler

    def on_subscribed(self, catch_up: Callable[[], None]) -> None:
        """Call ``catch_up`` once announcements are heard, and after every time that they were not."""
        self._catch_up.append(catch_up)

    def start(self, within_seconds: float) -> None:
        """Begin to listen; returns once it does, or after ``within_seconds``."""
        self._loop.start()
        self._subscribed.wait(within_seconds)

    def stop(self) -> None:
        """Listen no more."""
        self._loop.stop()

    def announce(self, kind: str, **body: Any) -> None:
        """Tell every worker, this one too, and return when all have taken it over (at most 2 s later)."""
        answers = self.new_answers()
        with redis_faults_as_503():
            message = json.dumps({"kind": kind, "answers": answers, **body})
            workers = int(self._redis.publish(self.channel, message))
        self.await_answers(answers, workers, kind)

    def new_answers(self) -> str:
        """A key under which workers say that they have taken an announcement over."""
        return f"{self._prefix}announced:{random_id()}"

    def await_answers(self, answers: str, workers: int, kind: str) -> None:
        """Wait for as many answers as there are workers that heard an announcement."""
        with redis_faults_as_503():
            for _ in range(workers):
                if self._redis.blpop([answers], timeout=ACKNOWLEDGED_WITHIN_SECONDS) is None:
                    log.warning("a worker did not take over an announcement", kind=kind)
                    break

    def _listen(self) -> None:
        """One subscription, for as long as it stands. Raises what ends it."""
        with self._redis.pubsub() as subscription:  # type: ignore[no-untyped-call]
            subscription.subscribe(self.channel)
            while not self._loop.stopping:
                message = subscription.get_message(timeout=_SILENCE_SECONDS)
                if message is None:
                    continue
                if message["type"] == "message":
                    self._hear(json.loads(message["data"]))
                elif message["type"] == "subscribe":
                    for catch_up in self._catch_up:
                        catch_up()
                    self._loop.well()
                    self._subscribed.set()

    def _hear(self, message: dict[str, Any]) -> None:
        handler = self._handlers.get(message["kind"])
        if handler is not None:
            handler(message)
        with self._redis.pipeline() as pipe:
            pipe.lpush(message["answers"], 1)
            pipe.expire(message["answers"], 10)
            pipe.execute()
