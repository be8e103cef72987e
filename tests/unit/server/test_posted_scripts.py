"""Scripts that are sent and not waited for, at a real Redis: they run in the order in which they are sent."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import redis

from gateway.foundation.redis.scripts import LuaFile
from gateway.server.redis.client import ChannelledRedis, channelled
from gateway.server.redis.private import PrivateRedis
from tests.unit.server.lines import eventlet
from tests.unit.server.resp3 import SOON, asked, connected

pytestmark = pytest.mark.usefixtures("redis_hub")


def test_a_posted_script_that_redis_has_not_yet_runs_before_what_is_sent_after_it(tmp_path: Path) -> None:
    """Also after a restart of Redis, which forgets all scripts."""
    text = "redis.call('RPUSH', KEYS[1], ARGV[1])"
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    file = LuaFile("add", text, digest, ("list",), ("entry",), repeatable=False)
    failures: list[Exception] = []
    server = PrivateRedis(tmp_path)
    server.start()
    other = redis.Redis.from_url(server.url)
    client = channelled(other, server.url, SOON)
    assert isinstance(client, ChannelledRedis)
    try:
        for number in range(2):
            connected(client.channel)
            client.channel.call("DEL", "list")
            assert client.post(file, ["list"], ["posted"], failures.append)
            client.channel.call("EVAL", f"{text} -- {number}", 1, "list", "called")
            assert client.channel.call("LRANGE", "list", 0, -1) == ["posted", "called"]
            lost = client.channel.call("CLIENT", "ID")
            other.script_flush()
            other.client_kill_filter(_id=lost)
            with eventlet.Timeout(SOON):
                while asked(client.channel, ("CLIENT", "ID"))[0] == lost:
                    eventlet.sleep(0.01)
    finally:
        client.close()
        server.stop()
    assert failures == []
