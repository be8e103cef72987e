"""Pushes changes of tickets: one channel for each worker, and the ticket in Redis as the truth.

A publication can be lost (Redis restarts, the connection is cut); the state cannot. So after each reconnect, and at
each deadline, the worker reads the present state of every watched ticket again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import redis
from pydantic_core import from_json

from gateway.foundation.background import Loop
from gateway.foundation.clock import Clock, Timers
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.connect import elsewhere, subscriber
from gateway.foundation.telemetry import metrics
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.pairing.store import TicketStore
from scan_to_login.protocol import LIVE_STATES, Code, TicketState

FIRST_BACK_OFF_SECONDS = 0.05
LONGEST_BACK_OFF_SECONDS = 0.5
SILENCE_SECONDS = 1.0
_TICKET_MESSAGE = "t"
_ID_LENGTH = 22

Listener = Callable[[dict[str, Any]], None]


class PushChannel(Protocol):
    """A connection to Redis that receives publications and reconnects by itself."""

    def hear(
        self,
        channels: Sequence[str],
        on_message: Callable[[str], None],
        on_up: Callable[[], None],
        on_down: Callable[[str], None],
    ) -> None:
        """Subscribe from now on; ``on_up`` is called at each subscription, ``on_down`` at each loss."""


class _Watch:
    """The listeners for one ticket on this worker, and the newest version they have seen."""

    __slots__ = ("listeners", "version")

    def __init__(self) -> None:
        self.listeners: dict[str, Listener] = {}
        self.version = 0


class Push:
    """Receives changes of the tickets that this worker watches, and passes each to the ticket's listeners."""

    def __init__(
        self,
        redis_url: str,
        keys: Keys,
        clock: Clock,
        store: TicketStore,
        worker_id: str,
        *,
        channel: PushChannel | None = None,
    ) -> None:
        self.worker_id = worker_id
        self._channel = channel
        self._redis_url = redis_url
        self._keys = keys
        self._clock = clock
        self._store = store
        self._watches: dict[str, _Watch] = {}
        self._timers = Timers(clock, self._look_again, "ticket-deadlines")
        self._unread: set[str] = set()
        self._read_unread_at = 0.0
        self._reader = Loop("push-reader", self._read_soon, every=None)
        self._listener = Loop(
            "push-listener", self._listen, first_pause=FIRST_BACK_OFF_SECONDS, longest_pause=LONGEST_BACK_OFF_SECONDS
        )
        self._subscribed = threading.Event()
        self._began = False
        # Called with the body of each message to this worker that is not of a ticket.
        self.on_message: list[Callable[[dict[str, Any]], None]] = []
        # The simulation may keep Redis away.
        self.redis_is_away: Callable[[], bool] = lambda: False

    def start(self) -> None:
        """Begin to listen."""
        self._timers.start()
        channels = [self._keys.worker_channel(self.worker_id)]
        if self._channel is not None:
            self._channel.hear(channels, self._hear, self._begin, self._lost)
            self._reader.start()
            return
        self._listener.start()

    def stop(self) -> None:
        """Listen no more."""
        self._reader.stop()
        self._listener.stop()
        self._timers.stop()

    def wait_until_listening(self, seconds: float) -> bool:
        """Whether the subscription is ready, within ``seconds``."""
        return self._subscribed.wait(seconds)

    @property
    def listening(self) -> bool:
        """Whether the subscription works now."""
        return self._subscribed.is_set()

    def listen(self, ticket_id: str, who: str, listener: Listener) -> None:
        """Call ``listener`` with each new state of a ticket.

        Call this before reading the ticket, so that no change is missed.
        """
        watch = self._watches.setdefault(ticket_id, _Watch())
        watch.listeners[who] = listener
        metrics.WATCHED.set(len(self._watches))

    def note(self, state: dict[str, Any], who: str = "") -> None:
        """Take over the state that ``who`` has just read; if it is new, tell the other listeners."""
        self._deliver(state, but=who)

    def leave(self, ticket_id: str, who: str) -> None:
        """Stop telling ``who``."""
        watch = self._watches.get(ticket_id)
        if watch is None:
            return
        watch.listeners.pop(who, None)
        if not watch.listeners:
            self._forget(ticket_id)

    def _forget(self, ticket_id: str) -> None:
        self._watches.pop(ticket_id, None)
        self._timers.drop(ticket_id)
        metrics.WATCHED.set(len(self._watches))

    def _set_timer(self, state: dict[str, Any]) -> None:
        if state["state"] in LIVE_STATES:
            self._timers.set(state["ticket_id"], state["expires_at"])
        else:
            self._timers.drop(state["ticket_id"])

    def _deliver(self, state: dict[str, Any], but: str = "") -> None:
        ticket_id = state["ticket_id"]
        watch = self._watches.get(ticket_id)
        if watch is None:
            return
        self._set_timer(state)
        if state["version"] <= watch.version:
            return
        watch.version = state["version"]
        for who, listener in list(watch.listeners.items()):
            if who != but:
                self._tell(listener, state)
        if state["state"] not in LIVE_STATES:
            self._forget(ticket_id)

    def _look_again(self, ticket_id: str) -> None:
        """Read a ticket again, at its deadline or after a lost connection."""
        watch = self._watches.get(ticket_id)
        if watch is None or watch.version == 0:
            return  # no reader has it yet: the next reader gets its present state
        try:
            self._deliver(from_json(self._store.present(ticket_id)))
        except Refusal as refusal:
            if refusal.code is Code.TICKET_NOT_FOUND:
                # Redis came back without it. Whoever waits has to be told that waiting is over.
                self._deliver(
                    {
                        "ticket_id": ticket_id,
                        "state": TicketState.EXPIRED.value,
                        "version": watch.version + 1,
                        "at": self._clock.now_ms(),
                        "reason": "ticket_lost",
                    }
                )
            else:
                self._unread.add(ticket_id)
                self._reader.wake()

    def _read_soon(self) -> None:
        while self._unread and not self._reader.wait(LONGEST_BACK_OFF_SECONDS):
            self._read_unread()

    def _read_unread(self) -> None:
        """Read the tickets for which Redis did not answer.

        Not by the clock's timers, since a frozen clock stops them.
        """
        if not self._unread or time.monotonic() < self._read_unread_at:
            return
        self._read_unread_at = time.monotonic() + LONGEST_BACK_OFF_SECONDS
        unread, self._unread = self._unread, set()
        for ticket_id in unread:
            self._look_again(ticket_id)

    def _tell(self, listener: Listener, message: dict[str, Any]) -> None:
        """Call one listener. If it fails, the other listeners are still told, and the subscription stays."""
        try:
            listener(message)
        except Refusal as refusal:
            log.warning(LogEvent.MESSAGE_REFUSED, code=refusal.code)
        except Exception as error:  # noqa: BLE001 - see above
            log.error(LogEvent.LISTENER_FAILED, exc_info=error)

    def _listen(self) -> None:
        """One subscription, as long as it lasts. Raises the error that ends it."""
        # Its own connection without redis-py's silent reconnects: a lost subscription must be noticed here.
        client = subscriber(self._redis_url, silence=SILENCE_SECONDS, key=self._keys.prefix)
        try:
            with client.pubsub() as subscription:  # type: ignore[no-untyped-call]
                subscription.subscribe(self._keys.worker_channel(self.worker_id))
                while not self._listener.stopping:
                    patience = LONGEST_BACK_OFF_SECONDS if self._unread else SILENCE_SECONDS
                    message = subscription.get_message(timeout=patience)
                    if self.redis_is_away():
                        raise redis.ConnectionError("kept away by the simulation")
                    self._read_unread()
                    if message is None:
                        if elsewhere(client):
                            raise redis.ConnectionError("the primary is another one now")
                        continue
                    if message["type"] == "message":
                        self._hear(message["data"])
                    elif message["type"] == "subscribe":
                        self._listener.well()
                        self._begin()
        except Exception as error:
            if not self._listener.stopping:
                self._lost(str(error))
            raise
        finally:
            client.close()

    def _lost(self, error: str) -> None:
        if self._subscribed.is_set():
            log.warning(LogEvent.PUSH_LOST, error=error)
        self._subscribed.clear()

    def _begin(self) -> None:
        self._subscribed.set()
        if not self._began:
            self._began = True
            return
        metrics.REDIS_RECONNECTS.inc()
        log.info(LogEvent.PUSH_RESTORED, watched=len(self._watches))
        for ticket_id in list(self._watches):
            self._look_again(ticket_id)

    def _hear(self, data: str) -> None:
        if data.startswith(_TICKET_MESSAGE):
            self._deliver(from_json(data[1 + _ID_LENGTH :]))
            return
        for listener in self.on_message:
            self._tell(listener, from_json(data))
