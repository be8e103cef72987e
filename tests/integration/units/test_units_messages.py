"""A phone's messages: logins with its account, and what was granted to it, changed and ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import Caller, Wire


def messages(phone: Caller, **query: Any) -> list[dict[str, Any]]:
    answer = phone.get("/app/messages", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


def newest(phone: Caller) -> str:
    return str(phone.get("/app/messages").json()["next"])


def test_every_login_to_the_account_is_a_message_and_no_other(wire: Wire) -> None:
    phone = wire.phone("agent")
    since = newest(phone)
    wire.client("agent")
    wire.web("agent")
    wire.client("single")
    told = messages(phone, since=since)
    assert [(message["notice"], message["channel"]) for message in told] == [("login", "client"), ("login", "web")]
    assert {message["address"] for message in told} == {"127.0.0.1"}


def test_a_login_by_qr_is_a_message_too(wire: Wire) -> None:
    phone = wire.phone("agent")
    since = newest(phone)
    ticket = wire.post("/tickets", client={"name": "c", "version": "1", "device": "d"}).json()
    phone.send("POST", f"/tickets/{ticket['ticket_id']}/scan")
    phone.send("POST", f"/tickets/{ticket['ticket_id']}/confirm", otp=phone.otp(at_ms=wire.now()))
    headers = {"Authorization": f"Ticket {ticket['claim_secret']}"}
    requests.post(
        f"{wire.url}/api/v1/tickets/{ticket['ticket_id']}/claim", headers=headers, timeout=10
    ).raise_for_status()
    (told,) = messages(phone, since=since, wait=5)
    assert (told["notice"], told["channel"]) == ("login", "qr")


def test_a_failed_login_is_no_message(wire: Wire) -> None:
    phone = wire.phone("agent")
    since = newest(phone)
    info = {"name": "c", "version": "1", "device": "d"}
    wire.post("/sessions", identifier="agent", password="Wrong-1234", client=info)
    assert messages(phone, since=since) == []


def test_a_person_gets_a_message_about_grant_change_and_revocation(wire: Wire) -> None:
    phone, head, unit = wire.phone("newcomer"), wire.phone("legal_rep"), wire.units["A"]
    since = newest(phone)
    granted = head.grant(unit, **wire.person("newcomer"), valid_until="2099-12-31").json()
    path = f"/units/{unit}/authorizations/{granted['authorization_id']}"
    head.send("PATCH", path, permission="manage")
    head.send("DELETE", path)
    told = messages(phone, since=since)
    assert [message["notice"] for message in told] == [
        "authorization_granted",
        "authorization_changed",
        "authorization_revoked",
    ]
    assert told[0]["unit_name"] == granted["unit_name"]
    assert (told[0]["taxpayer_id"], told[0]["permission"], told[0]["valid_until"]) == (unit, "handle", "2099-12-31")
    assert told[0]["by"] == "**国"


def test_giving_up_is_a_message_to_the_grantor(wire: Wire) -> None:
    head, phone = wire.phone("legal_rep"), wire.phone("authorized")
    since = newest(head)
    own = phone.get("/authorizations").json()["authorizations"][0]["authorization_id"]
    phone.send("DELETE", f"/authorizations/{own}")
    (told,) = messages(head, since=since)
    assert (told["notice"], told["by"]) == ("authorization_given_up", "*洋")


@pytest.mark.slow
def test_a_phone_that_waits_hears_at_once_on_whatever_worker(gateway_with: Callable[..., LiveGateway]) -> None:
    wire = Wire(gateway_with(workers=2))
    phone, head = wire.phone("newcomer"), wire.phone("legal_rep")
    since = newest(phone)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(messages, phone, since=since, wait=20) for _ in range(4)]
        # A wait that has begun cannot be seen from outside; one that begins later finds the message there.
        began = time.monotonic()
        head.grant(wire.units["A"], **wire.person("newcomer"))
        told = [future.result(timeout=20) for future in waiting]
    assert time.monotonic() - began < 10
    assert [[message["notice"] for message in found] for found in told] == [["authorization_granted"]] * 4


def test_a_wait_ends_without_a_message_and_pages_go_on_where_they_ended(wire: Wire) -> None:
    phone = wire.phone("agent")
    assert messages(phone, since=newest(phone), wait=0.2) == []
    for _ in range(3):
        wire.client("agent")
    everything = messages(phone)
    since, pages = everything[0]["message_id"], []
    while page := messages(phone, since=since, limit=2):
        since = page[-1]["message_id"]
        pages += page
    assert pages == everything[1:]
    assert messages(phone, limit=2) == everything[-2:]
