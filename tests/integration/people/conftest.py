"""A private Redis and a clock that stands still for tests within; for those from outside the wire and the world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.redis.connect import connect
from gateway.foundation.secrets import ServerKey
from gateway.server.redis.private import PrivateRedis
from scan_to_login.testing.live import LiveGateway
from scan_to_login.testing.wire import Answer, Wire

PASSWORD = "Demo-2019"
START_MS = 1_790_000_000_000


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = PrivateRedis(Path(tmp_path_factory.mktemp("redis")))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    found = connect(redis_url, connections=64, timeout=5)
    found.flushall()
    yield found
    found.close()


@pytest.fixture
def keys() -> Keys:
    return Keys("{test}:")


@pytest.fixture
def clock() -> Clock:
    still = Clock()
    still.apply(still.set_to(START_MS, frozen=True))
    return still


@pytest.fixture
def server_key() -> ServerKey:
    return ServerKey(b"a key of the tests, 32 bytes long")


class Outside(Wire):
    """Calls of any caller over the wire, and reads of the simulated outside world."""

    def __init__(self, gateway: LiveGateway) -> None:
        super().__init__(gateway.url)
        self.gateway = gateway
        self._last_message = ""

    def post(self, path: str, token: str = "", **body: Any) -> Answer:
        return self.call("POST", path, _bearer(token), json=body)

    def get(self, path: str, token: str = "", **query: Any) -> Answer:
        return self.call("GET", path, _bearer(token), params=query)

    def delete(self, path: str, token: str = "") -> Answer:
        return self.call("DELETE", path, _bearer(token))

    def move(self, seconds: float) -> None:
        self.gateway.control.clock.advance(seconds)

    def freeze(self) -> None:
        self.gateway.control.clock.freeze()

    def captcha(self, **body: str) -> dict[str, str]:
        captcha_id = self.post("/captchas", **body).json()["captcha_id"]
        return {"captcha_id": captcha_id, "answer": self.gateway.control.captcha_answer(captcha_id)}

    def login(
        self, identifier: str, password: str = PASSWORD, *, channel: str = "phone", captcha: Any = None
    ) -> Answer:
        """Log in on a channel; ``captcha`` True asks for one and reads it."""
        body: dict[str, Any] = {"identifier": identifier, "password": password}
        if captcha is not None:
            body["captcha"] = self.captcha(identifier=identifier) if captcha is True else captcha
        if channel == "phone":
            return self.post("/app/sessions", **body, device={"name": "phone", "model": "test"})
        if channel == "client":
            client = {"name": "client", "version": "1", "device": "desk"}
            return self.post("/sessions", **body, client=client)
        return self.post("/web/sessions", **body)

    def token(self, identifier: str, password: str = PASSWORD, *, channel: str = "phone") -> str:
        answer = self.login(identifier, password, channel=channel, captcha=True)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["access_token"])

    def lock(self, identifier: str) -> None:
        for _ in range(5):
            assert self.login(identifier, "Wrong-1234", captcha=True).status_code == 401

    def hall_code(self, **person: str) -> str:
        return self.gateway.control.hall.registration_code(**person)

    def sms(self, phone: str) -> str:
        """The code of the next unread message to this phone."""
        query = {"phone": phone, "since": self._last_message, "wait": 5}
        messages = self.call("GET", "/sim/v1/outbox/sms", params=query).json()["messages"]
        assert messages, "no message came"
        self._last_message = messages[-1]["message_id"]
        return str(messages[-1]["code"])

    def begin_registration(self, person: dict[str, str], code: str = "", *, consent: bool = True) -> Answer:
        code = code or self.hall_code(**person)
        return self.post("/registrations", consent=consent, registration_code=code, **person)

    def completion(self, person: dict[str, str], phone: str, **changed: str) -> tuple[str, dict[str, str]]:
        """A registration brought to its last step: its path, and a body that completes it."""
        began = self.begin_registration(person)
        assert began.status_code == 201, began.text
        path = f"/registrations/{began.json()['registration_id']}"
        assert self.post(f"{path}/sms-codes", phone=phone).status_code == 202
        body = {
            "login_name": "new_person",
            "password": "Fresh-2026",
            "phone": phone,
            "sms_code": self.sms(phone),
            "household_division": "110101",
            **changed,
        }
        return f"{path}/completion", body

    def reset_path(self, person: dict[str, str]) -> str:
        began = self.post("/password-resets", **person)
        assert began.status_code == 201, began.text
        return f"/password-resets/{began.json()['reset_id']}"

    def seeded(self, login_name: str) -> dict[str, Any]:
        seed = self.gateway.control.seed()
        return next(account for account in seed["accounts"] if account["login_name"] == login_name)

    def person(self, login_name: str) -> dict[str, str]:
        account = self.seeded(login_name)
        return {name: account[name] for name in ("name", "id_type", "id_number")}


def _bearer(token: str) -> str:
    return f"Bearer {token}" if token else ""


@pytest.fixture
def outside(gateway: LiveGateway) -> Outside:
    return Outside(gateway)


@pytest.fixture(scope="session")
def two_workers() -> Iterator[LiveGateway]:
    with LiveGateway(workers=2) as running:
        yield running
