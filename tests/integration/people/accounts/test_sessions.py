"""Sessions, devices and the account's events, from outside (SECURITY.md 7 to 10, 17, 28)."""

from __future__ import annotations

import shutil
from typing import Any

import pyotp
import pytest
import requests


def code(answer: requests.Response) -> str:
    return "ok" if answer.ok else str(answer.json()["code"])


def test_a_person_lists_and_ends_sessions_of_all_channels(outside: Any) -> None:
    phone = outside.token("agent")
    client, web = outside.token("agent", channel="client"), outside.token("agent", channel="web")
    outside.token("single")
    sessions = outside.get("/account/sessions", phone).json()["sessions"]
    assert sorted(session["kind"] for session in sessions) == ["client", "phone", "web"]
    assert [session["kind"] for session in sessions if session["current"]] == ["phone"]
    assert phone not in str(sessions)
    of_client = next(session["session_id"] for session in sessions if session["kind"] == "client")
    assert outside.delete(f"/account/sessions/{of_client}", phone).status_code == 204
    assert code(outside.get("/session", client)) == "unauthenticated"
    assert code(outside.get("/web/session", web)) == "ok"
    assert code(outside.delete(f"/account/sessions/{of_client}", phone)) == "not_found"
    assert outside.delete("/account/sessions", web).json() == {"ended": 1}
    assert code(outside.get("/app/session", phone)) == "unauthenticated"
    assert code(outside.get("/web/session", web)) == "ok"


def test_a_person_neither_sees_nor_ends_another_persons_sessions(outside: Any) -> None:
    agent, single = outside.token("agent"), outside.token("single")
    of_agent = outside.get("/account/sessions", agent).json()["sessions"][0]["session_id"]
    assert code(outside.delete(f"/account/sessions/{of_agent}", single)) == "not_found"
    assert of_agent not in outside.get("/account/sessions", single).text
    device = outside.get("/app/devices", agent).json()["devices"][0]["device_id"]
    assert code(outside.delete(f"/app/devices/{device}", single)) == "not_found"
    assert code(outside.get("/app/session", agent)) == "ok"


def test_a_phones_session_is_long_and_a_clients_short_and_ends_when_idle(outside: Any) -> None:
    phone, client = outside.token("agent"), outside.token("agent", channel="client")
    web = outside.token("agent", channel="web")
    for _ in range(4):
        outside.move(1_700)
        assert code(outside.get("/session", client)) == "ok"
    assert code(outside.get("/web/session", web)) == "unauthenticated"
    outside.move(1_801)
    assert code(outside.get("/session", client)) == "unauthenticated"
    outside.move(29 * 86_400)
    assert code(outside.get("/app/session", phone)) == "ok"
    outside.move(86_400)
    assert code(outside.get("/app/session", phone)) == "unauthenticated"


def test_an_idle_session_is_not_listed(outside: Any) -> None:
    phone = outside.token("agent")
    outside.token("agent", channel="client")
    outside.move(1_801)
    assert [session["kind"] for session in outside.get("/account/sessions", phone).json()["sessions"]] == ["phone"]


def test_logging_out_ends_the_session_at_once(outside: Any) -> None:
    for channel, door in (("phone", "/app/session"), ("client", "/session"), ("web", "/web/session")):
        token = outside.token("agent", channel=channel)
        assert outside.delete(door, token).status_code == 204
        assert code(outside.get(door, token)) == "unauthenticated"


def test_a_device_with_an_ended_login_is_listed_as_revoked(outside: Any) -> None:
    left, ended, kept = (outside.login("agent").json() for _ in range(3))
    outside.delete("/app/session", left["access_token"])
    assert outside.delete("/account/sessions", kept["access_token"]).json() == {"ended": 1}
    devices = outside.get("/app/devices", kept["access_token"]).json()["devices"]
    assert {device["device_id"]: device["revoked_at"] is None for device in devices} == {
        left["device_id"]: False,
        ended["device_id"]: False,
        kept["device_id"]: True,
    }


def test_a_revoked_device_can_no_longer_confirm(outside: Any) -> None:
    first, second = (outside.login("agent").json() for _ in range(2))
    ticket = outside.post("/tickets", client={"name": "c", "version": "1", "device": "d"}).json()
    path = f"/tickets/{ticket['ticket_id']}"
    assert outside.post(f"{path}/scan", first["access_token"]).status_code == 200
    assert outside.delete(f"/app/devices/{first['device_id']}", second["access_token"]).status_code == 204
    otp = pyotp.TOTP(first["otp_secret"]).now()
    assert code(outside.post(f"{path}/confirm", first["access_token"], otp=otp)) == "unauthenticated"
    devices = outside.get("/app/devices", second["access_token"]).json()["devices"]
    assert {device["device_id"]: device["revoked_at"] is not None for device in devices} == {
        first["device_id"]: True,
        second["device_id"]: False,
    }


@pytest.mark.parametrize(
    ("method", "door"),
    [
        ("GET", "/account/sessions"),
        ("DELETE", "/account/sessions"),
        ("DELETE", "/account/sessions/x"),
        ("GET", "/account/events"),
        ("GET", "/app/devices"),
        ("DELETE", "/app/devices/x"),
        ("GET", "/app/session"),
    ],
)
def test_account_routes_need_a_phone_or_web_session(outside: Any, method: str, door: str) -> None:
    client = outside.token("agent", channel="client")
    for token, expected in (
        (client, (403, "unit_verification_required")),
        ("x" * 43, (401, "unauthenticated")),
        ("", (401, "unauthenticated")),
    ):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.request(method, f"{outside.url}/api/v1{door}", headers=headers, timeout=10)
        assert (answer.status_code, code(answer)) == expected


def test_a_person_sees_actor_action_time_address_and_outcome(outside: Any) -> None:
    outside.login("agent", "Wrong-1234")
    outside.login("agent")
    phone = outside.token("agent")
    outside.token("single")
    ticket = outside.post("/tickets", client={"name": "c", "version": "1", "device": "d"}).json()
    outside.post(f"/tickets/{ticket['ticket_id']}/scan", phone)
    outside.post(f"/tickets/{ticket['ticket_id']}/reject", phone)
    events = outside.get("/account/events", phone).json()["events"]
    assert [(event["action"], event["outcome"]) for event in events] == [
        ("ticket.reject", "ok"),
        ("ticket.scan", "ok"),
        ("login.phone", "ok"),
        ("login.phone", "captcha_required"),
        ("login.phone", "invalid_credentials"),
    ]
    assert all(event["address"] == "127.0.0.1" for event in events)
    assert [event["at"] for event in events] == sorted((event["at"] for event in events), reverse=True)
    assert events[0]["ticket_id"] == ticket["ticket_id"]


def test_events_come_in_pages_and_outlive_the_stream(outside: Any) -> None:
    web = outside.token("agent", channel="web")
    for _ in range(6):
        outside.delete("/app/devices/none", web)
        outside.login("agent")
    seen, before = [], ""
    while True:
        page = outside.get("/account/events", web, limit=2, before=before).json()
        seen += [event["event_id"] for event in page["events"]]
        if page["next"] is None:
            break
        before = page["next"]
    assert len(seen) == len(set(seen)) == 7
    assert outside.get("/account/events", web, before="nonsense").status_code == 422


@pytest.mark.slow
def test_the_audit_log_survives_a_restart_with_an_empty_redis(tmp_path: Any, outside: Any) -> None:
    live = type(outside.gateway)
    with live(data_dir=tmp_path / "data") as first:
        type(outside)(first).login("agent", "Wrong-1234")
    shutil.rmtree(tmp_path / "data" / "redis")
    with live(data_dir=tmp_path / "data") as second:
        there = type(outside)(second)
        events = there.get("/account/events", there.token("agent")).json()["events"]
        assert [event["outcome"] for event in events] == ["ok", "invalid_credentials"]
