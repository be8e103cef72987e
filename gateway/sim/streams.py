"""Waiting on the server's side: looking again whenever a stream has grown, until the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import redis

from gateway.foundation.redis import redis_faults_as_503

# Less than the time-out of one answer of Redis, which would end the wait otherwise.
_SLICE_SECONDS: Final = 1.0

T = TypeVar("T")


class StreamWait:
    """Blocks in Redis until one of some streams has a newer entry; no polling."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def rounds(self, seconds: float, look: Callable[[], tuple[T, dict[Any, Any]]]) -> Iterator[T]:
        """One round at once, and one for each time that a stream grew within ``seconds`` (real time).

        ``look`` answers what to yield, and the streams to wait for with the last id seen in each.
        """
        deadline = time.monotonic() + seconds
        while True:
            with redis_faults_as_503():
                value, streams = look()
                yield value
                while True:
                    left = deadline - time.monotonic()
                    if left <= 0:
                        return
                    if self._redis.xread(streams, count=1, block=max(1, round(min(left, _SLICE_SECONDS) * 1000))):
                        break
