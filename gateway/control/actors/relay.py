"""Passes calls on to the process that holds the phones and clients of this gateway (``gateway.server.actor_process``).

The gateway has checked who calls; the other process checks what is asked, and answers it.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
from pathlib import Path
from typing import Final
from urllib.parse import quote

from flask import Request

from gateway.control.middleware import CONTROL_PATH
from gateway.foundation.errors import Refusal
from gateway.http.origins.public_address import PublicAddress
from gateway.http.routes import Raw
from scan_to_login.actor_wire.calls import LONGEST_WAIT_SECONDS, ORIGINS_HEADER
from scan_to_login.protocol import Code
from scan_to_login.qr_payload import QrRefused, origin_of

ANSWER_SECONDS: Final = LONGEST_WAIT_SECONDS + 30.0
_PASSED_ON: Final = ("Content-Type", "Authorization")
GONE: Final = "The process that holds phones and clients has ended; another one takes over, without those it held."


class ActorRelay:
    """Calls over the Unix socket ``address``; empty where nobody serves it. ``marker`` exists while a process runs."""

    def __init__(self, public: PublicAddress, address: str) -> None:
        self._public = public
        self._address = address
        self._marker = Path(f"{address}.pid")

    def pass_on(self, request: Request) -> Raw:
        """The other process's answer to this request. Raises ``unavailable``."""
        headers = {name: value for name in _PASSED_ON if (value := request.headers.get(name))}
        headers[ORIGINS_HEADER] = " ".join(self._origins(request))
        path = quote(request.path.removeprefix(CONTROL_PATH))
        query = request.query_string.decode("ascii", "replace")
        data = request.get_data(cache=False)
        answer, body = self._ask(request.method, f"{path}?{query}" if query else path, data, headers)
        return Raw(body, answer.getheader("Content-Type", "") if body else "", status=answer.status)

    def start_over(self) -> None:
        """Remove all phones and clients; no process is started for it."""
        if self._address and self._marker.exists():
            with contextlib.suppress(Refusal):  # they went with their process
                for path in ("/phones", "/clients"):
                    self._ask("DELETE", path, b"", {})

    def _origins(self, request: Request) -> list[str]:
        """The addresses in the QRs of this gateway that its own phones do not call."""
        origins = []
        for url in (self._public.fixed, request.host_url):
            with contextlib.suppress(QrRefused):
                if url:
                    origins.append(origin_of(url))
        return origins

    def _ask(
        self, method: str, target: str, data: bytes, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        with contextlib.closing(_Connection(self._address)) as connection:
            try:
                connection.request(method, target, data, {"Connection": "close", **headers})
                answer = connection.getresponse()
                return answer, answer.read()
            except (OSError, http.client.HTTPException):
                raise Refusal(Code.UNAVAILABLE, GONE, retry_after=1) from None


class _Connection(http.client.HTTPConnection):
    def __init__(self, address: str) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self._address = address

    def connect(self) -> None:
        """Over the Unix socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._address)
