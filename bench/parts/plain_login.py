"""A whole login by requests and python-socketio alone, as a test without our classes would write it."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Any, Self

import pyotp
import requests
import socketio

from scan_to_login.http_client import TIME_HEADER
from scan_to_login.protocol import API_PREFIX, EVENT_REQUEST, EVENT_STATE, NAMESPACE, TicketState
from scan_to_login.testing import LiveGateway

SECONDS = 10.0  # for each answer
CLIENT = {"name": "plain", "version": "1", "device": "plain"}
DEVICE = {"name": "plain", "model": "plain"}


class PlainLogin:
    """A phone that is logged in, and clients that connect anew: the calls of ``scan_to_login``, and nothing else."""

    def __init__(self, gateway: LiveGateway, alias: str, unit: str) -> None:
        self._gateway = gateway
        self._verification = f"/units/{gateway.unit(unit).taxpayer_id}/verification"
        self._phone, self._desktop = requests.Session(), requests.Session()
        for session in (self._phone, self._desktop):
            session.trust_env = False
        wish = {"identifier": gateway.account(alias).phone, "password": gateway.password_of(alias), "device": DEVICE}
        enrolled = self._answer(self._phone, "POST", "/app/sessions", wish).json()
        self._phone.headers["Authorization"] = f"Bearer {enrolled['access_token']}"
        self._secret = pyotp.TOTP(enrolled["otp_secret"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._phone.close()
        self._desktop.close()

    def once(self) -> float:
        """Seconds of one login. Raises HTTPError where it is refused, SocketIOError, RuntimeError without a push."""
        self._gateway.control.clock.advance(30)  # a fresh one-time code
        now = int(self._answer(self._phone, "GET", "/app/session").headers[TIME_HEADER]) // 1000
        confirmed = threading.Event()

        def heard(body: dict[str, Any]) -> None:
            if body["state"] == TicketState.CONFIRMED:
                confirmed.set()

        client = socketio.Client(reconnection=False, handle_sigint=False)
        client.on(EVENT_STATE, heard, namespace=NAMESPACE)
        began = time.perf_counter()
        try:
            client.connect(self._gateway.url, transports=["websocket"], namespaces=[NAMESPACE])
            ticket = client.call(EVENT_REQUEST, {"client": CLIENT}, namespace=NAMESPACE)
            path = f"/tickets/{ticket['ticket_id']}"
            self._answer(self._phone, "POST", f"{path}/scan", {})
            self._answer(self._phone, "POST", f"{path}/confirm", {"otp": self._secret.at(now)})
            if not confirmed.wait(SECONDS):
                raise RuntimeError("The client was not told that its ticket is confirmed.")
            secret = {"Authorization": f"Ticket {ticket['claim_secret']}", "Idempotency-Key": ticket["ticket_id"]}
            token = self._answer(self._desktop, "POST", f"{path}/claim", headers=secret).json()["access_token"]
            bearer = {"Authorization": f"Bearer {token}"}
            self._answer(self._desktop, "POST", self._verification, {}, bearer)
            return time.perf_counter() - began
        finally:
            client.disconnect()

    def _answer(
        self, session: requests.Session, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        url = f"{self._gateway.url}{API_PREFIX}{path}"
        answer = session.request(method, url, json=body, headers=headers, timeout=SECONDS)
        answer.raise_for_status()
        return answer
