"""A server that speaks RESP3 bytes as a test wants them, under the hub, and the channel that is connected to it."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from gateway.server.redis.multiplexed import Channel
from tests.unit.server.lines import eventlet

GREETING = b"%1\r\n$5\r\nproto\r\n:3\r\n"
PUSH = b">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n"
SUBSCRIBED = b">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"
SOON = 10.0  # seconds, far more than anything here takes


class Client:
    """The channel's end of one connection, seen from the server."""

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self._file = sock.makefile("rb")

    def command(self) -> list[bytes]:
        """The next command; EOFError at the connection's end."""
        try:
            head = self._file.readline()
            if not head:
                raise EOFError
            assert head[:1] == b"*", head
            words = []
            for _ in range(int(head[1:])):
                length = int(self._file.readline()[1:])
                words.append(self._file.read(length + 2)[:-2])
        except OSError:
            raise EOFError from None
        return words

    def greet(self) -> None:
        """Answer HELLO and SELECT."""
        assert self.command()[0] == b"HELLO"
        self.send(GREETING)
        assert self.command()[0] == b"SELECT"
        self.send(b"+OK\r\n")

    def send(self, *pieces: bytes) -> None:
        """Send each piece by itself: the channel has read it once this goes on."""
        for piece in pieces:
            self.sock.sendall(piece)
            eventlet.sleep(0)
            eventlet.sleep(0)

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(2)
        self._file.close()
        self.sock.close()


class Resp3Server:
    """Listens on a Unix socket; ``serve`` is called for each connection, with its number, in a greenlet."""

    def __init__(self, serve: Callable[[Client, int], None], timeout: float = SOON) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="resp3-")
        path = str(Path(self._folder.name) / "s")
        self._listener = eventlet.listen(path, family=1)
        self._serve = serve
        self.connections = 0
        self.clients: list[Client] = []
        self.errors: list[BaseException] = []
        self.channel = Channel(f"unix://{path}", timeout)
        self._accepting = eventlet.spawn(self._accept)

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            self.connections += 1
            client = Client(sock)
            self.clients.append(client)
            eventlet.spawn(self._one, client, self.connections)

    def _one(self, client: Client, number: int) -> None:
        try:
            self._serve(client, number)
        except EOFError:
            pass
        except BaseException as error:  # noqa: BLE001 - the test tells it
            self.errors.append(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.channel.close()
        self._accepting.kill()
        self._listener.close()
        for client in self.clients:
            client.close()
        self._folder.cleanup()
        assert not self.errors, self.errors


def connected(channel: Channel) -> None:
    """Wait for a connection: waiting calls wake in no order, and their commands are sent in that order."""
    there = eventlet.Event()
    channel.when_connected(lambda: there.send(None))
    with eventlet.Timeout(SOON):
        there.wait()


def asked(channel: Channel, *commands: tuple[Any, ...], repeatable: bool = False) -> list[Any]:
    """The reply or error of each call, all made at once by greenlets."""

    def one(command: tuple[Any, ...]) -> Any:
        try:
            return channel.call(*command, repeatable=repeatable)
        except Exception as error:  # noqa: BLE001 - it is what is asked for
            return error

    if len(commands) > 1:
        connected(channel)
    waiting = [eventlet.spawn(one, command) for command in commands]
    with eventlet.Timeout(SOON):
        return [each.wait() for each in waiting]


def replying(*pieces: bytes, commands: int) -> Callable[[Client, int], None]:
    """A server that waits for so many commands, and then sends the pieces."""

    def serve(client: Client, _number: int) -> None:
        client.greet()
        for _ in range(commands):
            client.command()
        client.send(*pieces)
        client.command()

    return serve


def same(left: Any, right: Any) -> bool:
    """Equal, with errors compared by kind and text."""
    return (type(left), str(left)) == (type(right), str(right))


def pieces_of(data: bytes, *offsets: int) -> list[bytes]:
    """``data`` cut there."""
    ends = [0, *sorted(offsets), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(ends) if end > start]


def replies_to(*pieces: bytes, count: int) -> list[Any]:
    """The replies to ``count`` calls made at once."""
    with Resp3Server(replying(*pieces, commands=count)) as server:
        return asked(server.channel, *(("GET", number) for number in range(count)))
