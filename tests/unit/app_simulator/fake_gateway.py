"""A gateway of the phone's size: the few calls a phone makes, a clock that stands where a test puts it, cut lines."""

from __future__ import annotations

import io
import json
import socket
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import pyotp
import pytest
import qrcode
from PIL import Image

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from scan_to_login.qr_payload import login_qr

TICKET = "AAAAAAAAAAAAAAAAAAAAAA"
OTHER_TICKET = "BBBBBBBBBBBBBBBBBBBBBB"
NOON = 1_795_435_200_000  # milliseconds, the start of a time step
STEP = NOON // 30_000


def qr_image(text: str, *, box: int = 8, border: int = 4) -> Image.Image:
    """A QR code in black on white, ``box`` pixels a module."""
    code = qrcode.QRCode(box_size=box, border=border)
    code.add_data(text)
    return code.make_image().get_image().convert("RGB")


def png(image: Image.Image) -> bytes:
    """The bytes of a PNG file."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


Answer = tuple[int, dict[str, Any] | bytes | None]


@dataclass
class FakeGateway:
    """Tickets scanned and confirmed by the rules of DESIGN.md section 3, in a dictionary."""

    url: str = ""
    now_ms: int = NOON + 15_000
    password: str = "Demo-2019"
    number_matching: str = "show"
    states: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)  # token → one-time secret
    last_steps: dict[str, int] = field(default_factory=dict)
    calls: list[tuple[str, str, Any, str | None]] = field(default_factory=list)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    due: list[Answer] = field(default_factory=list)  # answers to the next logins
    cut_before: int = 0
    cut_after: int = 0

    def bodies(self, path_end: str) -> list[Any]:
        """The bodies sent to the paths that end so."""
        return [body for _, path, body, _ in self.calls if path.endswith(path_end)]

    def answer(self, method: str, path: str, body: Any, token: str | None) -> Answer:
        path = path.removeprefix("/api/v1")
        if (scripted := self.answers.get((method, path))) is not None:
            return scripted
        if (method, path) == ("POST", "/app/sessions"):
            return self.due.pop(0) if self.due else self._login(body)
        if token not in self.secrets:
            return problem(401, "unauthenticated")
        if path == "/app/session":
            if method == "DELETE":
                del self.secrets[token]
                return 204, None
            device = {"device_id": f"device-{token}", "name": "Pixel", "model": "app-simulator"}
            return 200, {"account": ACCOUNT, "device": device, "created_at": NOON, "expires_at": NOON + 3_600_000}
        parts = path.split("/")
        if parts[1] == "tickets":
            return self._act(parts[2], parts[3], body, token)
        return problem(404, "not_found")

    def _login(self, body: Any) -> Answer:
        if body["password"] != self.password:
            return problem(401, "invalid_credentials")
        token = f"token-{len(self.calls)}"
        self.secrets[token] = pyotp.random_base32()
        return 201, {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "device_id": f"device-{token}",
            "otp_secret": self.secrets[token],
            "account": ACCOUNT,
            "server_time": self.now_ms,
        }

    def _act(self, ticket_id: str, action: str, body: Any, token: str) -> Answer:
        state = self.states.setdefault(ticket_id, "pending")
        stands = {"ticket_id": ticket_id, "version": 2, "expires_in": 60, "expires_at": self.now_ms + 60_000}
        if action == "scan":
            if state == "pending":
                self.states[ticket_id] = "scanned"
            page = {
                "client": {"name": "扣缴客户端", "version": "3.1", "device": "DESKTOP-1"},
                "client_unverified": True,
                "address": "192.0.2.7",
                "requested_at": self.now_ms,
                "same_address": False,
                "number_matching": self.number_matching,
            }
            if self.number_matching == "show":
                page["number"] = "42"
            return 200, {**stands, **page, "state": self.states[ticket_id]}
        done = {"confirm": "confirmed", "reject": "rejected"}[action]
        if state == done:
            return 200, {**stands, "state": done}
        if state != "scanned":
            return problem(409, "ticket_wrong_state", state=state)
        if action == "confirm":
            if body.get("number", "42") != "42":
                return problem(403, "number_mismatch")
            if not self._code_is_good(body["otp"], token):
                return problem(403, "otp_invalid")
        self.states[ticket_id] = done
        return 200, {**stands, "state": done}

    def _code_is_good(self, otp: str, token: str) -> bool:
        present = self.now_ms // 30_000
        for step in (present - 1, present):
            if pyotp.TOTP(self.secrets[token]).generate_otp(step) == otp and step > self.last_steps.get(token, -1):
                self.last_steps[token] = step
                return True
        return False


ACCOUNT = {"account_id": "a1", "login_name": "agent", "display_name": "*三", "id_type": "resident_id"}


def problem(status: int, code: str, **extra: Any) -> Answer:
    """A problem document."""
    return status, {"type": f"urn:{code}", "title": code, "status": status, "detail": f"{code}.", "code": code, **extra}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    gateway: FakeGateway

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(length)
        if self.gateway.cut_before:
            self.gateway.cut_before -= 1
            self._cut()
            return
        body = json.loads(raw) if raw else None
        authorization = self.headers.get("Authorization")
        token = authorization.removeprefix("Bearer ") if authorization else None
        status, content = self.gateway.answer(self.command, self.path, body, token)
        self.gateway.calls.append((self.command, self.path, body, token))
        if self.gateway.cut_after:
            self.gateway.cut_after -= 1
            self._cut()
            return
        payload = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Gateway-Time", str(self.gateway.now_ms))
        if status in range(300, 400):
            self.send_header("Location", f"{self.gateway.url}/elsewhere")
        if status != 204:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = do_DELETE = _handle  # noqa: N815 - http.server's names

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class Waiting:
    """Replaces sleep: records the waits of a phone, and moves the gateway's clock."""

    def __init__(self, gateway: FakeGateway) -> None:
        self.gateway = gateway
        self.slept: list[float] = []
        self.seconds = 0.0
        self.runs = True

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        if self.runs:
            self.gateway.now_ms += int(seconds * 1000)

    def monotonic(self) -> float:
        return self.seconds


def code_of(error: pytest.ExceptionInfo[PhoneError]) -> str:
    return error.value.code


def scan_and_confirm(phone: Phone, ticket_id: str, **options: object) -> str:
    """The state after a confirm."""
    return phone.confirm(phone.scan(login_qr(phone.gateway_url, ticket_id)), **options).state  # type: ignore[arg-type]


def steps_sent(fake: FakeGateway) -> list[int]:
    """The time steps of the codes that were sent, of those around noon."""
    (secret,) = fake.secrets.values()
    codes = {pyotp.TOTP(secret).generate_otp(step): step for step in range(STEP - 130, STEP + 130)}
    return [codes[body["otp"]] for body in fake.bodies("/confirm")]


def object_of(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one JSON object on standard output."""
    (line,) = capsys.readouterr().out.splitlines()
    told: dict[str, Any] = json.loads(line)
    return told
