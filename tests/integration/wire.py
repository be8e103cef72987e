"""Both sides of the wire by hand, as a stranger would write them: requests, websocket-client and pyotp alone."""

from __future__ import annotations

import contextlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import pyotp
import requests
import websocket

from scan_to_login.testing.wire import TIMEOUT, Answer
from scan_to_login.testing.wire import Wire as BareWire

__all__ = ["TIMEOUT", "Answer"]

CLIENT = {"name": "扣缴客户端", "version": "3.1.200", "device": "PC-CAIWU-7"}
DEVICE = {"name": "小明的手机", "model": "X1"}
PASSWORD = "Demo-2019"
STEP_SECONDS = 30


class Wire(BareWire):
    """The same with a client's tickets and a phone's logins."""

    def ticket(self, replaces: dict[str, Any] | None = None) -> Ticket:
        """A new ticket over REST."""
        body = {"client": CLIENT}
        if replaces:
            body["replaces"] = {name: replaces[name] for name in ("ticket_id", "claim_secret")}
        answer = self.call("POST", "/tickets", json=body)
        assert answer.status == 201, answer.body
        return Ticket(self, answer.body)

    def phone(self, login: str = "agent") -> Phone:
        """A phone that is logged in."""
        answer = self.call("POST", "/app/sessions", json={"identifier": login, "password": PASSWORD, "device": DEVICE})
        assert answer.status == 201, answer.body
        return Phone(self, answer.body)

    def now_ms(self) -> int:
        """The gateway's clock."""
        return int(self.call("GET", "/healthz").headers["x-gateway-time"])

    def advance(self, seconds: float) -> None:
        """Move the gateway's clock."""
        assert self.call("POST", "/sim/v1/clock/advance", json={"seconds": seconds}).status == 200


@dataclass
class Ticket:
    """A ticket as its client holds it."""

    wire: Wire
    issued: dict[str, Any]

    @property
    def id(self) -> str:
        """The public id."""
        return str(self.issued["ticket_id"])

    @property
    def secret(self) -> str:
        """The client's own secret."""
        return str(self.issued["claim_secret"])

    def claim(self, secret: str = "", key: str = "") -> Answer:
        """Claim it."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.wire.call("POST", f"/tickets/{self.id}/claim", f"Ticket {secret or self.secret}", headers=headers)

    def poll(self, secret: str = "", *, timeout: float = TIMEOUT, **query: float) -> Answer:
        """Read it."""
        return self.wire.call(
            "GET", f"/tickets/{self.id}", f"Ticket {secret or self.secret}", timeout=timeout, params=query
        )

    def cancel(self, secret: str = "") -> Answer:
        """Cancel it."""
        return self.wire.call("DELETE", f"/tickets/{self.id}", f"Ticket {secret or self.secret}")


@dataclass
class Phone:
    """A phone as its app holds it."""

    wire: Wire
    login: dict[str, Any]
    last_step: int = 0

    @property
    def token(self) -> str:
        """The Authorization header's value."""
        return f"Bearer {self.login['access_token']}"

    def otp(self, *, lasting: bool = False) -> str:
        """An unused code, of the step before or this one; a ``lasting`` one is of this: good for 30 s at least."""
        step = max(self.wire.now_ms() // 1000 // STEP_SECONDS - (not lasting), self.last_step + 1)
        self.last_step = step
        return str(pyotp.TOTP(self.login["otp_secret"]).generate_otp(step))

    def scan(self, ticket_id: str, **options: Any) -> Answer:
        """Scan."""
        return self.wire.call("POST", f"/tickets/{ticket_id}/scan", self.token, **options)

    def confirm(self, ticket_id: str, otp: str = "", **options: Any) -> Answer:
        """Confirm, with a fresh code by default."""
        body = {"otp": otp or self.otp(), **options.pop("body", {})}
        return self.wire.call("POST", f"/tickets/{ticket_id}/confirm", self.token, json=body, **options)

    def reject(self, ticket_id: str) -> Answer:
        """Reject."""
        return self.wire.call("POST", f"/tickets/{ticket_id}/reject", self.token)

    def approve(self, ticket_id: str) -> None:
        """Scan and confirm."""
        assert self.scan(ticket_id).status == 200
        confirmed = self.confirm(ticket_id)
        assert confirmed.status == 200, confirmed.body


class Socket:
    """A Socket.IO client of the namespace ``/pairing``, packet by packet."""

    def __init__(self, url: str, *, join: bool = True, timeout: float = TIMEOUT, **headers: str) -> None:
        self.connection = websocket.create_connection(
            url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket",
            timeout=timeout,
            header=headers,
            suppress_origin=True,
        )
        self.events: deque[tuple[str, Any]] = deque()
        self._calls = 0
        try:
            self._welcomed("0{")
            if join:
                self.send("40/pairing,")
                self._welcomed("40/pairing,{")
        except BaseException:
            self.connection.shutdown()
            raise

    @property
    def port(self) -> int:
        """The port on this side."""
        return int(self.connection.sock.getsockname()[1])

    def send(self, packet: str) -> None:
        """Send one Engine.IO packet as it is."""
        self.connection.send(packet)

    def call(self, event: str, *arguments: Any) -> Any:
        """Emit and wait for the acknowledgement; events that come before it are kept."""
        self._calls += 1
        self.send(f"42/pairing,{self._calls}{json.dumps([event, *arguments])}")
        start = f"43/pairing,{self._calls}["
        while True:
            packet = self._receive()
            if packet.startswith(start):
                return json.loads(packet[len(start) - 1 :])[0]
            self._keep(packet)

    def event(self) -> dict[str, Any]:
        """The next ``ticket_state``."""
        while not self.events:
            self._keep(self._receive())
        name, body = self.events.popleft()
        assert name == "ticket_state"
        return dict(body)

    def until(self, state: str) -> dict[str, Any]:
        """The next event with this state."""
        while True:
            event = self.event()
            if event["state"] == state:
                return event

    def request(self, replaces: dict[str, Any] | None = None) -> dict[str, Any]:
        """Request a ticket."""
        body: dict[str, Any] = {"client": CLIENT}
        if replaces:
            body["replaces"] = {name: replaces[name] for name in ("ticket_id", "claim_secret")}
        return dict(self.call("request_ticket", body))

    def resume(self, issued: dict[str, Any]) -> dict[str, Any]:
        """Resume a ticket here."""
        return dict(self.call("resume_ticket", {name: issued[name] for name in ("ticket_id", "claim_secret")}))

    def ended(self, within: float = TIMEOUT) -> bool:
        """True if the gateway closes the connection, after any bytes."""
        self.connection.settimeout(within)
        try:
            while self.connection.recv_data()[0] != websocket.ABNF.OPCODE_CLOSE:
                pass
        except TimeoutError:
            return False
        except websocket.WebSocketTimeoutException:
            return False
        except (OSError, websocket.WebSocketException):
            return True
        return True

    def close(self) -> None:
        """Leave."""
        with contextlib.suppress(OSError, websocket.WebSocketException):
            self.connection.close(timeout=0)
        self.connection.shutdown()

    def _welcomed(self, beginning: str) -> None:
        packet = self._receive()
        assert packet.startswith(beginning), packet

    def _receive(self) -> str:
        end = time.monotonic() + float(self.connection.gettimeout())
        while True:
            packet = self.connection.recv()
            if not packet:
                raise ConnectionError("the gateway has closed the connection")
            if packet != "2":
                return str(packet)
            if time.monotonic() > end:  # pings alone must not keep it waiting for ever
                raise TimeoutError("nothing but pings")
            self.send("3")

    def _keep(self, packet: str) -> None:
        assert packet.startswith("42/pairing,"), packet
        name, body = json.loads(packet.removeprefix("42/pairing,"))
        self.events.append((name, body))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


def together(calls: list[Callable[[], Any]], threads: int = 50) -> list[Any]:
    """All calls at once, in so many threads; their answers in order."""
    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def eventually(check: Callable[[], Any], within: float = TIMEOUT) -> Any:
    """The first true answer of ``check``, asked again and again as other processes come and go."""
    end = time.monotonic() + within
    while True:
        with contextlib.suppress(OSError, requests.RequestException):
            if found := check():
                return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} seconds")
        time.sleep(0.02)


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail where the body takes longer."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took <= seconds, f"{took:.2f} s"
