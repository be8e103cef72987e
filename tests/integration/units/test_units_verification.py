"""Unit verification: captcha after the first wrong password, a lock after the fifth, nothing before it is through."""

from __future__ import annotations

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import PASSWORD, RIGHT, WRONG, Caller, Wire, code_of, lock, unknown_unit
from tests.integration.wire import Wire as RestWire

BASE = {"people", "special_deductions", "withholding_declaration", "tax_payment", "queries"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/session/menu"),
        ("GET", "/authorizations"),
        ("GET", "/account/units"),
        ("GET", "/account/sessions"),
        ("GET", "/account/events"),
        ("GET", "/app/devices"),
        ("GET", "/app/messages"),
        ("GET", "/app/session"),
        ("GET", "/units/91110108MA01A0B1CY/authorizations"),
        ("POST", "/units/91110108MA01A0B1CY/authorizations"),
        ("DELETE", "/authorizations/some"),
        ("POST", "/units/91110108MA01A0B1CY/declaration-password"),
    ],
)
def test_before_verification_a_session_can_only_verify(wire: Wire, method: str, path: str) -> None:
    bodies = {
        "/units/91110108MA01A0B1CY/authorizations": wire.person("newcomer"),
        "/units/91110108MA01A0B1CY/declaration-password": {"new_password": "Other-2019"},
    }
    legal_rep = wire.client("legal_rep")
    refused = legal_rep.send(method, path, **(bodies.get(path, {}) if method == "POST" else {}))
    assert (refused.status_code, code_of(refused)) == (403, "unit_verification_required")


def test_a_phone_in_the_place_of_a_client_is_refused_and_a_client_in_the_place_of_a_phone(wire: Wire) -> None:
    agent = wire.client("agent")
    assert agent.verify(wire.units["A"], RIGHT).status_code == 200
    refused = agent.get("/authorizations")
    assert (refused.status_code, code_of(refused)) == (403, "forbidden")


def test_one_unit_is_verified_by_its_password_and_opens_the_menu(wire: Wire) -> None:
    single = wire.client("single")
    answer = single.verify(wire.units["A"], RIGHT)
    assert answer.status_code == 200, answer.text
    assert answer.json()["stage"] == "unit_verified"
    assert answer.json()["unit"]["taxpayer_id"] == wire.units["A"]
    assert single.get("/session").json()["unit"] == answer.json()["unit"]
    assert {entry["code"] for entry in single.menu().json()["functions"]} == BASE


def test_a_number_in_a_path_is_read_like_one_in_a_body(wire: Wire) -> None:
    """Small letters and spaces are the same number."""
    written = f"{wire.units['A'][:8].lower()}%20{wire.units['A'][8:].lower()}"
    agent = wire.client("agent")
    assert agent.verify(written, RIGHT).status_code == 200
    assert agent.menu().json()["unit"]["taxpayer_id"] == wire.units["A"]
    assert wire.phone("legal_rep").send("GET", f"/units/{written}/authorizations").status_code == 200


def test_the_menu_goes_by_the_persons_role(wire: Wire) -> None:
    finance = wire.client("finance")
    assert finance.bind(wire.units["A"], RIGHT).status_code == 201
    functions = {entry["code"] for entry in finance.menu().json()["functions"]}
    assert functions == BASE | {"certificates", "authorizations", "declaration_password", "unit_settings"}
    assert finance.get("/session").json()["unit"]["roles"] == ["finance_manager"]


def test_a_person_has_several_units_with_a_role_at_each(wire: Wire) -> None:
    agent = wire.client("agent")
    assert {unit["taxpayer_id"] for unit in agent.answer["units"]} == {wire.units["A"], wire.units["B"]}
    assert {tuple(unit["roles"]) for unit in agent.answer["units"]} == {("tax_agent",)}


def test_switching_to_another_unit_verifies_again(wire: Wire) -> None:
    agent = wire.client("agent")
    assert agent.verify(wire.units["A"], RIGHT).status_code == 200
    assert code_of(agent.verify(wire.units["B"])) == "declaration_password_required"
    assert agent.get("/session").json()["unit"]["taxpayer_id"] == wire.units["A"], "a failed switch switches nothing"
    assert agent.verify(wire.units["B"], RIGHT).status_code == 200
    assert agent.menu().json()["unit"]["taxpayer_id"] == wire.units["B"]


def test_a_unit_without_a_relation_to_the_account_is_not_found(wire: Wire) -> None:
    for unit in (wire.units["C"], "91110000600037341L", "nonsense"):
        refused = wire.client("single").verify(unit, RIGHT)
        assert (refused.status_code, code_of(refused)) == (404, "unit_not_found")


def test_from_the_first_wrong_password_on_a_captcha_is_due_until_a_success(wire: Wire) -> None:
    single, unit = wire.client("single"), wire.units["A"]
    wrong = single.verify(unit, WRONG)
    assert (code_of(wrong), wrong.json()["captcha_required"]) == ("declaration_password_invalid", True)
    assert code_of(single.verify(unit, RIGHT)) == "captcha_required", "the right password alone does not do"
    assert single.verify(unit, RIGHT, captcha=True).status_code == 200
    assert single.verify(unit, RIGHT).status_code == 200, "a success clears the count"


def test_a_wrong_captcha_is_no_wrong_password_and_serves_once(wire: Wire) -> None:
    single, unit = wire.client("single"), wire.units["A"]
    single.verify(unit, WRONG)
    path = f"/units/{unit}/verification"
    for _ in range(6):
        captcha = wire.captcha(unit) | {"answer": "0000"}
        refused = single.send("POST", path, declaration_password=RIGHT, captcha=captcha)
        assert code_of(refused) == "captcha_invalid"
    captcha = wire.captcha(unit)
    wrong = single.send("POST", path, declaration_password=WRONG, captcha=captcha)
    assert code_of(wrong) == "declaration_password_invalid"
    again = single.send("POST", path, declaration_password=RIGHT, captcha=captcha)
    assert code_of(again) == "captcha_invalid"


def test_a_captcha_for_one_unit_does_not_serve_another(wire: Wire) -> None:
    agent = wire.client("agent")
    for unit in (wire.units["A"], wire.units["B"]):
        agent.verify(unit, WRONG)
    captcha_id = wire.post("/captchas", taxpayer_id=wire.units["A"]).json()["captcha_id"]
    answer = _answer(wire, captcha_id)
    body = {"declaration_password": RIGHT, "captcha": {"captcha_id": captcha_id, "answer": answer}}
    assert code_of(agent.send("POST", f"/units/{wire.units['B']}/verification", **body)) == "captcha_invalid"


def test_the_fifth_wrong_password_of_any_caller_locks_for_120_minutes(wire: Wire) -> None:
    unit = wire.units["A"]
    lock(wire.client("single"), unit)
    for name in ("single", "agent"):
        refused = wire.client(name).verify(unit, RIGHT, captcha=True)
        assert (refused.status_code, code_of(refused)) == (423, "unit_locked")
        assert 7100 < refused.json()["retry_after"] <= 7200
    wire.move(minutes=119)
    assert code_of(wire.client("single").verify(unit, RIGHT, captcha=True)) == "unit_locked"
    wire.move(minutes=2)
    assert wire.client("single").verify(unit, RIGHT, captcha=True).status_code == 200


def test_tries_during_the_lock_do_not_prolong_it(wire: Wire) -> None:
    unit = wire.units["A"]
    lock(wire.client("single"), unit)
    wire.move(minutes=100)
    for _ in range(6):
        wire.client("single").verify(unit, WRONG, captcha=True)
    wire.move(minutes=21)
    assert wire.client("single").verify(unit, RIGHT, captcha=True).status_code == 200


def test_five_people_together_lock_a_unit(wire: Wire) -> None:
    unit, people = wire.units["A"], [wire.client(name) for name in ("agent", "single", "passport", "agent", "single")]
    for attempt, person in enumerate(people):
        assert code_of(person.verify(unit, WRONG, captcha=attempt > 0)) == "declaration_password_invalid"
    assert code_of(wire.client("passport").verify(unit, RIGHT, captcha=True)) == "unit_locked"


def test_the_units_lock_and_the_accounts_are_two(wire: Wire) -> None:
    agent = wire.client("agent")
    lock(agent, wire.units["A"])
    assert agent.verify(wire.units["B"], RIGHT).status_code == 200, "another unit is not locked"
    assert wire.client("agent").answer["next"] == "verify_unit", "nor is the account"
    info = {"name": "c", "version": "1", "device": "d"}
    for attempt in range(5):
        captcha = {"captcha": wire.captcha(identifier="single")} if attempt else {}
        wire.post("/sessions", identifier="single", password=WRONG, client=info, **captcha)
    locked = wire.post(
        "/sessions", identifier="single", password=PASSWORD, client=info, captcha=wire.captcha(identifier="single")
    )
    assert code_of(locked) == "account_locked"
    assert wire.client("passport").verify(wire.units["B"]).status_code == 404
    assert agent.verify(wire.units["B"], RIGHT).status_code == 200, "an account's lock is no unit's"


def test_an_authorized_person_passes_a_locked_unit_for_they_need_no_password(wire: Wire) -> None:
    lock(wire.client("single"), wire.units["A"])
    assert wire.client("authorized").verify(wire.units["A"]).status_code == 200


def test_a_session_that_has_ended_verifies_nothing(wire: Wire) -> None:
    single = wire.client("single")
    assert single.send("DELETE", "/session").status_code == 204
    assert single.verify(wire.units["A"], RIGHT).status_code == 401
    assert single.bind(wire.units["C"], RIGHT).status_code == 401


def _answer(wire: Wire, captcha_id: str) -> str:
    import requests

    return str(requests.get(f"{wire.url}/sim/v1/captchas/{captcha_id}", timeout=10).json()["answer"])


@pytest.mark.parametrize("unit", ["its own", "an authorized one", "another's", "none"])
def test_a_session_that_was_claimed_here_and_has_ended_learns_nothing_of_units(
    gateway: LiveGateway, wire: Wire, unit: str
) -> None:
    """The worker remembers the account of a session, but asks Redis before any answer whether it is in force."""
    login, alias = {
        "its own": ("agent", "A"),
        "an authorized one": ("authorized", "A"),
        "another's": ("newcomer", "A"),
        "none": ("agent", ""),
    }[unit]
    taxpayer_id = wire.units[alias] if alias else unknown_unit()
    rest = RestWire(gateway.url)
    phone, ticket = rest.phone(login), rest.ticket()
    phone.approve(ticket.id)
    client = Caller(wire, ticket.claim().body)
    assert client.send("DELETE", "/session").status_code == 204
    for password in (None, WRONG):
        refused = client.verify(taxpayer_id, password)
        assert (refused.status_code, code_of(refused)) == (401, "unauthenticated")
    # None of its wrong passwords counted: the next one is asked for no captcha.
    if unit == "its own":
        assert wire.client(login).verify(taxpayer_id, RIGHT).status_code == 200


def test_one_path_verifies_a_session_of_this_worker_and_of_another_alike(gateway: LiveGateway, wire: Wire) -> None:
    """A session that was claimed, which the worker remembers, and one by password, which it does not."""
    rest = RestWire(gateway.url)
    phone, ticket = rest.phone("authorized"), rest.ticket()
    phone.approve(ticket.id)
    verified = [
        caller.verify(wire.units["A"]) for caller in (Caller(wire, ticket.claim().body), wire.client("authorized"))
    ]
    passing = ("created_at", "expires_at", "server_time")
    first, second = ({name: value for name, value in one.json().items() if name not in passing} for one in verified)
    assert [one.status_code for one in verified] == [200, 200]
    assert first == second
