"""Nothing that is kept or logged gives a secret away (SECURITY.md 19): canaries planted, and looked for."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pyotp
import pytest
import redis
import requests

PERSON = {"name": "卡纳里", "id_type": "resident_id", "id_number": "11010519491231002X"}
PHONE = "13977778888"
PASSWORD = "Canary-2026-x"
WRONG = "Canari-2027-y"
NEXT = "Canary-2028-z"


class Webhook:
    """An SMS provider of one's own, as the documentation describes it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.arrived = threading.Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.bodies.append(body)
                hook.headers.append(dict(self.headers.items()))
                hook.messages.append(json.loads(body))
                self.send_response(204)
                self.end_headers()
                hook.arrived.set()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/sms"

    def code(self) -> str:
        assert self.arrived.wait(10), "the webhook was not called"
        self.arrived.clear()
        return self.messages[-1]["code"]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    yield hook
    hook.close()


def kept_in_redis(url: str) -> str:
    """All keys except the simulation's own: its people read messages and go to counters."""
    client = redis.Redis.from_url(url, decode_responses=True)
    readers: dict[str, Any] = {
        "string": client.get,
        "hash": client.hgetall,
        "set": client.smembers,
        "stream": client.xrange,
        "list": lambda key: client.lrange(key, 0, -1),
        "zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    found = [(key, readers[client.type(key)](key)) for key in client.scan_iter() if "}:sim:" not in key]
    client.close()
    assert len(found) > 5
    return str(found)


def kept_in_database(path: str) -> dict[str, str]:
    connection = sqlite3.connect(path)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = {name: str(connection.execute(f"SELECT * FROM {name}").fetchall()) for name in names}  # noqa: S608
    connection.close()
    return tables


def test_neither_redis_nor_database_nor_log_gives_a_secret_away(outside: Any, webhook: Webhook) -> None:
    live = type(outside.gateway)
    settings = {
        "PAIRING_SMS_WEBHOOK_URL": webhook.url,
        "PAIRING_SMS_WEBHOOK_SECRET": "the webhook's own secret",
        "PAIRING_LOG_LEVEL": "debug",
    }
    with live(environment=settings) as gateway:
        there = type(outside)(gateway)
        secrets: dict[str, str] = {"password": PASSWORD, "wrong": WRONG, "next": NEXT}

        # An unfinished registration, a completed one, and one with a guessed code.
        secrets["unused registration code"] = there.hall_code(name="王小", id_type="passport", id_number="E00000001")
        secrets["registration code"] = there.hall_code(**PERSON)
        began = there.begin_registration(PERSON, secrets["registration code"]).json()["registration_id"]
        assert there.post(f"/registrations/{began}/sms-codes", phone=PHONE).status_code == 202
        secrets["sms code"] = webhook.code()
        body = {"login_name": "canary", "phone": PHONE, "sms_code": secrets["sms code"], "household_division": "110101"}
        assert there.post(f"/registrations/{began}/completion", password="x", **body).status_code == 422
        assert there.post(f"/registrations/{began}/completion", password=PASSWORD, **body).status_code == 201

        # Logins: right, wrong, with a captcha that stays unanswered.
        phone = there.login("canary", PASSWORD).json()
        secrets["phone token"], secrets["otp secret"] = phone["access_token"], phone["otp_secret"]
        secrets["client token"] = there.token("canary", PASSWORD, channel="client")
        secrets["web token"] = there.token(PHONE, PASSWORD, channel="web")
        there.login("canary", WRONG)
        there.login(PERSON["id_number"], WRONG, captcha=True)
        there.login("13966665555", WRONG)
        secrets["captcha"] = there.captcha(identifier=PERSON["id_number"])["answer"]

        # A QR login.
        ticket = there.post("/tickets", client={"name": "c", "version": "1", "device": "d"}).json()
        secrets["claim secret"] = ticket["claim_secret"]
        path = f"/tickets/{ticket['ticket_id']}"
        there.post(f"{path}/scan", phone["access_token"])
        secrets["one-time code"] = pyotp.TOTP(phone["otp_secret"]).now()
        assert there.post(f"{path}/confirm", phone["access_token"], otp=secrets["one-time code"]).ok
        claim = there.call("POST", f"{path}/claim", f"Ticket {ticket['claim_secret']}")
        secrets["qr token"] = claim.json()["access_token"]

        # A reset that waits for its code.
        waiting = there.reset_path(PERSON)
        assert there.post(f"{waiting}/sms-codes").status_code == 202
        secrets["reset code"] = webhook.code()
        assert there.post(f"{waiting}/completion", sms_code="000000", new_password=NEXT).status_code == 403

        events = there.get("/account/events", phone["access_token"]).text
        kept = kept_in_redis(gateway.ready["redis"]["url"])
        tables = kept_in_database(gateway.data_dir / "gateway.sqlite3")
        log = gateway.log

    places = {"redis": kept, "database": str(tables), "log": log, "events": events}
    for what, secret in secrets.items():
        for where, text in places.items():
            # Six digits are also found in times and hashes: only a whole word is a code.
            assert not re.search(rf"(?<![\w.-]){re.escape(secret)}(?![\w.-])", text), f"{what} is in {where}"
    for whose in (PERSON["id_number"], PHONE, "13966665555"):
        for where in ("log", "events"):
            assert whose not in places[where], f"{whose} is in {where}"
        assert whose not in tables["audit_events"]
        assert whose not in kept
    assert "audit_events" in tables
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in tables["accounts"]


def test_a_webhook_gets_each_message_signed(outside: Any, webhook: Webhook) -> None:
    import hashlib
    import hmac

    settings = {"PAIRING_SMS_WEBHOOK_URL": webhook.url, "PAIRING_SMS_WEBHOOK_SECRET": "key"}
    with type(outside.gateway)(environment=settings) as gateway:
        there = type(outside)(gateway)
        agent = there.person("agent")
        path = there.reset_path(agent)
        assert there.post(f"{path}/sms-codes").status_code == 202
        sms_code = webhook.code()
        assert there.post(f"{path}/completion", sms_code=sms_code, new_password="Fresh-2026").status_code == 204
        expected = there.seeded("agent")["phone"]
    assert webhook.messages[0]["phone"] == expected
    assert webhook.messages[0]["purpose"] == "password_reset"
    assert sms_code in webhook.messages[0]["text"]
    signature = hmac.new(b"key", webhook.bodies[0], hashlib.sha256).hexdigest()
    assert webhook.headers[0]["X-Pairing-Signature"] == signature


def test_without_an_sms_provider_codes_are_refused_alike_for_all(outside: Any) -> None:
    with type(outside.gateway)(sim=False) as gateway:
        there = type(outside)(gateway)
        for number in ("E00000001", "E00000002"):
            path = there.reset_path({"name": "王五", "id_type": "passport", "id_number": number})
            refused = there.post(f"{path}/sms-codes")
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert requests.get(f"{there.url}/sim/v1/outbox/sms", timeout=10).status_code == 404
