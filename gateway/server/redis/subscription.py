"""What a worker hears over its connection to Redis: told in order, one after the other, in a greenlet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.server.greenlet_pool import run_now


class Subscription:
    """Channels, and the callbacks for their messages and for the begin and the end of hearing them."""

    def __init__(
        self, channels: Sequence[str], on_message: Callable[[str], None],
        on_up: Callable[[], None], on_down: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.channels = channels
        self._on_message, self._on_up, self._on_down = on_message, on_up, on_down
        self._news: deque[Callable[[], None]] = deque()
        self._telling = self._ended = False

    def message(self, text: str) -> None:
        """A publication has come."""
        self._tell(lambda: self._on_message(text))

    def up(self) -> None:
        """All channels are heard from now on."""
        self._tell(self._on_up)

    def down(self, why: str) -> None:
        """They are not heard any more."""
        self._tell(lambda: self._on_down(why))

    def end(self) -> None:
        """Tell nothing more."""
        self._ended = True
        self._news.clear()

    def _tell(self, news: Callable[[], None]) -> None:
        if self._ended:
            return
        self._news.append(news)
        if not self._telling:
            self._telling = True
            run_now(self._tell_all)

    def _tell_all(self) -> None:
        while self._news:
            try:
                self._news.popleft()()
            except Exception as error:  # noqa: BLE001 - one bad publication must not end the hearing of all others
                log.error(LogEvent.LISTENER_FAILED, exc_info=error)
        self._telling = False
