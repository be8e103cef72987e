"""The wire as a client, a phone and the WEB platform use it, and new units."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from stdnum.cn import uscc

from scan_to_login.testing.live import LiveGateway
from scan_to_login.testing.wire import Answer
from scan_to_login.testing.wire import Wire as BareWire

PASSWORD = "Demo-2019"
RIGHT = "Unit-2019"
WRONG = "Wrong-1234"
_NEXT = itertools.count(1)


class Caller:
    """A caller with a session, and its calls."""

    def __init__(self, wire: Wire, answer: dict[str, Any]) -> None:
        self._wire = wire
        self.answer = answer
        self._token = f"Bearer {answer['access_token']}"

    def send(self, method: str, path: str, **body: Any) -> Answer:
        return self._wire.call(method, path, self._token, json=body or None)

    def get(self, path: str, **query: Any) -> Answer:
        return self._wire.call("GET", path, self._token, params=query)

    def verify(self, unit: str, password: str | None = None, *, captcha: bool = False) -> Answer:
        body: dict[str, Any] = {} if password is None else {"declaration_password": password}
        if captcha:
            body["captcha"] = self._wire.captcha(unit)
        return self.send("POST", f"/units/{unit}/verification", **body)

    def bind(self, unit: str, password: str, *, captcha: bool = False) -> Answer:
        body: dict[str, Any] = {"taxpayer_id": unit, "declaration_password": password}
        if captcha:
            body["captcha"] = self._wire.captcha(unit)
        return self.send("POST", "/units", **body)

    def menu(self) -> Answer:
        return self.get("/session/menu")

    def stage(self) -> str:
        return str(self.get("/session").json()["stage"])

    def sms(self, unit: str, purpose: str) -> Answer:
        return self.send("POST", f"/units/{unit}/sms-codes", purpose=purpose)

    def grant(self, unit: str, **whom: Any) -> Answer:
        return self.send("POST", f"/units/{unit}/authorizations", **whom)

    def authorizations(self, unit: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/units/{unit}/authorizations").json()["authorizations"]
        return found

    def otp(self, *, at_ms: int) -> str:
        return pyotp.TOTP(self.answer["otp_secret"]).at(at_ms // 1000)


class Wire(BareWire):
    """A gateway from outside, its control plane included."""

    def __init__(self, gateway: LiveGateway) -> None:
        super().__init__(gateway.url)
        self.gateway = gateway
        self.seed = gateway.control.seed()
        self.units = {unit["alias"]: unit["taxpayer_id"] for unit in self.seed["units"]}

    def post(self, path: str, **body: Any) -> Answer:
        return self.call("POST", path, json=body)

    def client(self, login_name: str) -> Caller:
        info = {"name": "client", "version": "1", "device": "desk"}
        return self._logged_in(self.post("/sessions", identifier=login_name, password=PASSWORD, client=info))

    def phone(self, login_name: str) -> Caller:
        device = {"name": "phone", "model": "test"}
        return self._logged_in(self.post("/app/sessions", identifier=login_name, password=PASSWORD, device=device))

    def web(self, login_name: str) -> Caller:
        return self._logged_in(self.post("/web/sessions", identifier=login_name, password=PASSWORD))

    def captcha(self, unit: str = "", *, identifier: str = "") -> dict[str, str]:
        body = {"taxpayer_id": unit} if unit else {"identifier": identifier}
        captcha_id = self.post("/captchas", **body).json()["captcha_id"]
        return {"captcha_id": captcha_id, "answer": self.gateway.control.captcha_answer(captcha_id)}

    def now(self) -> int:
        return self.gateway.control.clock.now_ms

    def move(self, **span: float) -> None:
        self.gateway.control.clock.advance(**span)

    def set_clock(self, now_ms: int, *, frozen: bool = False) -> None:
        self.gateway.control.clock.set(now_ms, frozen=frozen)

    def sms(self, phone: str) -> str:
        """The code of the last message to this phone."""
        return str(self.gateway.control.sms.messages(phone)[-1].code)

    def person(self, login_name: str) -> dict[str, str]:
        """Full name and phone, which an authorization requires."""
        found = next(account for account in self.seed["accounts"] if account["login_name"] == login_name)
        return {"name": found["name"], "phone": found["phone"]}

    def document(self, login_name: str) -> dict[str, str]:
        found = next(account for account in self.seed["accounts"] if account["login_name"] == login_name)
        return {"name": found["name"], "id_type": found["id_type"], "id_number": found["id_number"]}

    def _logged_in(self, answer: Answer) -> Caller:
        assert answer.status_code == 201, answer.text
        return Caller(self, answer.json())


def unknown_unit() -> str:
    """A right taxpayer number that no unit has."""
    number = f"91440300UNKN{next(_NEXT):05d}".replace("U", "1").replace("N", "2")
    return str(number + uscc.calc_check_digit(number))


def code_of(answer: Answer) -> str:
    return str(answer.json()["code"])


def lock(caller: Caller, unit: str, password: str = WRONG) -> None:
    """Five wrong passwords, with the captchas that are due."""
    for attempt in range(5):
        answer = caller.verify(unit, password, captcha=attempt > 0)
        assert (answer.status_code, code_of(answer)) == (403, "declaration_password_invalid"), answer.text


@pytest.fixture
def wire(gateway: LiveGateway) -> Wire:
    return Wire(gateway)


@pytest.fixture(scope="session")
def gateway_with() -> Iterator[Callable[..., LiveGateway]]:
    """Starts a gateway with a seed, settings or workers of a test's own; one for each combination."""
    running: dict[str, LiveGateway] = {}

    def start(**options: Any) -> LiveGateway:
        key = repr(sorted(options.items()))
        if key not in running:
            running[key] = LiveGateway(**options).start()
        else:
            running[key].reset()
        return running[key]

    yield start
    for gateway in running.values():
        gateway.stop()
