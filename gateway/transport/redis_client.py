"""redis-py's client with its scripts led over the worker's one channel; everything else goes its way as before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import redis
from redis.exceptions import NoScriptError

from gateway.transport.redis_channel import Channel


class ChannelledRedis(redis.Redis):
    """redis-py's client, but for scripts: they go over the channel."""

    channel: Channel

    def evaluate(self, sha: str, text: str, keys: Sequence[str], values: Sequence[Any], *, repeatable: bool) -> Any:
        """Run a script by its SHA-1; its text is sent where Redis has lost it."""
        call = self.channel.call
        try:
            return call("EVALSHA", sha, len(keys), *keys, *values, repeatable=repeatable)
        except NoScriptError:
            return call("EVAL", text, len(keys), *keys, *values, repeatable=repeatable)

    def close(self) -> None:
        """Close the channel and the pool."""
        self.channel.close()
        super().close()


def channelled(client: redis.Redis, url: str, timeout: float) -> redis.Redis:
    """``client`` with a channel, where ``url`` is of one plain server; else as it is."""
    if type(client) is not redis.Redis or not url.startswith(("redis://", "unix://")):
        return client
    made = ChannelledRedis(connection_pool=client.connection_pool)
    made.channel = Channel(url, timeout)
    return made
