"""A Sentinel's set whose primary can be cut off from replicas and Sentinels, while the gateway still reaches it.

In a network of the test's own (``network``) the primary is one host, and replicas and Sentinels are another. A cut
stops what goes between them, in both directions and without a word. Where the kernel refuses such a network, everybody
knows the primary by the address of a forwarder. Replicas and Sentinels connect from an address of their own
(``bind-source-addr``), and a cut drops what comes from there.
"""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress
from pathlib import Path

from tests.integration.scale.network import Network, inside
from tests.integration.scale.servers import HOST, PASSWORD, SERVICE, Node, SentinelSet, free_ports

OTHERS = "127.0.0.2"
_DATA = ("--requirepass", PASSWORD, "--primaryauth", PASSWORD, "--appendonly", "yes", "--save", "", "--hz", "100")
_SYNC = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")


class Forwarder:
    """Forwards bytes to one port; drops those from ``OTHERS`` during a cut."""

    def __init__(self, port: int, target: int) -> None:
        self.cut = False
        self._target = target
        self._listener = socket.create_server((HOST, port))
        self._selector = selectors.DefaultSelector()
        self._peers: dict[socket.socket, tuple[socket.socket, bool]] = {}  # the other end, and whether it is others'
        self._stopped = False
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Pass nothing on any more."""
        self._stopped = True
        self._thread.join(10)
        for one in [*self._peers, self._listener]:
            one.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._stopped:
            for key, _ in self._selector.select(0.05):
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    self._pass_on(key.fileobj)

    def _accept(self) -> None:
        near, address = self._listener.accept()
        others = address[0] == OTHERS
        try:
            far = socket.create_connection((HOST, self._target))
        except OSError:  # it has been stopped
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._peers[one] = (other, others)
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: socket.socket) -> None:
        if one not in self._peers:
            return
        other, others = self._peers[one]
        data = b""
        with suppress(OSError):
            data = one.recv(65536)
        if others and self.cut and data:
            return
        with suppress(OSError):
            if data:
                other.sendall(data)
                return
        for end in (one, other):
            self._selector.unregister(end)
            del self._peers[end]
            end.close()


class PartitionedSet(SentinelSet):
    """A primary, two replicas, three Sentinels; a cut leaves the primary with the gateway alone."""

    def cut(self) -> None:
        """Cut the primary off."""
        raise NotImplementedError

    def primary(self) -> Node:
        """The primary that the Sentinels name."""
        port = int(self.sentinels[0].ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1])
        return next(node for node in self.nodes if node.announced == port)


class SetOnTwoHosts(PartitionedSet):
    """The primary on one host, all others on another."""

    def __init__(self, folder: Path, *, priorities: tuple[int, int] = (100, 100)) -> None:
        self._network = Network(2)
        one, other = self._network.hosts
        first, *ports = free_ports(6)
        self.nodes = [Node(folder, first, *_DATA, *_SYNC, place=one)]
        for port, priority in zip(ports[:2], priorities, strict=True):
            follows = ("--replicaof", f"{one.address} {first}", "--replica-priority", str(priority))
            self.nodes.append(Node(folder, port, *_DATA, *_SYNC, *follows, place=other))
        self.sentinels = [self._watch(folder, port, first, place=other, at=one.address) for port in ports[2:]]
        self.wait_until_whole()

    def cut(self) -> None:
        """Nothing goes from one host to the other any more."""
        self._network.cut()

    def stop(self) -> None:
        """End all processes, and the network."""
        super().stop()
        self._network.stop()


class SetBehindForwarder(PartitionedSet):
    """All on this machine; the primary is known by the forwarder's address."""

    def __init__(self, folder: Path, *, priorities: tuple[int, int] = (100, 100)) -> None:
        announced, hidden, *ports = free_ports(7)
        named = ("--replica-announce-ip", HOST, "--replica-announce-port")
        self.nodes = [Node(folder, hidden, *_DATA, *_SYNC, *named, str(announced))]
        self.nodes[0].announced = announced
        self._forwarder = Forwarder(announced, hidden)
        for port, priority in zip(ports[:2], priorities, strict=True):
            follows = ("--replicaof", f"{HOST} {announced}", "--replica-priority", str(priority))
            self.nodes.append(
                Node(folder, port, *_DATA, *_SYNC, *follows, "--bind-source-addr", OTHERS, *named, str(port))
            )
        self.sentinels = [self._watch(folder, port, announced, "--bind-source-addr", OTHERS) for port in ports[2:]]
        self.wait_until_whole()

    def cut(self) -> None:
        """The forwarder passes nothing on that is not the gateway's."""
        self._forwarder.cut = True

    def stop(self) -> None:
        """End all processes."""
        super().stop()
        self._forwarder.stop()


def partitioned_set(folder: Path, *, priorities: tuple[int, int] = (100, 100)) -> PartitionedSet:
    """A set that can be parted, in whichever way this process can do it."""
    return (SetOnTwoHosts if inside() else SetBehindForwarder)(folder, priorities=priorities)
