"""The one clock. Every deadline of the gateway uses it, so that a test can move them all."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from gateway.foundation.background import Loop
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log

_EPOCH = date(1970, 1, 1).toordinal()
_STALE_KEPT = 1000


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How this clock differs from the machine's: moved by ``offset_ms``, or standing at ``frozen_ms``."""

    offset_ms: int = 0
    frozen_ms: int | None = None


class Clock:
    """Milliseconds since 1970, movable.

    The simulation's control plane stores the setting of all workers in Redis; a worker applies it by :meth:`apply`.
    Listeners are called after each change, so that sleeping timers look again.
    """

    def __init__(self, setting: ClockSetting | None = None) -> None:
        self._setting = setting or ClockSetting()
        self._listeners: list[Callable[[], None]] = []

    @property
    def setting(self) -> ClockSetting:
        """The present setting."""
        return self._setting

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        if self._setting.frozen_ms is not None:
            return self._setting.frozen_ms
        return time.time_ns() // 1_000_000 + self._setting.offset_ms

    def now(self) -> datetime:
        """The same as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def today(self) -> date:
        """The date in China (UTC+8); the tax office's dates are in that time zone."""
        return date.fromordinal(_EPOCH + (self.now_ms() + 8 * 3_600_000) // 86_400_000)

    def apply(self, setting: ClockSetting) -> None:
        """Apply a setting and wake all code that waits for a deadline."""
        self._setting = setting
        for listener in list(self._listeners):
            listener()

    def advanced(self, milliseconds: int) -> ClockSetting:
        """The setting that this clock would have ``milliseconds`` later; nothing is changed."""
        now = self._setting
        frozen = None if now.frozen_ms is None else now.frozen_ms + milliseconds
        return ClockSetting(now.offset_ms + milliseconds, frozen)

    def set_to(self, now_ms: int, *, frozen: bool) -> ClockSetting:
        """The setting under which it is ``now_ms``; standing still if ``frozen``; nothing is changed."""
        return ClockSetting(now_ms - time.time_ns() // 1_000_000, now_ms if frozen else None)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each change of the setting."""
        self._listeners.append(listener)

    def real_seconds_until(self, deadline_ms: int) -> float | None:
        """Real seconds to sleep until a deadline of this clock; None while the clock stands still."""
        if self._setting.frozen_ms is not None and deadline_ms > self._setting.frozen_ms:
            return None
        return max(0.0, (deadline_ms - self.now_ms()) / 1000)


class Timers:
    """Calls a function with each key whose deadline has passed on the clock.

    One thread (a greenlet under the server) and one heap serve any number of keys. Setting a key again replaces its
    deadline. The heap is cleaned when more than half of it is dropped or replaced.
    """

    def __init__(self, clock: Clock, fire: Callable[[str], None], name: str) -> None:
        self._clock = clock
        self._fire = fire
        self._deadlines: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []
        self._changed = threading.Condition(threading.Lock())
        self._loop = Loop(name, self._fire_next)
        clock.on_change(self._wake)

    def start(self) -> None:
        """Begin to fire."""
        self._loop.start()

    def stop(self) -> None:
        """Fire no more."""
        self._loop.stop()
        self._wake()

    def set(self, key: str, deadline_ms: int) -> None:
        """Fire for ``key`` once the clock reads ``deadline_ms`` or later."""
        with self._changed:
            if self._deadlines.get(key) == deadline_ms:
                return
            self._deadlines[key] = deadline_ms
            if len(self._heap) > 2 * len(self._deadlines) + _STALE_KEPT:
                self._heap = [(deadline, name) for name, deadline in list(self._deadlines.items())]
                heapq.heapify(self._heap)
            else:
                heapq.heappush(self._heap, (deadline_ms, key))
            if self._heap[0][1] == key:
                self._changed.notify_all()

    def drop(self, key: str) -> None:
        """Forget ``key``."""
        self._deadlines.pop(key, None)

    def __len__(self) -> int:
        return len(self._deadlines)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _fire_next(self) -> None:
        """Fire for one key that is due, or sleep until one is."""
        # It holds the lock from the look at the heap until it sleeps, so that no change is missed.
        with self._changed:
            key, seconds = self._next()
            if key is None:
                if not self._loop.stopping:
                    self._changed.wait(seconds)
                return
        try:
            self._fire(key)
        except Exception as error:  # noqa: BLE001 - one key's fault must not hold up the timers of all others
            log.error(LogEvent.TIMER_FAILED, key=key, exc_info=error)

    def _next(self) -> tuple[str | None, float | None]:
        """A key that is due; or none, and the real seconds until the next one, None for no need to look again."""
        while self._heap:
            deadline, key = self._heap[0]
            if self._deadlines.get(key) != deadline:
                heapq.heappop(self._heap)  # dropped, or set to another deadline since
            elif deadline <= self._clock.now_ms():
                heapq.heappop(self._heap)
                del self._deadlines[key]
                return key, None
            else:
                seconds = self._clock.real_seconds_until(deadline)
                # Deadlines within 5 ms of each other are one wake-up.
                return None, None if seconds is None else seconds + 0.005
        return None, None
