"""Redis unreachable, for the product alone: its connections are refused while the control plane keeps its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis
from redis.exceptions import ConnectionError as Unreachable

SENTENCE = "Redis is unreachable by a fault of the simulation."


def make_breakable(client: redis.Redis, is_away: Callable[[], bool]) -> None:
    """From now on ``client`` gets no connection while ``is_away``."""
    pool = client.connection_pool
    take = pool.get_connection

    def get_connection(*arguments: Any, **options: Any) -> Any:
        if is_away():
            raise Unreachable(SENTENCE)
        return take(*arguments, **options)

    pool.get_connection = get_connection  # type: ignore[method-assign]
    channel = getattr(client, "channel", None)
    if channel is not None:
        channel.is_away = is_away
