"""Whether a connection to Redis still answers, seen by one timer of the hub: there is none while nothing is due."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from eventlet.hubs import get_hub

from gateway.server.redis.replies import Replies

# A network may lose a connection without a word: after so long without a byte Redis is asked.
SILENCE_SECONDS: Final = 1.0
NEVER: Final = float("inf")


class Watch:
    """Looks at one connection when the first reply that is to come is overdue, or after ``silence`` seconds."""

    __slots__ = ("_ask", "_lost", "_replies", "_silence", "_timer", "at", "heard_at")

    def __init__(self, replies: Replies, silence: float, ask: Callable[[], None], lost: Callable[[], None]) -> None:
        """``ask`` is called in a silence, and must make a reply due; ``lost`` for a reply that is overdue."""
        self._replies = replies
        self._silence = silence
        self._ask, self._lost = ask, lost
        self._timer: Any = None
        self.at = NEVER  # the moment of the next look
        self.heard_at = 0.0

    def begin(self) -> None:
        """The connection is ready: silence counts from now on."""
        self.heard_at = time.monotonic()
        if self._silence < NEVER:
            self.by(self.heard_at + self._silence)

    def by(self, moment: float) -> None:
        """Look at this moment, which is before the one of the next look."""
        self.end()
        self.at = moment
        self._timer = get_hub().schedule_call_global(max(0.0, moment - time.monotonic()), self._look)

    def end(self) -> None:
        """Look no more."""
        timer, self._timer, self.at = self._timer, None, NEVER
        if timer is not None:
            timer.cancel()

    def _look(self) -> None:
        self._timer, self.at = None, NEVER
        now = time.monotonic()
        if self._replies.overdue(now):
            self._lost()
            return
        if not self._replies and now >= self.heard_at + self._silence:
            self._ask()
        due = self._replies.first_deadline or self.heard_at + self._silence
        if due < self.at:
            self.by(due)
