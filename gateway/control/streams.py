"""Waits on the server's side: looks again whenever a stream has grown, until the time-out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import redis

from gateway.foundation import callers
from gateway.foundation.redis.scripts import redis_faults_as_503

# Less than the time-out of one answer of Redis, which would end the wait otherwise; and so long a wait goes on after
# its caller has hung up.
_SLICE_SECONDS: Final = 1.0

T = TypeVar("T")
Look = tuple[T, Mapping[str, str], float | None]


class StreamWait:
    """Blocks in Redis until one of several streams has a newer entry, without polling."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def rounds(self, seconds: float, look: Callable[[], Look[T]]) -> Iterator[T]:
        """One round at once, and one each time a stream has grown within ``seconds`` (real time).

        ``look`` returns the value to yield, the streams to wait for with the last id seen in each, and the real seconds
        after which to look again anyway (None: only after a stream has grown).
        """
        deadline = time.monotonic() + seconds
        while True:
            with redis_faults_as_503():
                value, streams, again = look()
                yield value
                look_at = deadline if again is None else min(deadline, time.monotonic() + again)
                while True:
                    now = time.monotonic()
                    if now >= deadline or callers.gone():
                        return
                    if now >= look_at:
                        break
                    block = max(1, round(min(look_at - now, _SLICE_SECONDS) * 1000))
                    awaited: dict[Any, Any] = dict(streams)
                    if self._redis.xread(awaited, count=1, block=block):
                        break
