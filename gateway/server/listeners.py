"""Listening sockets."""

from __future__ import annotations

import socket
from typing import Any

import eventlet
import eventlet.greenio
import eventlet.support.greenlets
import eventlet.tpool

from gateway.server.httptools_impl.acceptor import BACKLOG
from scan_to_login.errors import StartupError


def listen(host: str, port: int, *, shared: bool) -> Any:
    """A listening socket without Nagle's delay, which would hold the first push back for 40 ms.

    ``shared`` lets several workers listen on the port. Raises StartupError if the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = eventlet.listen((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
    except (OSError, UnicodeError) as error:  # the latter for a host that can be no name
        raise StartupError("network.port", host=host, port=port, reason=error) from None
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def adopt(descriptor: int) -> Any:
    """The listening socket that this process inherited; its queue outlives the process."""
    return eventlet.greenio.GreenSocket(eventlet.patcher.original("socket").socket(fileno=descriptor))
