"""redis-py's client with its scripts led over the worker's one channel; everything else goes its way as before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import eventlet
import eventlet.greenio
import eventlet.support.greenlets
import eventlet.tpool
import redis
from redis.exceptions import NoScriptError, RedisError

from gateway.config import Settings
from gateway.foundation.redis.scripts import LuaFile
from gateway.server.redis.multiplexed import Channel


class ChannelledRedis(redis.Redis):
    """redis-py's client, but for scripts: they go over the channel."""

    channel: Channel

    def evaluate(self, file: LuaFile, keys: Sequence[str], values: Sequence[Any]) -> Any:
        """Run a script by its SHA-1; its text is sent where Redis has lost it."""
        call = self.channel.call
        try:
            return call("EVALSHA", file.sha, len(keys), *keys, *values, repeatable=file.repeatable)
        except NoScriptError:
            return call("EVAL", file.text, len(keys), *keys, *values, repeatable=file.repeatable)

    def post(
        self, file: LuaFile, keys: Sequence[str], values: Sequence[Any], on_failure: Callable[[RedisError], None]
    ) -> bool:
        """Run a script without waiting: see ``Channel.post``. Its text is sent once over each connection.

        So a Redis that does not have it yet runs it in its turn, and not after what was sent meanwhile.
        """
        known = self.channel.scripts
        script = ("EVALSHA", file.sha) if file.sha in known else ("EVAL", file.text)
        sent = self.channel.post(*script, len(keys), *keys, *values, on_failure=on_failure)
        if sent:
            known.add(file.sha)
        return sent

    def when_connected(self, function: Callable[[], None]) -> None:
        """See ``Channel.when_connected``."""
        self.channel.when_connected(function)

    def close(self) -> None:
        """Close the channel and the pool."""
        self.channel.close()
        super().close()


def channelled(client: redis.Redis, url: str, timeout: float) -> redis.Redis:
    """``client`` with a channel, where ``url`` is of one plain server; else as it is."""
    if type(client) is not redis.Redis or not url.startswith(("redis://", "unix://")):
        return client
    return _with(client, Channel(url, timeout))


def beside(client: redis.Redis, other: redis.Redis) -> redis.Redis:
    """``client`` with the channel of ``other``, where that has one: what both ask is carried out in one order."""
    return _with(client, other.channel) if isinstance(other, ChannelledRedis) else client


def _with(client: redis.Redis, channel: Channel) -> ChannelledRedis:
    made = ChannelledRedis(connection_pool=client.connection_pool)
    made.channel = channel
    return made


def fast_redis(client: redis.Redis, settings: Settings) -> redis.Redis:
    """``client`` with its scripts and publications over one connection.

    Only in a process that serves: the connection lives in the hub.
    """
    if not eventlet.patcher.is_monkey_patched("socket"):
        return client
    return channelled(client, settings.redis_url.get_secret_value(), settings.redis_timeout_seconds)


def same_line(client: redis.Redis, other: redis.Redis) -> redis.Redis:
    """``client`` with its scripts over the connection of ``other``, where that has one of ``fast_redis``."""
    return beside(client, other)
