"""The replies of one connection to Redis (RESP3), each handed to the call that it is of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import hiredis
from eventlet.hubs import get_hub
from redis._parsers.base import BaseParser
from redis.exceptions import RedisError

from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.server.greenlet_pool import run_now

_MESSAGE_PARTS = 3  # "message", the channel, the text
_INCOMPLETE = object()  # what the parser answers where it needs more bytes; False would be a RESP3 boolean


class OutOfStep(Exception):  # noqa: N818 - it ends a connection, and is told as a ConnectionError
    """Redis has said what nobody can place: from here on each reply might be another call's."""


class Call:
    """A command whose reply is to come: a greenlet waits for it, or it was posted, or nobody cares."""

    __slots__ = ("deadline", "on_failure", "to_confirm", "waiter")

    def __init__(
        self, waiter: Any, deadline: float, on_failure: Callable[[RedisError], None] | None = None, to_confirm: int = 0
    ) -> None:
        """``to_confirm`` is how many channels a subscription has: Redis confirms each, and replies to none."""
        self.waiter, self.deadline, self.on_failure, self.to_confirm = waiter, deadline, on_failure, to_confirm

    def answer(self, reply: Any) -> None:
        """Hand the reply over; from the hub."""
        waiter = self.waiter
        if waiter is not None and not waiter.dead:
            try:
                waiter.switch(reply)
            except Exception as error:  # noqa: BLE001 - it was the greenlet's last: the others still get their replies
                log.error(LogEvent.FAULT, exc_info=error)
        elif self.on_failure is not None and isinstance(reply, Exception):
            run_now(self.on_failure, reply)


class Replies:
    """Made anew for each connection, so that no reply of one reaches a call of the next."""

    def __init__(self, on_message: Callable[[str], None], on_subscribed: Callable[[], None]) -> None:
        """``on_message`` gets the text of each publication; ``on_subscribed`` follows a subscription's last channel."""
        self._on_message = on_message
        self._on_subscribed = on_subscribed
        # Bytes that are no UTF-8 are replaced: an error would leave it open whose reply it was.
        self._reader = hiredis.Reader(
            encoding="utf-8", errors="replace", replyError=BaseParser.parse_error, notEnoughData=_INCOMPLETE
        )
        self._calls: deque[Call] = deque()
        self._over = False

    def __bool__(self) -> bool:
        """Whether any reply is to come."""
        return bool(self._calls)

    def expect(self, call: Call) -> None:
        """The reply after those that are expected already is for ``call``."""
        self._calls.append(call)

    @property
    def first_deadline(self) -> float | None:
        """When the first of them should have come; None where none is to come."""
        return self._calls[0].deadline if self._calls else None

    def overdue(self, now: float) -> bool:
        """Whether the first of them should have come by now."""
        return bool(self._calls) and now >= self._calls[0].deadline

    def feed(self, data: bytes) -> None:
        """Take bytes, and hand over what is whole. Raises OutOfStep, and hiredis's own errors for what is no RESP3."""
        self._reader.feed(data)
        # Who gets a reply runs at once, and may end the connection: the rest is nobody's then.
        while not self._over and (reply := self._reader.gets()) is not _INCOMPLETE:
            if isinstance(reply, hiredis.PushNotification):
                self._pushed(reply)
            else:
                self._next_call(reply).answer(reply)

    def end(self, error: RedisError) -> None:
        """The connection is over: every waiting call gets ``error`` in the hub's next turn."""
        self._over = True
        while self._calls:
            get_hub().schedule_call_global(0, self._calls.popleft().answer, error)

    def _next_call(self, reply: Any) -> Call:
        if not self._calls:
            raise OutOfStep("a reply that nobody waits for")
        call = self._calls.popleft()
        if call.to_confirm:
            said = str(reply) if isinstance(reply, Exception) else "another reply came"
            raise OutOfStep(f"the subscription was not confirmed: {said}")
        return call

    def _pushed(self, push: list[Any]) -> None:
        kind = push[0] if push else None
        if kind == "message" and len(push) == _MESSAGE_PARTS:
            self._on_message(push[2])
        elif kind == "subscribe":
            if not (self._calls and self._calls[0].to_confirm):
                raise OutOfStep("a subscription was confirmed that nobody asked for")
            self._calls[0].to_confirm -= 1
            if not self._calls[0].to_confirm:
                self._calls.popleft()
                self._on_subscribed()
