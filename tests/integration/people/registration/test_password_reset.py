"""Forgotten passwords, from outside (DESIGN.md section 5; SECURITY.md 9, 14, 15)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
import requests

NEW = "Fresh-2026"


def code(answer: requests.Response) -> str:
    return "ok" if answer.ok else str(answer.json()["code"])


def reset(outside: Any, login_name: str, password: str = NEW) -> requests.Response:
    path = outside.reset_path(outside.person(login_name))
    assert outside.post(f"{path}/sms-codes").status_code == 202
    sms_code = outside.sms(outside.seeded(login_name)["phone"])
    return outside.post(f"{path}/completion", sms_code=sms_code, new_password=password)


def test_a_new_password_replaces_the_old_one_without_a_login(outside: Any) -> None:
    done = reset(outside, "agent")
    assert (done.status_code, done.text) == (204, "")
    assert code(outside.login("agent")) == "invalid_credentials"
    assert code(outside.login("agent", NEW, captcha=True)) == "ok"


def test_a_reset_unlocks_and_takes_the_captcha_away(outside: Any) -> None:
    outside.lock("agent")
    assert code(outside.login("agent", captcha=True)) == "account_locked"
    assert reset(outside, "agent").status_code == 204
    assert code(outside.login("agent", NEW)) == "ok"


def test_a_reset_unlocks_an_account_locked_by_the_seed(outside: Any) -> None:
    assert reset(outside, "locked").status_code == 204
    assert code(outside.login("locked", NEW)) == "ok"


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Demo-2019", "password_reused"),
        ("short1A", "password_length"),
        ("alllowercase1", "password_classes"),
        ("With Space1", "password_white_space"),
    ],
)
def test_a_new_password_keeps_the_rules_and_is_not_the_old_one(outside: Any, password: str, rule: str) -> None:
    path = outside.reset_path(outside.person("agent"))
    outside.post(f"{path}/sms-codes")
    sms_code = outside.sms(outside.seeded("agent")["phone"])
    refused = outside.post(f"{path}/completion", sms_code=sms_code, new_password=password)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, rule)
    assert refused.json()["errors"][0]["field"] == "new_password"
    assert outside.post(f"{path}/completion", sms_code=sms_code, new_password=NEW).status_code == 204


def test_a_reset_ends_all_sessions_devices_and_pending_tickets_within_five_seconds(outside: Any) -> None:
    phone = outside.login("agent").json()
    client, web = outside.token("agent", channel="client"), outside.token("agent", channel="web")
    ticket = outside.post("/tickets", client={"name": "c", "version": "1", "device": "d"}).json()
    path = f"/tickets/{ticket['ticket_id']}"
    scanned = outside.post(f"{path}/scan", phone["access_token"]).json()
    began = time.monotonic()
    assert reset(outside, "agent").status_code == 204
    for door, token in (("/app/session", phone["access_token"]), ("/session", client), ("/web/session", web)):
        assert code(outside.get(door, token)) == "unauthenticated"
    state = requests.get(
        f"{outside.url}/api/v1{path}",
        params={"since": scanned["version"], "wait": 5},
        headers={"Authorization": f"Ticket {ticket['claim_secret']}"},
        timeout=10,
    ).json()
    assert state["state"] == "rejected"
    assert time.monotonic() - began < 5
    otp = pyotp.TOTP(phone["otp_secret"]).now()
    assert code(outside.post(f"{path}/confirm", phone["access_token"], otp=otp)) == "unauthenticated"
    devices = outside.get("/app/devices", outside.token("agent", NEW)).json()["devices"]
    assert [device["revoked_at"] is None for device in devices] == [True, False]


def test_a_ticket_confirmed_before_a_reset_gives_no_session_after_it(outside: Any) -> None:
    phone = outside.login("agent").json()
    ticket = outside.post("/tickets", client={"name": "c", "version": "1", "device": "d"}).json()
    path = f"/tickets/{ticket['ticket_id']}"
    outside.post(f"{path}/scan", phone["access_token"])
    now = int(outside.get("/app/session", phone["access_token"]).json()["server_time"]) // 1000
    otp = pyotp.TOTP(phone["otp_secret"]).at(now)
    assert outside.post(f"{path}/confirm", phone["access_token"], otp=otp).status_code == 200
    assert reset(outside, "agent").status_code == 204
    claim = requests.post(
        f"{outside.url}/api/v1{path}/claim", headers={"Authorization": f"Ticket {ticket['claim_secret']}"}, timeout=10
    )
    assert claim.status_code == 410


def test_no_answer_shows_whether_the_person_exists(outside: Any) -> None:
    agent = outside.person("agent")
    people = [agent, {**agent, "name": "王五"}, {"name": "王五", "id_type": "passport", "id_number": "E00000009"}]
    seen = []
    for person in people:
        began = outside.post("/password-resets", **person)
        path = f"/password-resets/{began.json()['reset_id']}"
        answers = [began]
        answers.append(outside.post(f"{path}/sms-codes"))
        answers.append(outside.post(f"{path}/sms-codes"))
        answers += [outside.post(f"{path}/completion", sms_code="abcdef", new_password=NEW) for _ in range(6)]
        outside.move(400)
        answers.append(outside.post(f"{path}/completion", sms_code="abcdef", new_password=NEW))
        seen.append([(answer.status_code, _shape(answer.json())) for answer in answers])
    assert seen[0] == seen[1] == seen[2]


def _shape(body: dict[str, Any]) -> dict[str, Any]:
    varying = {"reset_id", "expires_at", "retry_after"}
    return {name: None if name in varying else value for name, value in body.items()}


def test_messages_for_one_person_are_counted_over_all_resets(outside: Any) -> None:
    person = outside.person("agent")
    codes = []
    for _ in range(12):
        path = outside.reset_path(person)
        codes.append(outside.post(f"{path}/sms-codes").status_code)
    assert codes == [202] * 10 + [429] * 2


def test_a_code_is_valid_for_one_reset_and_once(outside: Any) -> None:
    first, second = (outside.reset_path(outside.person("agent")) for _ in range(2))
    outside.post(f"{first}/sms-codes")
    sms_code = outside.sms(outside.seeded("agent")["phone"])
    body = {"sms_code": sms_code, "new_password": NEW}
    assert code(outside.post(f"{second}/completion", **body)) == "sms_code_invalid"
    assert code(outside.post(f"{first}/completion", **body)) == "ok"
    assert code(outside.post(f"{first}/completion", **{**body, "new_password": "Other-2026"})) == "reset_not_found"
    assert code(outside.login("agent", NEW)) == "ok"


def test_of_parallel_completions_one_succeeds(outside: Any) -> None:
    path = outside.reset_path(outside.person("agent"))
    outside.post(f"{path}/sms-codes")
    sms_code = outside.sms(outside.seeded("agent")["phone"])
    passwords = [f"Fresh-{number}abc" for number in range(1000, 1008)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda new: outside.post(f"{path}/completion", sms_code=sms_code, new_password=new), passwords)
        )
    assert [answer.status_code for answer in answers].count(204) == 1
    winner = passwords[[answer.status_code for answer in answers].index(204)]
    assert code(outside.login("agent", winner)) == "ok"


def test_a_reset_expires(outside: Any) -> None:
    path = outside.reset_path(outside.person("agent"))
    outside.move(1801)
    expired = outside.post(f"{path}/sms-codes")
    assert (expired.status_code, code(expired)) == (410, "reset_expired")
    assert code(outside.post("/password-resets/unknown/sms-codes")) == "reset_not_found"


def test_the_hall_is_the_last_resort(outside: Any) -> None:
    session = outside.token("agent")
    outside.lock("agent")
    body = {**outside.person("agent"), "new_password": NEW}
    hall = f"{outside.url}/sim/v1/hall/password-resets"
    assert requests.post(hall, json={**body, "name": "王五"}, timeout=10).status_code == 404
    assert requests.post(hall, json={**body, "new_password": "weak"}, timeout=10).status_code == 422
    assert requests.post(hall, json=body, timeout=10).status_code == 204
    assert code(outside.get("/app/session", session)) == "unauthenticated"
    assert code(outside.login("agent", NEW)) == "ok"


def test_a_login_with_the_old_password_at_the_very_moment_of_the_reset_leaves_no_session(outside: Any) -> None:
    path = outside.reset_path(outside.person("agent"))
    outside.post(f"{path}/sms-codes")
    sms_code = outside.sms(outside.seeded("agent")["phone"])
    with ThreadPoolExecutor(7) as pool:
        logins = [pool.submit(outside.login, "agent") for _ in range(3)]
        done = pool.submit(outside.post, f"{path}/completion", sms_code=sms_code, new_password=NEW)
        logins += [pool.submit(outside.login, "agent") for _ in range(3)]
        assert done.result().status_code == 204
        tokens = [one.result().json().get("access_token") for one in logins]
    for token in filter(None, tokens):
        assert code(outside.get("/app/session", token)) == "unauthenticated"
