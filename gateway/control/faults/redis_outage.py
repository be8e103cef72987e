"""Redis unreachable for the product only: control plane and journal keep using the same connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import redis
from redis.exceptions import ConnectionError as Unreachable

from gateway.foundation.background import Loop

SENTENCE: Final = "Redis is unreachable by a fault of the simulation."
_LOOK_SECONDS: Final = 0.1


class Outage:
    """Cuts the product off from Redis as long as ``is_away`` returns True."""

    def __init__(self, is_away: Callable[[], bool]) -> None:
        self.is_away = is_away
        self._lines: list[_Line] = []
        self._loop: Loop | None = None  # while it lasts

    def make_breakable(self, client: redis.Redis) -> None:
        """From now on ``client`` has no connection during an outage."""
        pool = client.connection_pool
        take = pool.get_connection

        def get_connection(*arguments: Any, **options: Any) -> Any:
            self.check()
            return take(*arguments, **options)

        pool.get_connection = get_connection  # type: ignore[method-assign]
        if hasattr(client, "channel"):
            client.channel = _Line(client.channel, self)
            self._lines.append(client.channel)

    def check(self) -> None:
        """Raise the error that redis-py raises for an unreachable server, during an outage."""
        if self.is_away():
            raise Unreachable(SENTENCE)

    def look(self) -> None:
        """Call this after the faults have changed: it tells subscribers of the beginning and the end of an outage."""
        if self.is_away() and self._loop is None:
            for line in self._lines:
                line.begin()
            self._loop = loop = Loop("redis-outage", lambda: self._look_for_end(loop), every=_LOOK_SECONDS)
            loop.start()

    def _look_for_end(self, loop: Loop) -> None:
        # Until it is removed, or the movable gateway clock has passed its end.
        if self.is_away() and self._loop is loop:
            return
        if self._loop is loop:
            self._loop = None
        for line in self._lines:
            line.end()
        loop.stop()


class _Line:
    """A channel (``gateway.server.redis.multiplexed``) as the product sees it."""

    def __init__(self, channel: Any, outage: Outage) -> None:
        self._channel = channel
        self._outage = outage
        self._hears = False
        self._on_up: Callable[[], None] = lambda: None
        self._on_down: Callable[[str], None] = lambda _why: None

    def call(self, *command: Any, repeatable: bool = False) -> Any:
        """Send one command and wait for its reply."""
        self._outage.check()
        return self._channel.call(*command, repeatable=repeatable)

    def hear(
        self,
        channels: Sequence[str],
        on_message: Callable[[str], None],
        on_up: Callable[[], None],
        on_down: Callable[[str], None],
    ) -> None:
        """Subscribe from now on. Publications during an outage are lost."""
        self._on_up, self._on_down = on_up, on_down
        away = self._outage.is_away
        self._channel.hear(channels, lambda text: None if away() else on_message(text), self._up, self._down)

    def begin(self) -> None:
        """The outage begins."""
        self._on_down(SENTENCE)

    def end(self) -> None:
        """The outage ends; Redis itself may still be unreachable."""
        if self._hears and not self._outage.is_away():
            self._on_up()

    def _up(self) -> None:
        self._hears = True
        self.end()

    def _down(self, why: str) -> None:
        self._hears = False
        self._on_down(why)

    def close(self) -> None:
        """Close the connection for good."""
        self._channel.close()
