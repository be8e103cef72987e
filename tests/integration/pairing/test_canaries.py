"""Secrets planted in every kind of request, and looked for where none may be (SECURITY.md 19)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
import redis
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import CLIENT, DEVICE, PASSWORD, Socket, Wire, together

PLANTED = "Canary-Wrong-2026"


def everything_in_redis(url: str) -> str:
    """All keys with all that they hold."""
    found: list[str] = []
    with redis.Redis.from_url(url, decode_responses=True) as client:
        read = {
            "hash": client.hgetall,
            "set": client.smembers,
            "stream": client.xrange,
            "string": client.get,
            "list": lambda key: client.lrange(key, 0, -1),
            "zset": lambda key: client.zrange(key, 0, -1, withscores=True),
            "none": lambda _: "",  # over by now
        }
        found.extend(f"{key} {read[client.type(key)](key)}" for key in client.scan_iter(count=1000))
    return "\n".join(found)


def everything_in_the_database(path: str) -> dict[str, str]:
    """All tables with all their rows."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: str(list(database.execute(f'SELECT * FROM "{table}"'))) for table in tables}  # noqa: S608


@pytest.mark.slow
def test_no_canary_is_found_again() -> None:
    """Passwords right and wrong, tokens, claim secrets, one-time codes and their secrets, phones, document numbers."""
    with LiveGateway(environment={"PAIRING_LOG_LEVEL": "debug"}) as gateway:
        wire = Wire(gateway.url)
        person = next(a for a in wire.call("GET", "/sim/v1/seed").body["accounts"] if a["login_name"] == "agent")
        secrets = {"password": PASSWORD, "wrong password": PLANTED, "declaration password": "Unit-2019"}

        phone, ticket = wire.phone(), wire.ticket()
        by_phone_number = wire.phone(person["phone"])
        by_document = wire.phone(person["id_number"])
        for number, one in enumerate((phone, by_phone_number, by_document)):
            secrets |= {f"token {number}": one.login["access_token"], f"otp secret {number}": one.login["otp_secret"]}
        phone.scan(ticket.id)
        code = phone.otp()
        phone.confirm(ticket.id, "000001")
        phone.confirm(ticket.id, code)
        claimed = ticket.claim(key="Canary-Key-1")
        secrets |= {"claim secret": ticket.secret, "client token": claimed.body["access_token"]}
        unit = claimed.body["units"][0]["taxpayer_id"]
        session = f"Bearer {claimed.body['access_token']}"
        for word in (PLANTED, "Unit-2019"):
            wire.call("POST", f"/units/{unit}/verification", session, json={"declaration_password": word})
        with Socket(gateway.url) as socket:
            issued = socket.request()
            secrets["socket's claim secret"] = issued["claim_secret"]
            socket.resume(issued)
            socket.call("resume_ticket", {"ticket_id": issued["ticket_id"], "claim_secret": PLANTED})
            socket.call("nonsense", {"password": PLANTED})
            socket.send("42/pairing," + json.dumps([PLANTED]))
            socket.send(f"42/pairing,[{PLANTED}")

        # A targeted ticket by the document's number, a remembered computer, and CIBA.
        targeted = wire.call("POST", "/tickets", json={"client": CLIENT, "target": person["id_number"]}).body
        secrets["targeted claim secret"] = targeted["claim_secret"]
        kept = wire.ticket()
        wire.advance(30)
        phone.approve(kept.id)
        login = wire.call("POST", f"/tickets/{kept.id}/claim", f"Ticket {kept.secret}", json={"remember": True}).body
        secrets["remembered computer's token"] = login["remembered"]
        wire.call("POST", "/tickets", json={"client": CLIENT, "remembered": login["remembered"]})
        asked = {"scope": "openid", "login_hint": person["phone"], "binding_message": "42"}
        ciba = requests.post(f"{gateway.url}/oauth/bc-authorize", data=asked, auth=("web", "demo-secret"), timeout=10)
        secrets["auth_req_id"] = ciba.json()["auth_req_id"]
        form = {"grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": ciba.json()["auth_req_id"]}
        requests.post(f"{gateway.url}/oauth/token", data=form, auth=("web", "demo-secret"), timeout=10)

        token = phone.login["access_token"]
        # Refusals are likeliest to be logged: canaries in wrong places, and during an outage of Redis.
        wire.call("POST", "/app/sessions", json={"identifier": person["phone"], "password": PLANTED, "device": DEVICE})
        wire.call("POST", "/app/sessions", json={"identifier": person["id_number"], "password": PLANTED, token: 1})
        wire.call("POST", "/app/sessions", data=f'{{"password": "{PLANTED}"', headers={"Content-Type": "text/plain"})
        wire.call("GET", f"/tickets/{ticket.secret}", f"Ticket {PLANTED}")
        wire.call("GET", f"/session?access_token={PLANTED}", f"Bearer {PLANTED}")
        wire.call("GET", f"/{token}/{person['phone']}", headers={"X-Request-Id": token})
        wire.call("POST", "/tickets", json={"client": CLIENT}, headers={"Cookie": f"a={PLANTED}"})
        with redis.Redis.from_url(gateway.ready["redis"]["url"]) as client:
            client.config_set("maxmemory", "1")
            calls = [
                lambda: ticket.claim(),
                lambda: phone.scan(ticket.id),
                lambda: wire.call("POST", "/tickets", json={"client": CLIENT}),
            ]
            together(calls)
            client.config_set("maxmemory", "0")

        private = {"phone": person["phone"], "document": person["id_number"]}
        held = everything_in_redis(gateway.ready["redis"]["url"])
        tables = everything_in_the_database(gateway.ready["database"].removeprefix("sqlite:///"))
        metrics = requests.get(f"{gateway.url}/metrics", timeout=10).text
        places = {"log": gateway.log, "Redis": held, "metrics": metrics, **tables}
        for place, text in places.items():
            for name, secret in {**secrets, **({} if place == "accounts" else private)}.items():
                assert secret not in text, f"{name} is in {place}: ...{text[max(0, text.find(secret) - 200) :][:300]}"
        assert phone.login["device_id"] in tables["devices"]
        assert len(held) > 1000
        for folder_file in gateway.data_dir.rglob("*.log"):
            assert PLANTED not in folder_file.read_text("utf-8", "replace")
