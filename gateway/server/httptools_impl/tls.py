"""TLS on a connection: OpenSSL on memory buffers between socket and parser, without a greenlet."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable

from gateway.server.connection import LONGEST_BACKLOG, Connection
from scan_to_login.errors import StartupError

_HANDSHAKE_RECORD = 0x16  # the first byte of TLS (RFC 8446 section 5.1)
_RECORD_BYTES = 16_384  # the most that one record holds
_ADVICE = "This port speaks HTTPS: use https:// instead of http://.\n此端口使用 HTTPS：请把 http:// 改为 https://。\n".encode()
_USE_HTTPS = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(_ADVICE), _ADVICE)
)


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """The TLS context of a server: TLS 1.2 or newer, HTTP/1.1, no renegotiation, no compression.

    ``certificate`` and ``key`` are paths of PEM files. Raises StartupError if the gateway cannot use them.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_alpn_protocols(["http/1.1"])
    try:
        # OpenSSL would ask for the passphrase of an encrypted key at the terminal.
        context.load_cert_chain(certificate, key or None, password="")
    except (OSError, ValueError) as error:
        raise StartupError("tls.unusable", certificate=certificate, reason=error) from None
    return context


class TlsWire(Connection):
    """A wire whose peer speaks TLS: ``on_data`` gets plain bytes, and ``write`` takes plain bytes.

    It has no deadline for the handshake: the HTTP connection has one for its first request.
    """

    __slots__ = ("_begun", "_early", "_from_peer", "_shaken", "_tls", "_to_peer")

    def __init__(
        self, sock: socket.socket, on_data: Callable[[bytes], None], on_lost: Callable[[], None],
        context: ssl.SSLContext,
    ) -> None:  # fmt: skip
        self._from_peer, self._to_peer = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = context.wrap_bio(self._from_peer, self._to_peer, server_side=True)
        self._begun = self._shaken = False
        self._early = b""  # what was written before the handshake was over
        super().__init__(sock, on_data, on_lost)

    def write(self, data: bytes) -> None:
        """Encrypt and send ``data``; during the handshake it is stored, up to the longest backlog."""
        if self._tls is None or not data or not self.open:
            return
        if self._shaken:
            try:
                self._tls.write(data)
            except ssl.SSLError:
                self.cut()
            else:
                self._flush()
        elif len(self._early) + len(data) > LONGEST_BACKLOG:
            self.cut()
        else:
            self._early += data

    def close(self) -> None:
        """Send close_notify, and close after the written data are sent."""
        self._notify()
        super().close()

    def end(self) -> None:
        """Send close_notify, and close when the peer does."""
        self._notify()
        super().end()

    def cut(self) -> None:
        """Close now."""
        self._tls = None
        super().cut()

    def _notify(self) -> None:
        if self._tls is not None and self._shaken and self.open:
            with contextlib.suppress(ssl.SSLError):  # it wants the peer's close_notify too, and nobody waits for that
                self._tls.unwrap()
            self._flush()

    def _flush(self) -> None:
        if self._to_peer.pending:
            super().write(self._to_peer.read())

    def _received(self, data: bytes) -> None:
        if self._tls is None or self._closing:
            return  # the last word has been said: what comes now is not decrypted
        if not self._begun:
            self._begun = True
            if data[0] != _HANDSHAKE_RECORD:
                self._turn_away(data)
                return
        self._from_peer.write(data)
        if not self._shaken and not self._shake(self._tls):
            return
        while (piece := self._decrypted()) and self._tls is not None:
            self.on_data(piece)

    def _turn_away(self, data: bytes) -> None:
        """The peer does not speak TLS: if it may speak HTTP, tell it to use https."""
        if data[:1].isalpha():
            super().write(_USE_HTTPS)
            super().end()
        else:
            self.cut()

    def _shake(self, tls: ssl.SSLObject) -> bool:
        """Continue the handshake; whether it has succeeded."""
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return False
        except ssl.SSLError:
            self._flush()  # the alert that says why
            super().end()
            return False
        self._flush()
        self._shaken = True
        early, self._early = self._early, b""
        self.write(early)
        return True

    def _decrypted(self) -> bytes:
        """The content of one record; empty if more bytes have to come first, or the connection has ended."""
        if self._tls is None or self._closing:
            return b""
        if not (self._from_peer.pending or self._tls.pending()):
            self._flush()
            return b""  # dearer to be told by an exception
        try:
            data = self._tls.read(_RECORD_BYTES)
        except ssl.SSLWantReadError:
            self._flush()  # the answer to a change of keys
            return b""
        except ssl.SSLError:
            data = b""
            self._flush()
        if not data:
            self._notify()  # the peer has said its last word, or broken TLS
            self.cut()
        return data
