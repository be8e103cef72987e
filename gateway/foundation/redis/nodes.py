"""Asks a cluster's nodes or the Sentinels for the primary of the gateway's keys, and for its replicas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

import redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import RedisError
from redis.retry import Retry
from redis.sentinel import Sentinel

from gateway.foundation.redis.address import Address, Deployment

LOOK_SECONDS: Final = 0.5
"""Longest wait for one node that is asked."""


@dataclass(frozen=True, slots=True)
class Replica:
    """A replica that may become the primary. ``priority`` is None in a cluster, where it has no effect."""

    address: Address
    priority: int | None = None

    def __str__(self) -> str:
        return f"{self.address[0]}:{self.address[1]}"


class Nodes(Protocol):
    """The nodes to ask. Both calls raise ConnectionError if no node knows.

    ``fences`` says whether a primary that is cut off from the others stops accepting writes, as a cluster's does.
    """

    fences: bool

    def primary(self) -> Address:
        """The address of the primary."""

    def replicas(self) -> list[Replica]:
        """Its replicas, without those reported as down, which are never promoted."""


def nodes_of(deployment: Deployment, key: str) -> Nodes:
    """The nodes or Sentinels of ``deployment``, asked about the primary that holds ``key``."""
    return _Sentinels(deployment) if deployment.service else _Cluster(deployment, key)


class _Cluster:
    fences = True

    def __init__(self, deployment: Deployment, key: str) -> None:
        self._deployment = deployment
        self._nodes = list(deployment.nodes)
        self._slot = key_slot(key.encode())

    def primary(self) -> Address:
        return self._members()[0]

    def replicas(self) -> list[Replica]:
        return [Replica(address) for address in self._members()[1:]]

    def _members(self) -> list[Address]:
        for node in list(self._nodes):
            options: dict[str, Any] = {**self._deployment.login, **_quick(), "ssl": self._deployment.tls}
            client = redis.Redis(*node, decode_responses=True, **options)
            try:
                ranges: Any = client.execute_command("CLUSTER SLOTS")  # type: ignore[no-untyped-call]
            except RedisError:
                self._nodes.remove(node)
                self._nodes.append(node)  # to be asked last
                continue
            finally:
                client.close()
            for first, last, *members in ranges:
                # A node that does not know its own name is where it was asked.
                known = [(str(member[0] or node[0]), int(member[1])) for member in members]
                self._nodes.extend(other for other in known if other not in self._nodes)
                if first <= self._slot <= last:
                    return known
        raise redis.ConnectionError(f"No node of the cluster says who holds slot {self._slot}.")


class _Sentinels:
    fences = False

    def __init__(self, deployment: Deployment) -> None:
        # The class asks one Sentinel after the other, and believes none that holds its primary to be down.
        options = {**_quick(), "ssl": deployment.tls, "password": deployment.sentinel_password or None}
        self._service = deployment.service
        self._watchers = Sentinel(list(deployment.nodes), sentinel_kwargs=options)  # type: ignore[no-untyped-call]

    def primary(self) -> Address:
        host, port = self._watchers.discover_master(self._service)  # type: ignore[no-untyped-call]
        return str(host), int(port)

    def replicas(self) -> list[Replica]:
        for watcher in self._watchers.sentinels:
            try:
                told: Any = watcher.sentinel_slaves(self._service)
            except RedisError:
                continue
            return [
                Replica((str(one["ip"]), int(one["port"])), int(one["slave-priority"]))
                for one in told
                if not (one["is_sdown"] or one["is_odown"])
            ]
        raise redis.ConnectionError(f"No Sentinel says which replicas {self._service} has.")


def _quick() -> dict[str, Any]:
    return {"socket_timeout": LOOK_SECONDS, "socket_connect_timeout": LOOK_SECONDS, "retry": Retry(NoBackoff(), 0)}
