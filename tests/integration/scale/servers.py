"""Real Redis servers on this machine: a cluster of three primaries with a replica each, and a Sentinel's set.

Both are made of the program that the gateway's private Redis is, with short time-outs, and end with the tests.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from gateway.server.redis.server_program import find_server
from scan_to_login.processes import start

HOST = "127.0.0.1"
NODE_TIMEOUT_MS = 600
WITHIN_SECONDS = 20.0
SERVICE = "pairing"
PASSWORD = "only-for-tests"


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a server: its address, and the command that starts a program there."""

    address: str
    enter: tuple[str, ...] = ()


HERE = Place(HOST)


def free_ports(count: int) -> list[int]:
    """Ports that are free at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def until(what: str, holds: Callable[[], object], seconds: float = WITHIN_SECONDS) -> None:
    """Ask a server again and again until it says so: none of them tells by itself."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(redis.RedisError):
            if holds():
                return
        time.sleep(0.01)
    raise AssertionError(f"within {seconds:.0f} s: {what}")


class Node:
    """One server process."""

    def __init__(self, folder: Path, port: int, *options: str, place: Place = HERE) -> None:
        self.place = place
        self.folder = folder / str(port)
        self.folder.mkdir()
        self.port = port
        self.announced = port
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, or start it again with its kept data."""
        place = ("--port", str(self.port), "--bind", self.place.address, "--dir", str(self.folder))
        with (self.folder / "log").open("ab") as log:
            self._process = start(
                [*self.place.enter, find_server(), *self._options, *place],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until(f"{self.port} answers", lambda: self.ask("PING"))

    def ask(self, *command: str | int, password: str = PASSWORD) -> Any:
        """One command to this very node."""
        client = redis.Redis(
            self.place.address,
            self.port,
            password=password or None,
            decode_responses=True,
            socket_timeout=1,
            retry=Retry(NoBackoff(), 0),
        )
        with closing(client):
            return client.execute_command(*command)  # type: ignore[no-untyped-call]

    def role(self) -> str:
        """`master` or `slave`."""
        return str(self.ask("ROLE")[0])

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Stop it: its connections stay, without answers."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Have it go on."""
        self._send(signal.SIGCONT)

    def stop(self) -> None:
        """End it."""
        self._end(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()


class SentinelNode(Node):
    """One Sentinel; it asks for no password."""

    def ask(self, *command: str | int, password: str = "") -> Any:
        """One command to this Sentinel."""
        return super().ask(*command, password=password)


_DATA = ("--requirepass", PASSWORD, "--primaryauth", PASSWORD, "--appendonly", "yes", "--save", "", "--hz", "100")
_SYNC = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")


class Cluster:
    """Three primaries and a replica of each."""

    def __init__(self, folder: Path) -> None:
        ports = free_ports(12)
        self.nodes = [
            Node(
                folder, port, *_DATA, *_SYNC, "--cluster-enabled", "yes", "--cluster-port", str(bus),
                "--cluster-node-timeout", str(NODE_TIMEOUT_MS), "--cluster-config-file", "nodes.conf",
                "--cluster-replica-validity-factor", "0",
            )
            for port, bus in zip(ports[:6], ports[6:], strict=True)
        ]  # fmt: skip
        self._form(dict(zip(ports[:6], ports[6:], strict=True)))

    @property
    def url(self) -> str:
        """For the gateway; two of the nodes are enough to find the others."""
        return f"redis+cluster://:{PASSWORD}@{HOST}:{self.nodes[1].port},{HOST}:{self.nodes[5].port}"

    def holder(self, key: str) -> Node:
        """The primary that holds a key."""
        slot = int(self._first().ask("CLUSTER", "KEYSLOT", key))
        for first, last, primary, *_ in self._first().ask("CLUSTER", "SLOTS"):
            if first <= slot <= last:
                return next(node for node in self.nodes if node.port == primary[1])
        raise AssertionError(f"nobody holds {slot}")

    def wait_until_whole(self) -> None:
        """Every node is there, and every primary has its replica."""
        until("the cluster is whole", self._whole)

    def stop(self) -> None:
        """End all nodes."""
        for node in self.nodes:
            node.stop()

    def _first(self) -> Node:
        for node in self.nodes:
            with suppress(redis.RedisError):
                node.ask("PING")
                return node
        raise AssertionError("no node answers")

    def _form(self, buses: dict[int, int]) -> None:
        for number, node in enumerate(self.nodes[:3]):
            first = number * 16384 // 3
            node.ask("CLUSTER", "ADDSLOTSRANGE", first, (number + 1) * 16384 // 3 - 1)
        for number, node in enumerate(self.nodes):
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in self.nodes[1:]:
            node.ask("CLUSTER", "MEET", HOST, self.nodes[0].port, buses[self.nodes[0].port])
        until("all have met", lambda: all(self._knows(node) == 6 for node in self.nodes))
        for replica, primary in zip(self.nodes[3:], self.nodes[:3], strict=True):
            identifier = primary.ask("CLUSTER", "MYID")
            until("it is a replica", partial(replica.ask, "CLUSTER", "REPLICATE", identifier))
        self.wait_until_whole()

    def _knows(self, node: Node) -> int:
        return int(_pairs_of(node.ask("CLUSTER", "INFO"))["cluster_known_nodes"])

    def _whole(self) -> bool:
        for node in self.nodes:
            if _pairs_of(node.ask("CLUSTER", "INFO"))["cluster_state"] != "ok":
                return False
        held = [primary for primary in self.nodes if primary.role() == "master"]
        return len(held) == 3 and all(_replicas_of(node) == 1 for node in held)


def _pairs_of(lines: Any) -> dict[str, str]:
    return dict(line.split(":", 1) for line in str(lines).splitlines() if ":" in line)


def _replicas_of(node: Node) -> int:
    told: dict[str, Any] = node.ask("INFO", "replication")
    return sum(1 for number in range(2) if told.get(f"slave{number}", {}).get("state") == "online")


class SentinelSet:
    """A primary, two replicas, and three Sentinels that watch them."""

    def __init__(self, folder: Path) -> None:
        ports = free_ports(6)
        self.nodes = [Node(folder, ports[0], *_DATA, *_SYNC)]
        self.nodes += [Node(folder, port, *_DATA, *_SYNC, "--replicaof", f"{HOST} {ports[0]}") for port in ports[1:3]]
        self.sentinels = [self._watch(folder, port, ports[0]) for port in ports[3:]]
        self.wait_until_whole()

    @property
    def url(self) -> str:
        """For the gateway."""
        watchers = ",".join(f"{sentinel.place.address}:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://:{PASSWORD}@{watchers}/{SERVICE}/0"

    def primary(self) -> Node:
        """The primary that the Sentinels name."""
        port = int(self.sentinels[0].ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1])
        return next(node for node in self.nodes if node.port == port)

    def wait_until_whole(self) -> None:
        """Both replicas follow the primary, and the Sentinels know all of it and each other."""
        until("the set is whole", self._whole)

    def stop(self) -> None:
        """End all processes."""
        for node in [*self.sentinels, *self.nodes]:
            node.stop()

    def _watch(self, folder: Path, port: int, primary: int, *options: str, place: Place = HERE, at: str = HOST) -> Node:
        """A Sentinel in ``place`` that watches the primary at the address ``at``."""
        file = folder / f"sentinel-{port}.conf"
        file.write_text(
            f"sentinel monitor {SERVICE} {at} {primary} 2\n"
            f"sentinel auth-pass {SERVICE} {PASSWORD}\n"
            f"sentinel down-after-milliseconds {SERVICE} 500\n"
            f"sentinel failover-timeout {SERVICE} 3000\n"
            f"sentinel parallel-syncs {SERVICE} 2\n"
            f"sentinel announce-ip {place.address}\n"
        )
        return SentinelNode(folder, port, str(file), "--sentinel", *options, place=place)

    def _whole(self) -> bool:
        if _replicas_of(self.primary()) != 2:
            return False
        for sentinel in self.sentinels:
            told: dict[str, Any] = sentinel.ask("SENTINEL", "MASTER", SERVICE)
            if (int(told["num-slaves"]), int(told["num-other-sentinels"])) != (2, 2) or "down" in str(told["flags"]):
                return False
        return True
