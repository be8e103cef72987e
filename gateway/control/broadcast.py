"""Sends an announcement to every worker, and waits until all have applied it.

It has its own channel and connection: the control plane keeps working while a fault cuts off the product's Redis.
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
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log

ACKNOWLEDGED_WITHIN_SECONDS: Final = 2.0
_SILENCE_SECONDS: Final = 30.0  # only to see whether it has to stop
_BACK_OFF_SECONDS: Final = 0.2


class Broadcast:
    """Publishes to all workers; each calls the handler of the announcement's kind and acknowledges."""

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
        """Call ``catch_up`` when the subscription is ready, and again after each interruption."""
        self._catch_up.append(catch_up)

    def start(self, within_seconds: float) -> None:
        """Begin to listen; returns when the subscription is ready, or after ``within_seconds``."""
        self._loop.start()
        self._subscribed.wait(within_seconds)

    def stop(self) -> None:
        """Stop listening."""
        self._loop.stop()

    def announce(self, kind: str, **body: Any) -> None:
        """Tell every worker, this one too; returns when all have applied it (after at most 2 s)."""
        answers = self.new_answers()
        with redis_faults_as_503():
            message = json.dumps({"kind": kind, "answers": answers, **body})
            workers = int(self._redis.publish(self.channel, message))
        self.await_answers(answers, workers, kind)

    def new_answers(self) -> str:
        """A key under which workers acknowledge an announcement."""
        return f"{self._prefix}announced:{random_id()}"

    def await_answers(self, answers: str, workers: int, kind: str) -> None:
        """Wait for as many acknowledgements as workers received the announcement."""
        with redis_faults_as_503():
            for _ in range(workers):
                if self._redis.blpop([answers], timeout=ACKNOWLEDGED_WITHIN_SECONDS) is None:
                    log.warning(LogEvent.MESSAGE_REFUSED, kind=kind)
                    break

    def _listen(self) -> None:
        """One subscription, as long as it lasts. Raises the error that ends it."""
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
