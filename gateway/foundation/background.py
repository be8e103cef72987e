"""Background loops that cannot end unnoticed (SECURITY.md 40).

A failing round is logged once for each episode with its reason, counted, and tried again after a pause that grows up to
a limit. The first good round ends the episode, and that is logged too. ``/readyz`` asks ``failing``.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from redis.exceptions import RedisError

from gateway.foundation.errors import Refusal
from gateway.foundation.telemetry import metrics
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.foundation.telemetry.masking import masked_text
from scan_to_login.errors import StartupError

FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 5.0
# Errors of servers outside the gateway: the sentence is enough, and a traceback would hide it.
_EXPECTED: Final = (OSError, RedisError, Refusal, StartupError)

_running: set[Loop] = set()


class Loop:
    """Calls ``work`` again and again in a thread of its own until ``stop``.

    ``every`` is the pause in seconds after a good round, None for one until ``wake`` is called; ``wake`` also ends a
    shorter one. After a failed round the pause begins at ``first_pause`` and doubles up to ``longest_pause`` seconds.
    A round that lasts (a subscription) calls ``well`` itself once it works. With ``last_round`` one more round follows
    ``stop``. ``spawn`` starts it in another way than in a thread.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        *,
        every: float | None = 0.0,
        first_pause: float = FIRST_PAUSE_SECONDS,
        longest_pause: float = LONGEST_PAUSE_SECONDS,
        last_round: bool = False,
        spawn: Callable[[Callable[[], None]], object] | None = None,
    ) -> None:
        self.name = name
        self._work = work
        self._every = every
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._next_pause = first_pause
        self._last_round = last_round
        self._spawn = spawn
        self._stopped = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing_since: float | None = None
        self._failures = 0
        self._reason = ""

    @property
    def stopping(self) -> bool:
        """Whether ``stop`` was called."""
        return self._stopped.is_set()

    def start(self) -> None:
        """Begin, in a daemon thread (a greenlet under the server)."""
        _running.add(self)
        if self._spawn is not None:
            self._spawn(self._run)
            return
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self, within: float = 0.0) -> None:
        """Begin no further round, and wait up to ``within`` seconds for the present one."""
        self._stopped.set()
        self._woken.set()
        if within and self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(within)

    def wait(self, seconds: float) -> bool:
        """Pause within a round; True as soon as the loop has to stop."""
        return self._stopped.wait(seconds)

    def wake(self) -> None:
        """There is work: end the present ``sleep``, or the next one at once."""
        self._woken.set()

    def sleep(self, seconds: float | None) -> bool:
        """End a good round: pause until ``wake``, for so many seconds at most; True as soon as the loop has to stop."""
        self.well()
        if not self.stopping:
            self._woken.wait(seconds)
        self._woken.clear()
        return self.stopping

    def well(self) -> None:
        """The present round works: end the episode of failures, if there is one."""
        if self._failing_since is None:
            return
        seconds, failures = time.monotonic() - self._failing_since, self._failures
        self._failing_since, self._failures, self._reason = None, 0, ""
        self._next_pause = self._first_pause
        _say(log.warning, LogEvent.LOOP_RECOVERED, loop=self.name, failures=failures, seconds=round(seconds, 1))

    def round(self) -> None:
        """One round and the pause after it. Raises nothing that ``work`` raises."""
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next round may work
            if not self.stopping:
                self._failed(error)
        else:
            if self._every == 0:
                self.well()
            else:
                self.sleep(self._every)

    def why_failing(self, longer_than: float) -> str:
        """A sentence if it has failed for more than ``longer_than`` seconds, or has ended; else empty."""
        since = self._failing_since
        if since is None or time.monotonic() - since <= longer_than:
            return ""
        return f"{self.name} has failed for {time.monotonic() - since:.0f} s ({self._reason})"

    def _run(self) -> None:
        try:
            while not self.stopping:
                self.round()
            if self._last_round:
                self.round()
        finally:
            if self.stopping:
                _running.discard(self)
            else:
                self._failing_since = float("-inf")  # no round follows: it stays on the list for ever
                self._reason = "it has ended"
                _say(log.error, LogEvent.LOOP_ENDED, loop=self.name)

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        self._reason = masked_text(reason_of(error))
        with contextlib.suppress(Exception):
            metrics.BACKGROUND_FAILURES.labels(self.name).inc()
        if self._failing_since is None:
            self._failing_since = time.monotonic()
            trace: dict[str, Any] = {} if isinstance(error, _EXPECTED) else {"exc_info": error}
            _say(log.error, LogEvent.LOOP_FAILING, loop=self.name, reason=self._reason, **trace)
        pause, self._next_pause = self._next_pause, min(2 * self._next_pause, self._longest_pause)
        self._stopped.wait(pause)


def failing(longer_than: float) -> list[str]:
    """A sentence for each loop of this process that has failed for more than ``longer_than`` seconds."""
    return [why for loop in sorted(_running, key=lambda loop: loop.name) if (why := loop.why_failing(longer_than))]


def reason_of(error: Exception) -> str:
    """Kind and text of an error in one line."""
    text = " ".join((error.detail if isinstance(error, Refusal) and error.detail else str(error)).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _say(write: Callable[..., object], event: LogEvent, **words: Any) -> None:
    """Log. If the log cannot be written (full disk), the loop continues."""
    with contextlib.suppress(Exception):
        write(event, **words)
