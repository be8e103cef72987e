"""The gateway's slot moves in order, as for maintenance: no error, nothing done twice, a subscription that follows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
import redis

from gateway.foundation.redis.connect import connect, elsewhere, subscriber
from gateway.foundation.secrets import random_id
from tests.integration.scale.servers import Cluster, Node, until

KEY = "{pairing}:moved-slot-test"
# With the id of its operation, as the gateway's scripts: the same one gets its stored answer.
COUNT = """
local told = redis.call('HGET', KEYS[1], ARGV[1])
if told then return told end
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
redis.call('HSET', KEYS[1], ARGV[1], number)
return tostring(number)
"""
pytestmark = pytest.mark.slow


@pytest.fixture
def client(cluster: Cluster) -> Iterator[redis.Redis]:
    """A client as the gateway's, on an empty key."""
    made = connect(cluster.url, connections=4, timeout=5, replicas=1)
    made.delete(KEY)
    yield made
    made.close()


def _replica_takes_over(cluster: Cluster, holder: Node) -> None:
    port = int(holder.ask("ROLE")[2][0][1])
    replica = next(node for node in cluster.nodes if node.port == port)
    replica.ask("CLUSTER", "FAILOVER")


def _slot_migrates(cluster: Cluster, holder: Node) -> None:
    if int(holder.ask("INFO", "server").get("valkey_version", "0").partition(".")[0]) < 9:
        pytest.skip("atomic slot migration came with Valkey 9")
    other = next(node for node in cluster.nodes if node is not holder and node.role() == "master")
    slot = holder.ask("CLUSTER", "KEYSLOT", KEY)
    holder.ask("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", other.ask("CLUSTER", "MYID"))


@pytest.mark.parametrize("move", [_replica_takes_over, _slot_migrates])
def test_scripts_go_on_while_the_slot_moves(cluster: Cluster, client: redis.Redis, move: object) -> None:
    """Several threads count one by one: a command that another node refused is repeated, a done one is not."""
    holder = cluster.holder(KEY)
    stop = threading.Event()
    counted: list[int] = []

    def count() -> None:
        while not stop.is_set():
            operation = random_id()
            number = ""
            while not number:
                # Not acknowledged in time: it may have been counted, and is asked for again.
                with suppress(redis.TimeoutError):
                    number = str(client.eval(COUNT, 1, KEY, operation))
            counted.append(int(number))

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    until("it counts", lambda: len(counted) > 20)
    move(cluster, holder)  # type: ignore[operator]
    until("another holds the slot", lambda: cluster.holder(KEY) is not holder)
    before = len(counted)
    until("it goes on counting", lambda: len(counted) > before + 20)
    stop.set()
    for thread in threads:
        thread.join()
    assert sorted(counted) == list(range(1, len(counted) + 1))
    cluster.wait_until_whole()


def test_a_subscription_notices_that_the_primary_is_another(cluster: Cluster) -> None:
    """It would hear nothing and miss nothing: no cut tells it."""
    client = subscriber(cluster.url, silence=1, key=KEY)
    assert client.ping()
    assert not elsewhere(client)
    holder = cluster.holder(KEY)
    _replica_takes_over(cluster, holder)
    until("it notices", lambda: elsewhere(client))
    client.close()
    cluster.wait_until_whole()
