"""Login by password, from outside (DESIGN.md section 5; SECURITY.md 11 to 14)."""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
import requests

from tests.integration.machine import cpu_seconds

CHANNELS = ["phone", "client", "web"]
WRONG = "Wrong-1234"


def code(answer: requests.Response) -> str:
    return "in" if answer.status_code == 201 else str(answer.json()["code"])


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_person_logs_in_by_phone_number_login_name_or_resident_id_number(outside: Any, channel: str) -> None:
    agent = outside.seeded("agent")
    for identifier in (agent["phone"], agent["login_name"], agent["id_number"], agent["id_number"].lower()):
        answer = outside.login(identifier, channel=channel)
        assert answer.status_code == 201
        assert answer.json()["account"]["login_name"] == "agent"
        assert answer.json()["account"]["display_name"] != agent["name"]


def test_a_person_with_another_document_logs_in_by_login_name_or_phone_only(outside: Any) -> None:
    holder = outside.seeded("passport")
    assert code(outside.login(holder["login_name"])) == "in"
    assert code(outside.login(holder["phone"])) == "in"
    refused = outside.login(holder["id_number"])
    unknown = outside.login("X" + holder["id_number"][1:])
    assert (refused.status_code, refused.json()) == (unknown.status_code, unknown.json())
    assert code(refused) == "invalid_credentials"
    assert code(outside.login(holder["login_name"])) == "in"  # it was no wrong password of theirs


def test_the_case_of_a_login_name_matters(outside: Any) -> None:
    assert code(outside.login("Agent")) == "invalid_credentials"
    assert code(outside.login("agent")) == "in"


@pytest.mark.parametrize("channel", CHANNELS)
def test_after_one_wrong_password_a_captcha_is_due_on_every_channel_until_a_success(outside: Any, channel: str) -> None:
    refused = outside.login("agent", WRONG)
    assert code(refused) == "invalid_credentials"
    assert refused.json()["captcha_required"] is True
    assert code(outside.login("agent", channel=channel)) == "captcha_required"
    assert code(outside.login("agent", channel=channel, captcha=True)) == "in"
    assert code(outside.login("agent", channel=channel)) == "in"


def test_the_right_password_with_a_wrong_captcha_is_refused_and_changes_no_count(outside: Any) -> None:
    outside.login("agent", WRONG)
    for _ in range(8):
        wrong = {**outside.captcha(identifier="agent"), "answer": "!!!!"}
        assert code(outside.login("agent", captcha=wrong)) == "captcha_invalid"
    assert code(outside.login("agent", captcha=True)) == "in"


def test_a_captcha_serves_once_and_is_forgiving_of_case(outside: Any) -> None:
    outside.login("agent", WRONG)
    captcha = outside.captcha(identifier="agent")
    captcha["answer"] = captcha["answer"].lower()
    assert code(outside.login("agent", WRONG, captcha=captcha)) == "invalid_credentials"
    assert code(outside.login("agent", captcha=captcha)) == "captcha_invalid"


def test_a_captcha_issued_for_one_attempt_serves_no_other(outside: Any) -> None:
    outside.login("agent", WRONG)
    assert code(outside.login("agent", captcha=outside.captcha(identifier="single"))) == "captcha_invalid"
    assert code(outside.login("agent", captcha=outside.captcha(taxpayer_id="agent"))) == "captcha_invalid"
    assert code(outside.login("agent", captcha=outside.captcha(identifier="agent"))) == "in"


def test_a_captcha_is_valid_for_five_minutes(outside: Any) -> None:
    outside.login("agent", WRONG)
    captcha = outside.captcha(identifier="agent")
    outside.move(301)
    assert code(outside.login("agent", captcha=captcha)) == "captcha_invalid"
    captcha = outside.captcha(identifier="agent")
    outside.move(295)
    assert code(outside.login("agent", captcha=captcha)) == "in"


def test_the_fifth_wrong_password_locks_for_120_minutes_on_every_channel(outside: Any) -> None:
    outside.lock("agent")
    for channel in CHANNELS:
        refused = outside.login("agent", channel=channel, captcha=True)
        assert (refused.status_code, code(refused)) == (423, "account_locked")
        assert 7_100 < int(refused.headers["Retry-After"]) <= 7_200
    outside.move(119 * 60)
    assert code(outside.login("agent", captcha=True)) == "account_locked"
    outside.move(2 * 60)
    assert code(outside.login("agent", captcha=True)) == "in"


def test_the_last_wrong_password_reports_the_lock(outside: Any) -> None:
    outside.freeze()
    now = outside.gateway.control.clock.now_ms
    told = [outside.login("agent", WRONG, captcha=True).json() for _ in range(5)]
    assert [answer.get("locked_for") for answer in told] == [None] * 4 + [7_200]
    assert told[-1]["locked_until"] == now + 7_200_000
    assert "Try again in 120 min" in told[-1]["detail"]


def test_from_the_third_wrong_password_on_the_answer_tells_the_tries_left(outside: Any) -> None:
    told = [outside.login("agent", WRONG, captcha=True).json() for _ in range(4)]
    assert [answer.get("tries_left") for answer in told] == [None, None, 2, 1]
    assert told[2]["detail"].endswith("2 more wrong ones lock it.")
    assert told[3]["detail"].endswith("One more wrong one locks it.")
    assert code(outside.login("agent", captcha=True)) == "in"
    assert "tries_left" not in outside.login("agent", WRONG).json()


def test_more_tries_during_the_lock_do_not_lengthen_it(outside: Any) -> None:
    outside.lock("agent")
    outside.move(100 * 60)
    for _ in range(10):
        assert code(outside.login("agent", WRONG, captcha=True)) == "account_locked"
    outside.move(21 * 60)
    assert code(outside.login("agent", captcha=True)) == "in"


def test_wrong_passwords_are_counted_for_the_account_on_every_channel_by_every_identifier(outside: Any) -> None:
    agent = outside.seeded("agent")
    tries = [("agent", "phone"), (agent["phone"], "web"), (agent["id_number"], "client"), ("agent", "web")]
    for identifier, channel in tries:
        assert code(outside.login(identifier, WRONG, channel=channel, captcha=True)) == "invalid_credentials"
    assert code(outside.login(agent["phone"], WRONG, captcha=True)) == "invalid_credentials"
    # The right password is refused by every name, and in the words that a wrong one gets: no name's own count is full.
    for identifier, channel in tries:
        assert code(outside.login(identifier, channel=channel, captcha=True)) == "invalid_credentials"
    outside.move(121 * 60)
    assert code(outside.login(agent["phone"], captcha=True)) == "in"


def test_a_success_clears_the_count(outside: Any) -> None:
    for _ in range(3):
        for _ in range(4):
            assert code(outside.login("agent", WRONG, captcha=True)) == "invalid_credentials"
        assert code(outside.login("agent", captcha=True)) == "in"


def test_a_lock_of_one_account_affects_no_other(outside: Any) -> None:
    outside.lock("agent")
    assert code(outside.login("single")) == "in"


def test_an_account_that_the_seed_has_locked_is_locked_at_the_start(outside: Any) -> None:
    assert code(outside.login("locked")) == "account_locked"
    outside.move(121 * 60)
    assert code(outside.login("locked", captcha=True)) == "in"


def test_a_lock_leaves_a_phone_that_is_logged_in_alone(outside: Any) -> None:
    phone = outside.login("agent").json()
    outside.lock("agent")
    ticket = outside.post("/tickets", client={"name": "c", "version": "1", "device": "d"}).json()
    path = f"/tickets/{ticket['ticket_id']}"
    assert outside.post(f"{path}/scan", phone["access_token"]).status_code == 200
    now = int(outside.get("/app/session", phone["access_token"]).json()["server_time"]) // 1000
    otp = pyotp.TOTP(phone["otp_secret"]).at(now)
    assert outside.post(f"{path}/confirm", phone["access_token"], otp=otp).status_code == 200
    assert code(outside.login("agent", captcha=True)) == "account_locked"


def test_known_and_unknown_accounts_answer_alike_through_count_captcha_and_lock(outside: Any) -> None:
    outside.freeze()
    known, unknown = [], []
    for identifier, answers in (("agent", known), ("nobody_here", unknown)):
        for number in range(7):
            answer = outside.login(identifier, WRONG, captcha=True if number not in (1, 6) else None)
            body = answer.json()
            answers.append((answer.status_code, body, "Retry-After" in answer.headers))
    assert [status for status, *_ in known] == [401, 403, 401, 401, 401, 401, 423]
    assert known == unknown


def test_known_and_unknown_accounts_cost_the_same(outside: Any) -> None:
    taken: dict[str, list[float]] = {"known": [], "unknown": []}
    people = ["legal_rep", "finance", "agent", "single", "authorized", "newcomer", "passport"]
    for number, name in enumerate(people):
        for kind, identifier in (("known", name), ("unknown", f"nobody_{number}")):
            captcha = outside.captcha(identifier=identifier)
            before = cpu_seconds(outside.gateway.pid)
            assert code(outside.login(identifier, WRONG, captcha=captcha)) == "invalid_credentials"
            taken[kind].append(cpu_seconds(outside.gateway.pid) - before)
    known, unknown = (statistics.median(taken[kind]) for kind in ("known", "unknown"))
    assert 0.6 < known / unknown < 1.67


@pytest.mark.slow
def test_of_fifty_parallel_wrong_passwords_on_two_workers_five_at_most_are_evaluated(
    two_workers: Any, outside: Any
) -> None:
    two_workers.reset()
    there = type(outside)(two_workers)
    captchas = [there.captcha(identifier="agent") for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(lambda captcha: code(there.login("agent", WRONG, captcha=captcha)), captchas))
    assert outcomes.count("invalid_credentials") == 5
    assert outcomes.count("account_locked") == 45
    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(lambda _: code(there.login("single", WRONG)), range(50)))
    assert outcomes.count("invalid_credentials") == 1
    assert outcomes.count("captcha_required") == 49
    assert code(there.login("agent", captcha=True)) == "account_locked"


def test_parallel_right_passwords_all_get_in(outside: Any) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert [code(answer) for answer in pool.map(lambda _: outside.login("agent"), range(16))] == ["in"] * 16


@pytest.mark.slow
def test_counts_and_locks_outlive_a_restart_of_the_gateway(tmp_path: Any, outside: Any) -> None:
    live = type(outside.gateway)
    with live(data_dir=tmp_path / "data") as first:
        type(outside)(first).lock("agent")
        type(outside)(first).login("single", WRONG)
    with live(data_dir=tmp_path / "data") as second:
        there = type(outside)(second)
        assert code(there.login("agent", captcha=True)) == "account_locked"
        assert code(there.login("single")) == "captcha_required"


@pytest.mark.parametrize(
    "body",
    [
        {"identifier": 1, "password": "x"},
        {"identifier": "agent"},
        {"identifier": "agent", "password": "x" * 5000},
        {"identifier": "agent", "password": "x", "account_id": "someone"},
        {"identifier": "agent", "password": "x", "captcha": {"captcha_id": "x"}},
        {"identifier": "agent", "password": None},
    ],
)
def test_wrong_types_and_unknown_fields_are_422(outside: Any, body: dict[str, Any]) -> None:
    answer = outside.post("/web/sessions", **body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
