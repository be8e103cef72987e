"""Starting over while calls are under way: none of them fails with a fault (SECURITY.md 59)."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import CLIENT, DEVICE, PASSWORD, Answer, Socket, Wire, together

pytestmark = pytest.mark.slow

RESETS = 12
CALLERS = 8
PERSON = {"name": "王五", "id_type": "passport", "id_number": "E00000001"}


class Caller:
    """A caller that makes one call after the other, and keeps the data of the answers."""

    def __init__(self, gateway: LiveGateway, chance: random.Random) -> None:
        self.wire = Wire(gateway.url)
        self.unit = gateway.unit("A").taxpayer_id
        self.chance = chance
        self.told: Counter[tuple[str, int, str]] = Counter()
        self.tokens: dict[str, str] = {"phone": "x", "client": "x", "web": "x"}
        self.ticket: dict[str, Any] = {"ticket_id": "A" * 22, "claim_secret": "x"}
        self.transaction = "A" * 22

    def call(self, what: str, method: str, path: str, token: str = "", /, **body: Any) -> Answer | None:
        try:
            answer = self.wire.call(method, path, token, json=body or None)
        except requests.ConnectionError:
            return None
        code = answer.body["code"] if answer.status >= 400 else ""
        self.told[what, answer.status, code] += 1
        return answer

    def kept(self, kind: str, answer: Answer | None) -> None:
        if answer is not None and answer.status == 201:
            self.tokens[kind] = f"Bearer {answer.body['access_token']}"

    def steps(self) -> list[Callable[[], Any]]:
        who, ticket = {"identifier": "legal_rep", "password": PASSWORD}, self.ticket["ticket_id"]
        phone, client, web = (self.tokens[kind] for kind in ("phone", "client", "web"))
        grants = f"/units/{self.unit}/authorizations"
        return [
            lambda: self.kept("phone", self.call("phone", "POST", "/app/sessions", device=DEVICE, **who)),
            lambda: self.kept("client", self.call("client", "POST", "/sessions", client=CLIENT, **who)),
            lambda: self.kept("web", self.call("web", "POST", "/web/sessions", **who)),
            self.new_ticket,
            lambda: self.call("scan", "POST", f"/tickets/{ticket}/scan", phone),
            lambda: self.call("confirm", "POST", f"/tickets/{ticket}/confirm", phone, otp="000000"),
            lambda: self.call("claim", "POST", f"/tickets/{ticket}/claim", f"Ticket {self.ticket['claim_secret']}"),
            lambda: self.call("units", "GET", "/units", client),
            lambda: self.call(
                "bind", "POST", "/units", client, taxpayer_id=self.unit, declaration_password="Unit-2019"
            ),
            lambda: self.call(
                "verify", "POST", f"/units/{self.unit}/verification", client, declaration_password="Unit-2019"
            ),
            lambda: self.call("grant", "POST", grants, phone, name="赵敏", phone="13800000006"),
            lambda: self.call("grants", "GET", grants, web),
            lambda: self.call("sessions", "GET", "/account/sessions", web),
            lambda: self.call("events", "GET", "/account/events", web),
            lambda: self.call("devices", "GET", "/app/devices", phone),
            lambda: self.call("messages", "GET", "/app/messages", phone),
            lambda: self.call("logout", "DELETE", "/app/session", phone),
            self.new_reset,
            lambda: self.call("reset sms", "POST", f"/password-resets/{self.transaction}/sms-codes"),
            lambda: self.call("hall code", "POST", "/sim/v1/hall/registration-codes", **PERSON),
            lambda: self.call("disable", "PUT", "/sim/v1/hall/accounts/single", disabled=True),
            lambda: self.call("captcha", "POST", "/captchas", identifier="agent"),
        ]

    def new_ticket(self) -> None:
        answer = self.call("ticket", "POST", "/tickets", client=CLIENT)
        if answer is not None and answer.status == 201:
            self.ticket = answer.body

    def new_reset(self) -> None:
        answer = self.call("password reset", "POST", "/password-resets", **PERSON)
        if answer is not None and answer.status == 201:
            self.transaction = answer.body["reset_id"]

    def go_on(self, over: threading.Event) -> None:
        while not over.is_set():
            self.chance.choice(self.steps())()


def beside_resets(gateway: LiveGateway) -> Counter[tuple[str, int, str]]:
    """The answers to calls of all kinds during repeated resets of the gateway."""
    over = threading.Event()
    callers = [Caller(gateway, random.Random(number)) for number in range(CALLERS)]

    def resets() -> None:
        try:
            for number in range(RESETS):
                if number % 4 == 3:
                    gateway.control.replace_seed(gateway.control.seed())
                else:
                    gateway.control.reset()
        finally:
            over.set()

    together([resets, *(lambda caller=caller: caller.go_on(over) for caller in callers)], CALLERS + 1)
    told: Counter[tuple[str, int, str]] = sum((caller.told for caller in callers), Counter())
    return told


@pytest.mark.parametrize("workers", [1, 2])
def test_any_call_beside_resets_is_answered_or_refused(workers: int) -> None:
    with LiveGateway(workers=workers) as gateway:
        told = beside_resets(gateway)
        faults = {what: count for what, count in told.items() if what[1] >= 500 and what[1] != 503}
        assert not faults
        assert sum(count for (_, status, _), count in told.items() if status < 300) > 0
        gateway.control.reset()
        Wire(gateway.url).phone().approve(Wire(gateway.url).ticket().id)


def test_logins_during_resets_succeed_or_get_unavailable(gateway: LiveGateway) -> None:
    """The finding: five calls of those under way failed with a fault."""
    wire = Wire(gateway.url)
    body = {"identifier": "agent", "password": PASSWORD, "device": DEVICE}

    def log_in() -> tuple[int, str]:
        answer = wire.call("POST", "/app/sessions", json=body)
        return answer.status, "" if answer.status == 201 else answer.code

    for _ in range(3):
        *told, _ = together([log_in] * 12 + [gateway.control.reset], 13)
        # A reset also ends the turn of an evaluation; the refusal then names another attempt in between.
        assert set(told) <= {(201, ""), (503, "unavailable"), (429, "rate_limited")}, told
    gateway.control.reset()
    assert log_in() == (201, "")


def test_two_resets_at_once_are_made_one_after_the_other(gateway: LiveGateway) -> None:
    before = len(gateway.log)
    together([gateway.control.reset] * 4)
    Wire(gateway.url).phone("single")
    assert "Traceback" not in gateway.log[before:]


def test_a_socket_asks_for_tickets_during_resets(gateway: LiveGateway) -> None:
    """Over Socket.IO too an answer is one, or a refusal with a code."""
    over = threading.Event()

    def resets() -> None:
        try:
            for _ in range(4):
                gateway.control.reset()
        finally:
            over.set()

    thread = threading.Thread(target=resets)
    with Socket(gateway.url) as socket:
        thread.start()
        while not over.is_set():
            told = socket.request()
            assert "ticket_id" in told or told["error"]["code"] in ("unavailable", "too_many_tickets"), told
    thread.join()
