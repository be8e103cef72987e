"""Connections to a gateway byte by byte, over plain TCP or over TLS."""

from __future__ import annotations

import os
import socket
import ssl
from urllib.parse import urlsplit


def trusting() -> ssl.SSLContext:
    """A context that trusts the certificate of the gateway under test, and no other."""
    return ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])


def connect(url: str, timeout: float = 10) -> socket.socket:
    """A connection to the gateway at ``url``; for https with the handshake done."""
    parts = urlsplit(url)
    line = socket.create_connection((str(parts.hostname), parts.port or 80), timeout=timeout)
    if parts.scheme == "http":
        return line
    try:
        return trusting().wrap_socket(line, server_hostname=parts.hostname)
    except BaseException:
        line.close()
        raise


def exchange(url: str, request: bytes) -> bytes:
    """Send raw bytes; returns all bytes until the gateway closes."""
    with connect(url) as connection:
        connection.sendall(request)
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except (TimeoutError, ConnectionResetError, ssl.SSLEOFError):
            pass
        return received
