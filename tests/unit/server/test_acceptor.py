"""The acceptor of connections, asked by the hub at a bad moment."""

from __future__ import annotations

import socket

from gateway.server.httptools_impl.acceptor import Acceptor
from gateway.server.httptools_impl.admission import Admission


def test_a_connection_that_the_hub_saw_before_the_stop_raises_nothing() -> None:
    """The hub reads a signal's byte and a connection in one round: the listener is closed before its turn comes."""
    taken: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        descriptor = listener.fileno()
        acceptor = Acceptor(listener, Admission(10, 0), lambda *_: taken.append("connection"), tls=False)
        acceptor.start()
        acceptor.stop(last=False)
        listener.close()
        acceptor._accept(descriptor)
    assert taken == []
